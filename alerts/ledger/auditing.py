"""Holds the alerts against the journal: a row changed past the journal is found and named."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, RowMapping, select

from alerts.alert import Alert
from alerts.ledger.rows import FIELDS, column
from alerts.ledger.schema import ALERTS, JOURNAL

MONITORED: Final = ("raised", "revised", "withdrawn", "retracted")
"""The journal's actions that change an alert's row."""
_AT_ONCE: Final = 5000
_FIELDS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])


def verify_alerts(connection: Connection) -> Iterator[str]:
    """What sets the alerts apart from what the journal says of them, a sentence for each.

    Walks the whole journal in constant memory; together with a verified chain, nothing told means
    that no alert was changed, added or removed past it.
    """
    alerts = select(ALERTS).order_by(ALERTS.c.alert_id)
    entries = (
        select(JOURNAL.c.alert_id, JOURNAL.c.content)
        .where(JOURNAL.c.action.in_(MONITORED))
        .order_by(JOURNAL.c.alert_id, JOURNAL.c.seq)
    )
    with (
        connection.execute(alerts.execution_options(yield_per=_AT_ONCE)) as kept,
        connection.execute(entries.execution_options(yield_per=_AT_ONCE)) as journaled,
    ):
        yield from _compared(iter(kept.mappings()), journaled)


def _compared(rows: Iterator[RowMapping], entries: Iterable[Any]) -> Iterator[str]:
    """Both in the order of alert ids; entries of an alert in their own order."""
    row = next(rows, None)
    for alert_id, told in groupby(entries, key=attrgetter("alert_id")):
        while row is not None and row["alert_id"] < alert_id:
            yield f"alert {row['alert_id']} is not in the journal"
            row = next(rows, None)
        if row is None or row["alert_id"] != alert_id:
            yield f"alert {alert_id} is in the journal only"
            continue
        yield from _apart(row, _last(entry.content for entry in told))
        row = next(rows, None)
    while row is not None:
        yield f"alert {row['alert_id']} is not in the journal"
        row = next(rows, None)


def _last(contents: Iterable[str]) -> dict[str, msgspec.Raw]:
    fields: dict[str, msgspec.Raw] = {}
    for content in contents:
        fields.update(_FIELDS.decode(content))
    return fields


def _apart(row: RowMapping, told: Mapping[str, msgspec.Raw]) -> Iterator[str]:
    for name in FIELDS:
        expected = _column(name, told[name]) if name in told else None
        if row[name] != expected:
            yield (
                f"alert {row['alert_id']}: {name} is {row[name]!r}, the journal says {expected!r}"
            )


def _column(name: str, content: msgspec.Raw) -> Any:
    """The column of a field that the journal holds; evidence as it stands, it is canonical."""
    if name == "evidence":
        return bytes(content).decode()
    return column(name, msgspec.json.decode(content, type=Alert.__annotations__[name]))
