"""The canonical alert table: what two runs over the same events must agree on.

One row for each alert that is open or withdrawn, in the order of the ids. How often an alert was
revised on the way, and what it said meanwhile, depends on the order of arrival and is no part of
it.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from hashlib import sha256
from typing import Final

import msgspec
from msgspec import Struct, structs

from alerts.alert import Alert, AlertStatus
from events.money import yuan

_ENCODER: Final = msgspec.json.Encoder()


class AlertRow(Struct, frozen=True, gc=False):
    """One alert of the table; amounts in fen, ids of events and settlements sorted."""

    alert_id: str
    rule_id: str
    status: AlertStatus
    sev_deg: int
    event_ids: tuple[str, ...]
    setl_ids: tuple[str, ...]
    amount: int
    involved: int


def in_fen(amount: Decimal) -> int:
    """Yuan with two decimals as fen, without the bound that single amounts have: this is a sum."""
    return int(amount.scaleb(2))


def alert_row(alert: Alert) -> AlertRow:
    """The row of one alert."""
    return AlertRow(
        alert.alert_id,
        alert.rule_id,
        alert.status,
        alert.sev_deg,
        tuple(sorted(alert.event_ids)),
        tuple(sorted(alert.setl_ids)),
        in_fen(alert.amount),
        in_fen(alert.involved),
    )


def rows_of(alerts: Iterable[Alert]) -> list[AlertRow]:
    """The table after these revisions in any order: the last of each alert, none retracted.

    The last is the one of the highest generation and, within it, the highest revision; of two
    that have both in common the first told counts, as in the ledger.
    """
    last: dict[str, Alert] = {}
    for alert in alerts:
        known = last.get(alert.alert_id)
        if known is None or supersedes(alert, known.generation, known.revision):
            last[alert.alert_id] = alert
    return [alert_row(last[key]) for key in sorted(last) if last[key].status != "retracted"]


def supersedes(alert: Alert, generation: int, revision: int) -> bool:
    """Whether a revision of an alert takes the place of a known one of this generation."""
    return (alert.generation, alert.revision) > (generation, revision)


def digest(rows: Iterable[AlertRow]) -> str:
    """SHA-256 of the rows, 64 hexadecimal digits: the same exactly for the same table."""
    content = sha256()
    for row in rows:
        content.update(_ENCODER.encode(row) + b"\n")
    return content.hexdigest()


def difference(
    a: Iterable[AlertRow], b: Iterable[AlertRow], names: tuple[str, str] = ("first", "second")
) -> list[str]:
    """What sets two tables apart, a sentence for each alert; empty when they are the same."""
    ours = {row.alert_id: row for row in a}
    theirs = {row.alert_id: row for row in b}
    told: list[str] = []
    for key in sorted(ours.keys() | theirs.keys()):
        left, right = ours.get(key), theirs.get(key)
        if left is None and right is not None:
            told.append(f"{_named(right)} is in the {names[1]} only: {_shown(right)}")
        elif right is None and left is not None:
            told.append(f"{_named(left)} is in the {names[0]} only: {_shown(left)}")
        elif left is not None and right is not None and left != right:
            told.append(f"{_named(left)}: " + "; ".join(_apart(left, right, names)))
    return told


def _named(row: AlertRow) -> str:
    return f"alert {row.alert_id} ({row.rule_id})"


def _shown(row: AlertRow) -> str:
    return f"{row.status}, {yuan(row.amount)} yuan, events {', '.join(row.event_ids)}"


def _apart(left: AlertRow, right: AlertRow, names: tuple[str, str]) -> list[str]:
    told = []
    for field in structs.fields(AlertRow):
        mine, other = getattr(left, field.name), getattr(right, field.name)
        if mine == other:
            continue
        if isinstance(mine, tuple):
            told += _apart_ids(field.name, mine, other, names)
        elif field.name in {"amount", "involved"}:
            told.append(
                f"{field.name} {yuan(mine)} yuan in the {names[0]}, {yuan(other)} in the {names[1]}"
            )
        else:
            told.append(f"{field.name} {mine} in the {names[0]}, {other} in the {names[1]}")
    return told


def _apart_ids(
    field: str, mine: Sequence[str], other: Sequence[str], names: tuple[str, str]
) -> list[str]:
    return [
        f"{field} {', '.join(only)} in the {name} only"
        for name, only in zip(
            names,
            (sorted(set(mine) - set(other)), sorted(set(other) - set(mine))),
            strict=True,
        )
        if only
    ] or [f"{field} repeated differently"]
