"""Tables of what supervisors do with alerts: work on one, cases, notes, snoozes, clocks, tips.

Money is fen and -1 where no amount was named; times are wall times, epoch milliseconds, 0 for
never; dates are ISO text. A `version` goes up with every change, so that of two who saw the same
state only one can change it.
"""

from typing import Final

from sqlalchemy import Column, Index, Integer, Table

from alerts.ledger.schema import LONG, TABLES, TEXT

WORK: Final = Table(
    "alert_work",
    TABLES,
    Column("alert_id", TEXT, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("taken_by", TEXT, nullable=False),
    Column("taken_ms", LONG, nullable=False),
    Column("case_id", TEXT, nullable=False),
    Column("verdict", TEXT, nullable=False),
    Column("cause", TEXT, nullable=False),
    Column("amount_confirmed", LONG, nullable=False),
    Column("amount_recovered", LONG, nullable=False),
    Column("verdict_by", TEXT, nullable=False),
    Column("verdict_ms", LONG, nullable=False),
    Column("verdict_revision", Integer, nullable=False),
    Column("changed_by", TEXT, nullable=False),
    Column("changed_ms", LONG, nullable=False),
    Index("alert_work_by_case", "case_id"),
    Index("alert_work_by_taker", "taken_by"),
    Index("alert_work_by_verdict", "verdict", "verdict_ms"),
)
"""Alerts that somebody worked on; `verdict` is empty, `confirmed` or `dismissed`."""

CASES: Final = Table(
    "cases",
    TABLES,
    Column("case_id", TEXT, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("title", TEXT, nullable=False),
    Column("source", TEXT, nullable=False),
    Column("status", TEXT, nullable=False),
    Column("party", TEXT, nullable=False),
    Column("subject_type", TEXT, nullable=False),
    Column("subject", TEXT, nullable=False),
    Column("area", TEXT, nullable=False),
    Column("taken_by", TEXT, nullable=False),
    Column("verdict", TEXT, nullable=False),
    Column("cause", TEXT, nullable=False),
    Column("amount_confirmed", LONG, nullable=False),
    Column("amount_recovered", LONG, nullable=False),
    Column("officers", TEXT, nullable=False),
    Column("conduct_ended", TEXT, nullable=False),
    Column("handed_to", TEXT, nullable=False),
    Column("recipient", TEXT, nullable=False),
    Column("opened_by", TEXT, nullable=False),
    Column("opened_ms", LONG, nullable=False),
    Column("handed_ms", LONG, nullable=False),
    Column("closed_ms", LONG, nullable=False),
    Column("verdict_ms", LONG, nullable=False),
    Column("changed_by", TEXT, nullable=False),
    Column("changed_ms", LONG, nullable=False),
    Index("cases_by_status", "status", "changed_ms"),
    Index("cases_by_area", "area"),
    Index("cases_by_subject", "subject"),
    Index("cases_by_change", "changed_ms"),
)
"""`area` is the beginning that the areas of its alerts share; `officers` a JSON list of two."""

NOTES: Final = Table(
    "notes",
    TABLES,
    Column("seq", LONG, primary_key=True, autoincrement=False),
    Column("about", TEXT, nullable=False),
    Column("author", TEXT, nullable=False),
    Column("at_ms", LONG, nullable=False),
    Column("text", TEXT, nullable=False),
    Index("notes_by_about", "about", "seq"),
)
"""`seq` is the note's entry in the journal, `about` an alert or a case."""

SNOOZES: Final = Table(
    "snoozes",
    TABLES,
    Column("snooze_id", TEXT, primary_key=True),
    Column("rule_id", TEXT, nullable=False),
    Column("subject", TEXT, nullable=False),
    Column("area", TEXT, nullable=False),
    Column("until_ms", LONG, nullable=False),
    Column("reason", TEXT, nullable=False),
    Column("made_by", TEXT, nullable=False),
    Column("made_ms", LONG, nullable=False),
    Column("ended_ms", LONG, nullable=False),
    Index("snoozes_by_rule", "rule_id", "subject"),
)
"""A rule that is not to be shown for a subject until a time; its alerts are kept all the same."""

CLOCKS: Final = Table(
    "case_clocks",
    TABLES,
    Column("case_id", TEXT, primary_key=True),
    Column("period", TEXT, primary_key=True),
    Column("started", TEXT, nullable=False),
    Column("due", TEXT, nullable=False),
    Column("extensions", Integer, nullable=False),
    Column("met", TEXT, nullable=False),
    Index("case_clocks_by_due", "met", "due"),
)
"""Statutory periods that run or ran in a case; `met` is the date on which one was kept."""

TIPS: Final = Table(
    "tips",
    TABLES,
    Column("tip_id", TEXT, primary_key=True),
    Column("kind", TEXT, nullable=False),
    Column("text", TEXT, nullable=False),
    Column("about", TEXT, nullable=False),
    Column("area", TEXT, nullable=False),
    Column("channel", TEXT, nullable=False),
    Column("taken_by", TEXT, nullable=False),
    Column("at_ms", LONG, nullable=False),
    Column("case_id", TEXT, nullable=False),
    Index("tips_by_case", "case_id"),
    Index("tips_by_time", "at_ms"),
)
"""What the public reported; who reported is kept elsewhere, on paper."""
