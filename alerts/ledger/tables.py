"""Every table of the ledger, and what of it a database lacks.

A module with tables is imported here, so that a ledger is made with them; an existing ledger gets
those it lacks when it is next opened for writing. Columns of a table never change.
"""

from typing import Final

from sqlalchemy import Connection, Index, Table, inspect, text

from alerts.ledger import (
    access_tables,
    archive_tables,
    case_tables,
    precheck_tables,
    schema,
    score_tables,
    triage_tables,
    trial_tables,
)
from alerts.ledger.schema import TABLES

MODULES: Final = (
    schema,
    score_tables,
    access_tables,
    archive_tables,
    case_tables,
    precheck_tables,
    triage_tables,
    trial_tables,
)
"""The modules that define tables on `TABLES`."""

_INDEX_NAMES: Final = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index'",
    "postgresql": "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()",
}

__all__ = ["MODULES", "TABLES", "add_missing", "missing"]


def missing(connection: Connection) -> list[Table | Index]:
    """Tables and indexes of this version that the database has not; empty where all are there."""
    tables = set(inspect(connection).get_table_names())
    indexes = set(connection.execute(text(_INDEX_NAMES[connection.dialect.name])).scalars())
    lacking: list[Table | Index] = []
    for table in TABLES.sorted_tables:
        if table.name not in tables:
            lacking.append(table)
        else:
            lacking += sorted(
                (index for index in table.indexes if index.name not in indexes),
                key=lambda index: str(index.name),
            )
    return lacking


def add_missing(connection: Connection) -> None:
    """Make what `missing` tells, a table with its indexes."""
    for lacking in missing(connection):
        lacking.create(connection)
