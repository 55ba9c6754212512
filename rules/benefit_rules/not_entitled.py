"""The pool paid somebody who has no outpatient benefit, or not yet.

Some ways of contributing give no outpatient benefit; and before the first day of an insurance
nothing is paid. That an insurance had ended or was paused is told by
`impersonation.after_termination` and not again here.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from events.times import day_of, day_start
from rules.benefit_rules.payments import concerned, is_general
from rules.benefit_rules.ways import of_employees, since, way_said
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Status, Visit
from rules.pool import pool_of
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit, Status)
SUBJECT: Final = "person"
_ACTIVE: Final = "1"
_USUAL: Final = ("", "full")


def check(
    rule: Rule, context: Context, person: Person, record: Visit | Status
) -> Iterable[Verdict]:
    """One matter a settlement: that the person had no benefit."""
    if not person.statuses or not person.visits:
        return ()
    if isinstance(record, Status) or person.visits[-1] is not record:
        return _verdicts(rule, context, person)
    if not record.pool_paid or not _is_doubtful(person.statuses, record):
        return ()
    return (_verdict(rule, context, person, record),)


def _is_doubtful(statuses: Sequence[Status], visit: Visit) -> bool:
    """Whether any report speaks of another way of contributing, or of a later begin."""
    day = day_of(visit.time)
    for status in statuses:
        first = status.begin_day
        if status.contribution not in _USUAL or (first is not None and first > day):
            return True
    return False


def _verdicts(rule: Rule, context: Context, person: Person) -> Iterator[Verdict]:
    for visit in person.visits:
        if visit.pool_paid:
            yield _verdict(rule, context, person, visit)


def _verdict(rule: Rule, context: Context, person: Person, visit: Visit) -> Verdict:
    finding = _look(rule, context, person, visit)
    return Verdict(visit.event_id, withdrawn(finding) if visit.rev_at else finding)


def _look(rule: Rule, context: Context, person: Person, visit: Visit) -> Finding | None:
    way, told = way_said(person.statuses, visit)
    if way == "full" or told is None:
        early = _not_begun(person, visit)
        if early is None or not concerned(visit):
            return None
        return _found(
            rule,
            context,
            visit,
            begins_at=day_start(since(early)),
            why_zh="参保尚未生效",
            why_en="the insurance had not begun",
            severity=2,
        )
    path = f"outpatient.benefit.{way}"
    if not concerned(visit) or not is_general(visit) or path not in context.policy.parameters():
        return None
    law = context.law(visit.insured_area, path, visit.time)
    if law is None or law.text != "none":
        return None
    return _found(
        rule,
        context,
        visit,
        begins_at=day_start(since(told)),
        why_zh="按较低费率缴费，不享受普通门诊统筹待遇",
        why_en="contributes at a rate that gives no general outpatient benefit",
        severity=1,
        path=path if law.filled else "",
    )


def _not_begun(person: Person, visit: Visit) -> Status | None:
    """A report made before the settlement that the insurance begins later, and nothing else.

    What was insured before, here or elsewhere, is not known if the person was already drawing
    on the insurance when the report came.
    """
    day = day_of(visit.time)
    told: Status | None = None
    for status in person.statuses:
        if status.begin_day is None or status.begin_day <= day or status.state not in ("", _ACTIVE):
            return None
        if status.time <= visit.time and of_employees(status, visit):
            told = told or status
    if told is None or person.visits[0].time < told.time:
        return None
    return told


def _found(
    rule: Rule,
    context: Context,
    visit: Visit,
    *,
    begins_at: int,
    why_zh: str,
    why_en: str,
    severity: int,
    path: str = "",
) -> Finding | None:
    paid = pool_of(context, visit)
    if paid <= rule.at(visit.time)["tolerance"]:
        return None
    return found(
        [visit],
        amount=paid,
        involved=visit.fee,
        area=visit.insured_area,
        severity=severity,
        assumed=(path,) if path else (),
        evidence={
            "institution": context.name_of(visit.inst),
            "settled_at": visit.time,
            "begins_at": begins_at,
            "why_zh": why_zh,
            "why_en": why_en,
            "paid_fen": paid,
        },
    )
