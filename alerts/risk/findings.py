"""What counts for credit points in a ledger: confirmed and open alerts of a span of event time."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

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
    case against the subject of the case, if that is somebody. A dismissed alert does not count.
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
            CASES.c.amount_confirmed.label("case_amount"),
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
    told: set[str] = set()
    with connection.execute(statement.execution_options(yield_per=_AT_ONCE)) as rows:
        for row in rows:
            verdict = row.verdict or row.case_verdict or ""
            if verdict == "dismissed" or (verdict != "confirmed" and row.status != "open"):
                continue
            confirmed = verdict == "confirmed"
            named = (
                confirmed and row.case_verdict == "confirmed" and row.case_subject_type in _HOLDERS
            )
            holder, subject = _answerable(row, by_case=named)
            if holder is None:
                continue
            amount = _confirmed(row, told) if confirmed else 0
            yield Finding(
                holder,
                subject,
                row.alert_id,
                row.rule_id,
                row.sev_deg,
                "confirmed" if confirmed else "open",
                amount,
                row.case_id or "",
                named,
            )


def _answerable(row: Any, *, by_case: bool) -> tuple[Holder | None, str]:
    """Who answers for an alert: the subject of its confirmed case, else its own."""
    kind, subject = row.subject_type, row.subject
    if by_case:
        kind, subject = row.case_subject_type, row.case_subject
    return _HOLDERS.get(kind), subject.partition("|")[0] if kind == "terminal" else subject


def _confirmed(row: Any, told: set[str]) -> int:
    """Confirmed money: what a case names counts once, with the first of its alerts."""
    if row.case_verdict == "confirmed" and row.case_amount >= 0:
        if row.case_id in told:
            return 0
        told.add(row.case_id)
        return int(row.case_amount)
    named = row.amount_confirmed
    return int(row.amount if named is None or named < 0 else named)
