"""Writes to the ledger; every function belongs into a transaction of `Ledger.begin`."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Table, cast, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import Integer, Text

from alerts.alert import Alert
from alerts.ledger.journal import Entry, append, lock_head
from alerts.ledger.masking import masked
from alerts.ledger.rows import FIELDS, Row, row_of, storable
from alerts.ledger.schema import ALERTS, DEAD_LETTERS, META, POSITIONS
from alerts.table import supersedes
from events.deadletters import DeadLetter

Item = TypeVar("Item")
_AT_ONCE: Final = 500


def record(
    connection: Connection, alerts: Iterable[Alert], at_ms: int, actor: str = "monitor"
) -> int:
    """Take up revisions of alerts and journal each that changes something; how many did.

    A revision counts only where the ledger knows none of its alert, or one of a lower generation
    or revision: what is delivered again, or late, changes nothing. A retracted alert stays as a
    row, so that an older revision cannot bring it back, and keeps its area, so that those who may
    see the area learn of it. `at_ms` is the wall time, epoch ms.
    """
    coming = list(alerts)
    if not coming:
        return 0
    head = lock_head(connection)
    known = _known(connection, {alert.alert_id for alert in coming})
    entries: list[Entry] = []
    touched: dict[str, Row] = {}
    for alert in coming:
        before = known.get(alert.alert_id)
        if before is not None and not supersedes(alert, before["generation"], before["revision"]):
            continue
        after = row_of(alert)
        if before is not None and alert.status == "retracted":
            after["area"] = before["area"]
        changed = [name for name in FIELDS if before is None or before[name] != after[name]]
        after["feed_seq"] = head.seq + len(entries) + 1
        after["first_seen_ms"] = at_ms if before is None else before["first_seen_ms"]
        after["changed_ms"] = at_ms
        content = {name: getattr(alert, name) for name in changed}
        entries.append(Entry(at_ms, actor, _action(alert, before), alert.alert_id, content))
        known[alert.alert_id] = touched[alert.alert_id] = after
    upsert(connection, ALERTS, list(touched.values()))
    append(connection, entries, head)
    return len(entries)


def refuse(connection: Connection, letters: Iterable[DeadLetter], at_ms: int) -> int:
    """Keep dead letters; how many are new: a place of a source has one, the first.

    What identifies people is masked in the raw record; the place says where the original stands.
    """
    rows = [
        {
            "source": storable(letter.source),
            "position": letter.position,
            "reason": storable(letter.reason),
            "field": storable(letter.field),
            "found": storable(letter.found),
            "expected": storable(letter.expected),
            "raw": masked(letter.raw),
            "at_ms": at_ms,
        }
        for letter in letters
    ]
    new = 0
    statement = inserting(connection, DEAD_LETTERS).on_conflict_do_nothing()
    statement = statement.returning(DEAD_LETTERS.c.position)
    for chunk in _chunks(rows):
        new += len(connection.execute(statement, chunk).all())
    return new


def move(connection: Connection, source: str, position: int, fingerprint: str = "") -> None:
    """Remember how far a source has been read, in the transaction that holds what it led to."""
    row = {"source": storable(source), "position": position, "fingerprint": fingerprint}
    upsert(connection, POSITIONS, [row])


def next_generation(connection: Connection) -> int:
    """Begin a new generation, for a state that is rebuilt from nothing; returns its number.

    Its alerts take the place of those of earlier generations whatever their revision.
    """
    raised = cast(cast(META.c.value, Integer) + 1, Text)
    mine = META.c.name == "generation"
    connection.execute(update(META).where(mine).values(value=raised))
    return int(connection.execute(select(META.c.value).where(mine)).scalar_one())


def _known(connection: Connection, ids: set[str]) -> dict[str, Row]:
    """The rows of alerts by id, those that exist."""
    known: dict[str, Row] = {}
    for chunk in _chunks(sorted(ids)):
        found = connection.execute(select(ALERTS).where(ALERTS.c.alert_id.in_(chunk)))
        known.update((row["alert_id"], dict(row)) for row in found.mappings())
    return known


def _action(alert: Alert, before: Row | None) -> str:
    if alert.status != "open":
        return alert.status
    return "revised" if before is not None and before["status"] == "open" else "raised"


def upsert(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Write whole rows; one whose key is there already takes its place."""
    key = [column.name for column in table.primary_key]
    statement = inserting(connection, table)
    statement = statement.on_conflict_do_update(
        index_elements=key,
        set_={name: value for name, value in statement.excluded.items() if name not in key},
    )
    for chunk in _chunks(rows):
        connection.execute(statement, chunk)


def inserting(connection: Connection, table: Table) -> Any:
    """An insert that knows ON CONFLICT; both dialects write it alike, but SQLAlchemy has two."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def _chunks(items: Sequence[Item]) -> Iterator[list[Item]]:
    for start in range(0, len(items), _AT_ONCE):
        yield list(items[start : start + _AT_ONCE])
