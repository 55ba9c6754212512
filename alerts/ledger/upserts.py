"""Rows that are inserted, or take the place of those with the same key, in both databases."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

_AT_ONCE: Final = 500


def upsert(
    connection: Connection, table: Table, rows: Sequence[dict[str, Any]], add: Sequence[str] = ()
) -> None:
    """Insert rows or replace those of the same primary key; `add` names columns that are summed.

    No two rows may have the same key.
    """
    if not rows:
        return
    key = [column.name for column in table.primary_key]
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table)
    changed = {
        name: table.c[name] + value if name in add else value
        for name, value in statement.excluded.items()
        if name not in key
    }
    if changed:
        statement = statement.on_conflict_do_update(index_elements=key, set_=changed)
    else:
        statement = statement.on_conflict_do_nothing()
    for start in range(0, len(rows), _AT_ONCE):
        connection.execute(statement, list(rows[start : start + _AT_ONCE]))
