"""The ledger's tables, the same in SQLite and PostgreSQL.

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

SCHEMA: Final = 1
"""Version of these tables; a ledger of a later one is refused."""

TABLES: Final = MetaData()

# PostgreSQL would else sort by the locale, and could not use an index to find a beginning.
_TEXT: Final = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
# Only INTEGER makes a key of SQLite its row number; there it holds 64 bits all the same.
_LONG: Final = BigInteger().with_variant(Integer, "sqlite")

META: Final = Table(
    "meta",
    TABLES,
    Column("name", _TEXT, primary_key=True),
    Column("value", _TEXT, nullable=False),
)
"""`schema`, `generation`, `key_check` and `created_ms`."""

ALERTS: Final = Table(
    "alerts",
    TABLES,
    Column("alert_id", _TEXT, primary_key=True),
    Column("rule_id", _TEXT, nullable=False),
    Column("rule_version", Integer, nullable=False),
    Column("family", _TEXT, nullable=False),
    Column("sev_deg", Integer, nullable=False),
    Column("subject_type", _TEXT, nullable=False),
    Column("subject", _TEXT, nullable=False),
    Column("area", _TEXT, nullable=False),
    Column("event_ids", _TEXT, nullable=False),
    Column("setl_ids", _TEXT, nullable=False),
    Column("amount", _LONG, nullable=False),
    Column("involved", _LONG, nullable=False),
    Column("clauses", _TEXT, nullable=False),
    Column("law", _TEXT, nullable=False),
    Column("name_zh", _TEXT, nullable=False),
    Column("name_en", _TEXT, nullable=False),
    Column("message_zh", _TEXT, nullable=False),
    Column("message_en", _TEXT, nullable=False),
    Column("evidence", _TEXT, nullable=False),
    Column("assumed", _TEXT, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("status", _TEXT, nullable=False),
    Column("first_event_time", _LONG, nullable=False),
    Column("last_event_time", _LONG, nullable=False),
    Column("generation", BigInteger, nullable=False),
    Column("feed_seq", _LONG, nullable=False),
    Column("first_seen_ms", _LONG, nullable=False),
    Column("changed_ms", _LONG, nullable=False),
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
)
"""The last revision of every alert. `feed_seq` is the journal entry of its last change."""

JOURNAL: Final = Table(
    "journal",
    TABLES,
    Column("seq", _LONG, primary_key=True, autoincrement=False),
    Column("at_ms", _LONG, nullable=False),
    Column("actor", _TEXT, nullable=False),
    Column("action", _TEXT, nullable=False),
    Column("alert_id", _TEXT, nullable=False),
    Column("content", _TEXT, nullable=False),
    Column("prev_hash", _TEXT, nullable=False),
    Column("hash", _TEXT, nullable=False),
    Index("journal_by_alert", "alert_id", "seq"),
)
"""Every change in the order of its commit, each entry bound to the one before by its hash."""

JOURNAL_HEAD: Final = Table(
    "journal_head",
    TABLES,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("seq", _LONG, nullable=False),
    Column("hash", _TEXT, nullable=False),
)
"""One row: the last entry of the journal. Writers lock it, so the chain never forks."""

DEAD_LETTERS: Final = Table(
    "dead_letters",
    TABLES,
    Column("source", _TEXT, primary_key=True),
    Column("position", _LONG, primary_key=True, autoincrement=False),
    Column("reason", _TEXT, nullable=False),
    Column("field", _TEXT, nullable=False),
    Column("found", _TEXT, nullable=False),
    Column("expected", _TEXT, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("at_ms", _LONG, nullable=False),
    Index("dead_letters_by_time", "at_ms"),
)
"""Records that are no events; a place of a source has one."""

POSITIONS: Final = Table(
    "positions",
    TABLES,
    Column("source", _TEXT, primary_key=True),
    Column("position", _LONG, nullable=False),
    Column("fingerprint", _TEXT, nullable=False),
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
