"""The tables of alerts and journal, the same in SQLite and PostgreSQL.

Money is fen, event times are epoch seconds, recorded wall times epoch milliseconds; lists and
evidence are canonical JSON text. Text sorts by code point in both databases.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    event,
    text,
)
from sqlalchemy.dialects import postgresql

SCHEMA: Final = 2
"""Version of the tables; a ledger of a later one is refused, an earlier one is added to.

A version only adds tables and indexes (see `alerts.ledger.tables`); 2 added users and cases.
"""

TABLES: Final = MetaData()

# PostgreSQL would else sort by the locale, and could not use an index to find a beginning.
TEXT: Final = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
"""Text that sorts by code point in both databases."""
# Only INTEGER makes a key of SQLite its row number; there it holds 64 bits all the same.
LONG: Final = BigInteger().with_variant(Integer, "sqlite")
"""A whole number of 64 bits."""

META: Final = Table(
    "meta",
    TABLES,
    Column("name", TEXT, primary_key=True),
    Column("value", TEXT, nullable=False),
)
"""`schema`, `generation`, `key_check` and `created_ms`."""

ALERTS: Final = Table(
    "alerts",
    TABLES,
    Column("alert_id", TEXT, primary_key=True),
    Column("rule_id", TEXT, nullable=False),
    Column("rule_version", Integer, nullable=False),
    Column("family", TEXT, nullable=False),
    Column("sev_deg", Integer, nullable=False),
    Column("subject_type", TEXT, nullable=False),
    Column("subject", TEXT, nullable=False),
    Column("area", TEXT, nullable=False),
    Column("event_ids", TEXT, nullable=False),
    Column("setl_ids", TEXT, nullable=False),
    Column("amount", LONG, nullable=False),
    Column("involved", LONG, nullable=False),
    Column("clauses", TEXT, nullable=False),
    Column("law", TEXT, nullable=False),
    Column("name_zh", TEXT, nullable=False),
    Column("name_en", TEXT, nullable=False),
    Column("message_zh", TEXT, nullable=False),
    Column("message_en", TEXT, nullable=False),
    Column("evidence", TEXT, nullable=False),
    Column("assumed", TEXT, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("status", TEXT, nullable=False),
    Column("first_event_time", LONG, nullable=False),
    Column("last_event_time", LONG, nullable=False),
    Column("generation", BigInteger, nullable=False),
    Column("feed_seq", LONG, nullable=False),
    Column("first_seen_ms", LONG, nullable=False),
    Column("changed_ms", LONG, nullable=False),
    Index("alerts_by_feed", "feed_seq", unique=True),
    Index("alerts_by_area", "area", "feed_seq"),
    Index("alerts_by_family", "family", "feed_seq"),
    Index("alerts_by_rule", "rule_id", "feed_seq"),
    Index("alerts_by_status", "status", "feed_seq"),
    Index("alerts_by_severity", "sev_deg", text("amount DESC"), "alert_id"),
    Index("alerts_by_subject", "subject", "feed_seq"),
    Index("alerts_by_amount", text("amount DESC"), "alert_id"),
    Index("alerts_by_time", text("last_event_time DESC"), "alert_id"),
    # Counting reads the index only.
    Index("alerts_by_count", "rule_id", "family", "sev_deg", "status", "amount", "involved"),
    Index("alerts_by_area_count", "area", "status", "sev_deg", "amount"),
    Index("alerts_by_hour", "first_seen_ms", "status", "sev_deg", "area"),
)
"""The last revision of every alert. `feed_seq` is the journal entry of its last change."""

JOURNAL: Final = Table(
    "journal",
    TABLES,
    Column("seq", LONG, primary_key=True, autoincrement=False),
    Column("at_ms", LONG, nullable=False),
    Column("actor", TEXT, nullable=False),
    Column("action", TEXT, nullable=False),
    Column("alert_id", TEXT, nullable=False),
    Column("content", TEXT, nullable=False),
    Column("prev_hash", TEXT, nullable=False),
    Column("hash", TEXT, nullable=False),
    Index("journal_by_alert", "alert_id", "seq"),
)
"""Every change in the order of its commit, each entry bound to the one before by its hash."""

JOURNAL_HEAD: Final = Table(
    "journal_head",
    TABLES,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("seq", LONG, nullable=False),
    Column("hash", TEXT, nullable=False),
)
"""One row: the last entry of the journal. Writers lock it, so the chain never forks."""

DEAD_LETTERS: Final = Table(
    "dead_letters",
    TABLES,
    Column("source", TEXT, primary_key=True),
    Column("position", LONG, primary_key=True, autoincrement=False),
    Column("reason", TEXT, nullable=False),
    Column("field", TEXT, nullable=False),
    Column("found", TEXT, nullable=False),
    Column("expected", TEXT, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("at_ms", LONG, nullable=False),
    Index("dead_letters_by_time", "at_ms"),
)
"""Records that are no events; a place of a source has one."""

POSITIONS: Final = Table(
    "positions",
    TABLES,
    Column("source", TEXT, primary_key=True),
    Column("position", LONG, nullable=False),
    Column("fingerprint", TEXT, nullable=False),
)
"""How far each source was read, and by which fingerprint it is known again."""

_APPEND_ONLY: Final = {
    "sqlite": tuple(
        f"CREATE TRIGGER journal_no_{verb.lower()} BEFORE {verb} ON journal"
        " BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    ),
    "postgresql": (
        "CREATE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$",
        "CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal"
        " FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only()",
    ),
}


@event.listens_for(JOURNAL, "after_create")
def _keep_append_only(_: Table, connection: Connection, **__: object) -> None:
    """Let the database itself refuse to change or remove what was entered."""
    for statement in _APPEND_ONLY[connection.dialect.name]:
        connection.exec_driver_sql(statement)
