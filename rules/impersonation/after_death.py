"""A settlement after the day of death, however late the death becomes known.

The day of death and the day after are quiet, and so is the hospital's bill for a stay that began
before.
"""

from collections.abc import Iterable
from typing import Final

from events.times import date_of, day_of, day_start
from rules.context import Context
from rules.findings import Finding, Verdict, found
from rules.histories.keyed import PERSON, Person
from rules.histories.records import Status, Stay, Visit
from rules.impersonation.drawn import paid, verdict
from rules.impersonation.stays import began, is_inpatient
from rules.impersonation.survival import death_day, may_have_died
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit, Status, Stay)
SUBJECT: Final = "person"
_CASH_ONLY: Final = 3
"""Somebody used a dead person's credential, but nobody lost money by it."""


def check(
    rule: Rule, context: Context, person: Person, record: Visit | Status | Stay
) -> Iterable[Verdict]:
    """One matter a settlement: that the person had died before."""
    if not may_have_died(person):
        return ()
    died = death_day(person, rule.at(record.time)["dead"])
    visits = (record,) if isinstance(record, Visit) else person.visits
    return [
        verdict(visit, None if died is None else _look(rule, context, person, visit, died))
        for visit in visits
    ]


def _look(rule: Rule, context: Context, person: Person, visit: Visit, died: int) -> Finding | None:
    parameters = rule.at(visit.time)
    late = day_of(visit.time) - died
    if late <= parameters["grace_days"]:
        return None
    if is_inpatient(visit) or visit.scheme in parameters["billed_later"]:
        start = began(person, visit)
        if start <= day_start(died + 1) and late <= parameters["billing_days"]:
            return None
    amount = paid(visit)
    return found(
        [visit],
        amount=amount,
        involved=visit.fee,
        area=visit.insured_area,
        severity=None if amount else _CASH_ONLY,
        evidence={
            "institution": context.name_of(visit.inst),
            "settled_at": visit.time,
            "died_on": date_of(died).isoformat(),
            "days": late,
            "paid_fen": amount,
        },
    )
