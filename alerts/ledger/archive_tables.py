"""The tables of the event archive, the same in SQLite and PostgreSQL."""

from typing import Final

from sqlalchemy import Column, Index, Integer, LargeBinary, Table

from alerts.ledger.schema import LONG, TABLES

ARCHIVE: Final = Table(
    "archive",
    TABLES,
    Column("batch", LONG, primary_key=True),
    Column("first_time", LONG, nullable=False),
    Column("last_time", LONG, nullable=False),
    Column("events", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("archive_by_time", "first_time", "last_time"),
)
"""Blocks of events: zlib over JSON lines, and the event times they lie between (both included)."""

ARCHIVE_KEYS: Final = Table(
    "archive_keys",
    TABLES,
    Column("batch", LONG, primary_key=True, autoincrement=False),
    Column("ids", LargeBinary, nullable=False),
)
"""CRC-32 of the event ids of a block, sorted, four bytes each; ledgers of old have none."""
