"""Carries a ledger into an empty one: from SQLite into PostgreSQL, or back.

Everything that the tables of a ledger hold goes over as it is, the journal with the same numbers
and hashes, so that an export or a head noted elsewhere still fits. All or nothing: one transaction
that sees the source as of one moment, and ends with the copy verified.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

from sqlalchemy import Connection, Table, delete, func, insert, inspect, select, text, update

from alerts.ledger.auditing import verify_alerts
from alerts.ledger.database import Ledger, LedgerError
from alerts.ledger.journal import Broken, Head, head_of, verify_journal
from alerts.ledger.schema import JOURNAL_HEAD, META
from alerts.ledger.tables import TABLES

_AT_ONCE: Final = 500
_OWN: Final = frozenset({META.name, JOURNAL_HEAD.name})
"""Tables that a ledger has rows in from the beginning."""


def carry(
    source: Ledger, target: Ledger, progress: Callable[[int], None] = lambda _: None
) -> dict[str, int]:
    """Copy everything; rows by table. Raises LedgerError.

    The source's journal must be whole and the target empty. Both must have been opened under the
    same pseudonym key. `progress` is told how many rows are done.
    """
    with source.read() as reading, target.begin() as writing:
        head = _whole(reading, "the source")
        apart = next(verify_alerts(reading), None)
        if apart is not None:
            raise LedgerError(f"the source does not agree with its journal: {apart}")
        _refuse_unless_empty(writing)
        copied: dict[str, int] = {}
        done = 0
        there = set(inspect(reading).get_table_names())
        for table in TABLES.sorted_tables:
            if table.name in _OWN or table.name not in there:
                continue
            for rows in _copy(reading, writing, table):
                copied[table.name] = copied.get(table.name, 0) + rows
                done += rows
                progress(done)
        _take_over(reading, writing)
        if _whole(writing, "the copy") != head:
            raise LedgerError("the copy's journal ends otherwise than the source's")
        return copied


def _whole(connection: Connection, whose: str) -> Head:
    found = verify_journal(connection)
    if isinstance(found, Broken):
        raise LedgerError(f"{whose} has a broken journal at entry {found.seq}: {found.why}")
    return found.head


def _refuse_unless_empty(connection: Connection) -> None:
    for table in TABLES.sorted_tables:
        if table.name not in _OWN:
            rows = connection.execute(select(func.count()).select_from(table)).scalar_one()
            if rows:
                raise LedgerError(
                    f"found {rows} rows in the target's table {table.name}, expected an empty"
                    " ledger: carrying would mix two histories. Give a new database"
                )
    if head_of(connection).seq:
        raise LedgerError("found a journal in the target, expected an empty ledger")


def _copy(reading: Connection, writing: Connection, table: Table) -> Iterator[int]:
    """Copy the rows of a table in the order of its key; tells how many after each piece."""
    statement = select(table).order_by(*table.primary_key.columns)
    with reading.execute(statement.execution_options(yield_per=_AT_ONCE)) as rows:
        for chunk in rows.mappings().partitions(_AT_ONCE):
            writing.execute(insert(table), [dict(row) for row in chunk])
            yield len(chunk)
    _move_sequence(writing, table)


def _move_sequence(connection: Connection, table: Table) -> None:
    """Let PostgreSQL go on numbering after the numbers that were copied."""
    column = table.autoincrement_column
    if connection.dialect.name != "postgresql" or column is None:
        return
    where: dict[str, Any] = {"table": table.name, "column": column.name}
    sequence = connection.execute(
        text("SELECT pg_get_serial_sequence(:table, :column)"), where
    ).scalar_one()
    last = connection.execute(select(func.max(column))).scalar_one()
    if sequence and last:
        connection.execute(
            text("SELECT setval(CAST(:sequence AS regclass), :last)"),
            {"sequence": sequence, "last": last},
        )


def _take_over(reading: Connection, writing: Connection) -> None:
    """The journal's head, and what the ledger says of itself but its version."""
    head = head_of(reading)
    writing.execute(update(JOURNAL_HEAD).values(seq=head.seq, hash=head.hash))
    kept = writing.execute(select(META.c.value).where(META.c.name == "schema")).scalar_one()
    rows = [dict(row) for row in reading.execute(select(META)).mappings()]
    writing.execute(delete(META))
    writing.execute(
        insert(META),
        [{**row, "value": kept if row["name"] == "schema" else row["value"]} for row in rows],
    )
