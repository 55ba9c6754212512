"""The pool paid a pharmacy that it does not pay, or goods that nobody prescribed.

A pharmacy is paid from the day the area pays pharmacies at all and it has joined itself. Where
the area pays external prescriptions only, one must be named by a line or known for the person.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from events.times import DAY
from rules.benefit.coverage import coverage
from rules.benefit.lookup import Law
from rules.benefit_rules.circumstances import prescribed
from rules.benefit_rules.ordinary import claim_of
from rules.benefit_rules.payments import concerned, is_general
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Script, Visit
from rules.histories.series import between
from rules.histories.spreading import at_pharmacy
from rules.pool import pool_of
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit, Script)
SUBJECT: Final = "person"
_PATHS: Final = {
    "pharmacy.pool_from": 1,
    "pharmacy.joined_required": 1,
    "pharmacy.prescription_required": 2,
}
"""Conditions and how sure a breach is: that there is no prescription, data can only suggest."""


def check(
    rule: Rule, context: Context, person: Person, record: Visit | Script
) -> Iterable[Verdict]:
    """One matter a settlement: that the pool does not pay it at a pharmacy."""
    if isinstance(record, Script):
        return _verdicts(rule, context, person, record) if person.visits else ()
    if not record.pool_paid or not at_pharmacy(record):
        return ()
    return (_verdict(rule, context, person, record),)


def _verdicts(rule: Rule, context: Context, person: Person, script: Script) -> Iterator[Verdict]:
    reach = rule.at(script.time)["prescription_days"] * DAY
    for visit in between(person.visits, script.time - reach, script.time + reach):
        if visit.pool_paid and at_pharmacy(visit):
            yield _verdict(rule, context, person, visit)


def _verdict(rule: Rule, context: Context, person: Person, visit: Visit) -> Verdict:
    finding = _look(rule, context, person, visit)
    return Verdict(visit.event_id, withdrawn(finding) if visit.rev_at else finding)


def _look(rule: Rule, context: Context, person: Person, visit: Visit) -> Finding | None:
    limits, paid = rule.at(visit.time), pool_of(context, visit)
    known = context.institutions.get(visit.inst)
    if (
        known is None
        or not concerned(visit)
        or not is_general(visit)
        or paid <= limits["tolerance"]
    ):
        return None
    written = prescribed(person, visit, limits["prescription_days"])
    claim = claim_of(context, visit, "full", prescription=written)
    covered = coverage(Law(context.policy, claim))
    if covered.status != "not_covered" or covered.steps[0].path not in _PATHS:
        return None
    step = covered.steps[0]
    return found(
        [visit],
        amount=paid,
        involved=visit.fee,
        area=visit.insured_area,
        severity=_PATHS[step.path],
        assumed=(step.path,) if step.filled else (),
        evidence={
            "institution": context.name_of(visit.inst),
            "settled_at": visit.time,
            "why_zh": step.zh,
            "why_en": step.en,
            "paid_fen": paid,
        },
    )
