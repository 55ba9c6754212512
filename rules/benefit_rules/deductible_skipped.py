"""The pool paid costs that the year's deductible should still have taken.

What was used before the monitoring began may have filled the deductible. Nothing was, where the
person's year was seen from its start or the policy says that the area's data is complete since
then (`data.complete_from`). Otherwise each deductible that the sender took shows how much at most:
after it no more can have been used than the whole. What a visit left untaken is told as far as
that much was surely left; a charge later in the year shows it, one before it does not.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from events.times import DAY
from rules.benefit_rules.first_look import is_idle
from rules.benefit_rules.payments import CITY
from rules.benefit_rules.registrations import is_complete
from rules.benefit_rules.spans import seen_from, year_start
from rules.benefit_rules.years import INFERRED, Reckoning, reckoned
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Benefit, Claim, Status, Visit
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit, Status, Claim, Benefit)
SUBJECT: Final = "person"
_MERGED: Final = "outpatient.deductible_merged_with_chronic"
_ONE: Final = frozenset({"general", "chronic"})
"""Schemes that fill one deductible where the policy merges it."""


def check(
    rule: Rule, context: Context, person: Person, record: Visit | Status | Claim | Benefit
) -> Iterable[Verdict]:
    """One matter a settlement: that the deductible was not taken off."""
    if isinstance(record, Visit) and is_idle(person, record):
        return ()
    year = reckoned(context, person, record)
    verdicts: list[Verdict] = []
    for one in year:
        if one.visit.pool_paid:
            finding = _look(rule, context, person, year, one)
            if finding is not None or person.standing:
                finding = withdrawn(finding) if one.visit.rev_at else finding
                verdicts.append(Verdict(one.visit.event_id, finding))
    return verdicts


def _look(
    rule: Rule, context: Context, person: Person, year: Sequence[Reckoning], one: Reckoning
) -> Finding | None:
    visit, limits = one.visit, rule.at(one.visit.time)
    tolerance = limits["tolerance"]
    if (
        not one.known
        or not one.left
        or one.paid <= one.due + tolerance
        or one.paid > one.by_ratio + tolerance
        or one.used + tolerance >= min(one.left, one.in_policy)
    ):
        return None
    begun = year_start(visit.time) + limits["seen_days"] * DAY
    seen = seen_from(person) <= begun or is_complete(context, visit)
    left = one.left if seen else one.left - _used_before(context, year, one)
    due = one.tariff.of(one.in_policy - max(0, left))
    if one.used + tolerance >= left or one.paid <= due + tolerance:
        return None
    terms = one.tariff
    return found(
        [visit],
        amount=one.paid - due,
        involved=visit.fee,
        area=visit.insured_area,
        severity=1 if seen and one.milder is None else INFERRED,
        assumed=terms.filled_deductible + terms.filled_ratio,
        evidence={
            "institution": context.name_of(visit.inst),
            "settled_at": visit.time,
            "in_policy_fen": one.in_policy,
            "deductible_fen": terms.deductible or 0,
            "left_fen": left,
            "taken_fen": one.used,
            "due_fen": due,
            "paid_fen": one.paid,
            "over_fen": one.paid - due,
        },
    )


def _used_before(context: Context, year: Sequence[Reckoning], one: Reckoning) -> int:
    """The most of the year's deductible (fen) that can have been used before the first record.

    Whatever the sender takes is still left in its books, so what it took until then and what was
    used before cannot exceed the deductible. Of costs that fill the same deductible for sure only.
    """
    most, charged = one.tariff.deductible or 0, 0
    start, area = year_start(one.visit.time), one.visit.insured_area
    merged = context.law(area, _MERGED, one.visit.time)
    together = merged is not None and merged.flag and one.tariff.scheme in _ONE
    same = _ONE if together else {one.tariff.scheme}
    for other in year:
        terms = other.tariff
        if (
            other.used
            and not other.visit.rev_at
            and terms.scheme in same
            and year_start(other.visit.time) == start
            and other.visit.insured_area[:CITY] == area[:CITY]
        ):
            charged += other.used
            if terms.deductible is not None:
                most = min(most, terms.deductible - charged)
    return max(0, most)
