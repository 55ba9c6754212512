"""What counts for credit points in a ledger: confirmed and open alerts of a span of event time."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from sqlalchemy import Connection, select

from alerts.ledger.case_tables import CASES, WORK
from alerts.ledger.schema import ALERTS
from alerts.risk.points import Finding, Holder
from events.times import day_number, day_start

_HOLDERS: Final[dict[str, Holder]] = {
    "institution": "institution",
    "terminal": "institution",
    "person": "person",
    "account": "person",
}
"""Who answers for an alert about what; papers and goods answer for nothing by themselves."""
_AT_ONCE: Final = 1000


def findings(connection: Connection, on: date) -> Iterator[Finding]:
    """The findings of the calendar year of a day, up to the end of that day, by last event time.

    An alert counts against its own subject (a terminal's against its institution); in a confirmed
    case against the subject of the case. A dismissed alert does not count.
    """
    since = day_start(day_number(date(on.year, 1, 1)))
    until = day_start(day_number(on) + 1)
    # Two joins by key: an alert has at most one row of work, and that at most one case.
    joined = ALERTS.outerjoin(WORK, ALERTS.c.alert_id == WORK.c.alert_id).outerjoin(
        CASES, WORK.c.case_id == CASES.c.case_id
    )
    statement = (
        select(
            ALERTS.c.alert_id,
            ALERTS.c.rule_id,
            ALERTS.c.sev_deg,
            ALERTS.c.subject_type,
            ALERTS.c.subject,
            ALERTS.c.status,
            ALERTS.c.amount,
            WORK.c.verdict,
            WORK.c.amount_confirmed,
            WORK.c.case_id,
            CASES.c.verdict.label("case_verdict"),
            CASES.c.subject_type.label("case_subject_type"),
            CASES.c.subject.label("case_subject"),
        )
        .select_from(joined)
        .where(
            ALERTS.c.status.in_(("open", "withdrawn")),
            ALERTS.c.last_event_time >= since,
            ALERTS.c.last_event_time < until,
        )
        .order_by(ALERTS.c.alert_id)
    )
    with connection.execute(statement.execution_options(yield_per=_AT_ONCE)) as rows:
        for row in rows:
            verdict = row.verdict or row.case_verdict or ""
            if verdict == "dismissed" or (verdict != "confirmed" and row.status != "open"):
                continue
            kind, subject = row.subject_type, row.subject
            if verdict == "confirmed" and row.case_subject:
                kind, subject = row.case_subject_type, row.case_subject
            holder = _HOLDERS.get(kind)
            if holder is None:
                continue
            if row.subject_type == "terminal" and kind == "terminal":
                subject = subject.partition("|")[0]
            named = row.amount_confirmed
            yield Finding(
                holder,
                subject,
                row.alert_id,
                row.rule_id,
                row.sev_deg,
                "confirmed" if verdict == "confirmed" else "open",
                (row.amount if named is None or named < 0 else named)
                if verdict == "confirmed"
                else 0,
                row.case_id or "",
            )
