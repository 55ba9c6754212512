"""The pool paid general outpatient care away from home before or without what the area asks.

Before the day from which the area pays such care nothing is paid; where the area asks for a
filing, one that covers the day must be there, whenever it was made. Emergencies need none.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from rules.benefit.coverage import coverage
from rules.benefit.lookup import Law
from rules.benefit_rules.circumstances import filed
from rules.benefit_rules.ordinary import claim_of
from rules.benefit_rules.payments import CITY, concerned, is_general
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Permit, Visit
from rules.pool import pool_of
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit, Permit)
SUBJECT: Final = "person"
_PATHS: Final = ("offsite.outpatient_from", "offsite.filing_required")


def check(
    rule: Rule, context: Context, person: Person, record: Visit | Permit
) -> Iterable[Verdict]:
    """One matter a settlement: that care away from home was not to be paid."""
    if isinstance(record, Permit):
        return _verdicts(rule, context, person) if person.visits else ()
    if not record.pool_paid or record.area[:CITY] == record.insured_area[:CITY]:
        return ()
    return (_verdict(rule, context, person, record),)


def _verdicts(rule: Rule, context: Context, person: Person) -> Iterator[Verdict]:
    for visit in person.visits:
        if visit.pool_paid and visit.area[:CITY] != visit.insured_area[:CITY]:
            yield _verdict(rule, context, person, visit)


def _verdict(rule: Rule, context: Context, person: Person, visit: Visit) -> Verdict:
    finding = _look(rule, context, person, visit)
    return Verdict(visit.event_id, withdrawn(finding) if visit.rev_at else finding)


def _look(rule: Rule, context: Context, person: Person, visit: Visit) -> Finding | None:
    paid = pool_of(context, visit)
    if not concerned(visit) or not is_general(visit) or paid <= rule.at(visit.time)["tolerance"]:
        return None
    claim = claim_of(context, visit, "full", filed=filed(person, visit))
    if claim.pharmacy and claim.pharmacy_pool_from is None:
        return None
    covered = coverage(Law(context.policy, claim))
    if covered.status != "not_covered" or covered.steps[0].path not in _PATHS:
        return None
    step = covered.steps[0]
    return found(
        [visit],
        amount=paid,
        involved=visit.fee,
        area=visit.insured_area,
        assumed=(step.path,) if step.filled else (),
        evidence={
            "institution": context.name_of(visit.inst),
            "settled_at": visit.time,
            "treated_in": visit.area,
            "why_zh": step.zh,
            "why_en": step.en,
            "paid_fen": paid,
        },
    )
