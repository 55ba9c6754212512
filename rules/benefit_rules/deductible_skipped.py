"""The pool paid costs that the year's deductible should still have taken.

Only where it is known that the deductible was not used up: the person's year was seen from its
start, the policy says that the area's data is complete since then (`data.complete_from`), a later
settlement still took a deductible, or an earlier one was taken by it whole. What was used before
the monitoring began may otherwise have filled it.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from events.times import DAY
from rules.benefit_rules.first_look import is_idle
from rules.benefit_rules.registrations import is_complete
from rules.benefit_rules.spans import seen_from, year_start
from rules.benefit_rules.years import Reckoning, reckoned
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import PERSON, Person
from rules.histories.records import Benefit, Claim, Status, Visit
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit, Status, Claim, Benefit)
SUBJECT: Final = "person"


def check(
    rule: Rule, context: Context, person: Person, record: Visit | Status | Claim | Benefit
) -> Iterable[Verdict]:
    """One matter a settlement: that the deductible was not taken off."""
    if isinstance(record, Visit) and is_idle(person, record):
        return ()
    year = reckoned(context, person, record)
    verdicts: list[Verdict] = []
    for one in year:
        if one.visit.pool or one.visit.fund:
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
    if not seen and not _was_left(year, one):
        return None
    terms = one.tariff
    return found(
        [visit],
        amount=one.paid - one.due,
        involved=visit.fee,
        area=visit.insured_area,
        severity=1 if seen else 2,
        assumed=terms.filled_deductible + terms.filled_ratio,
        evidence={
            "institution": context.name_of(visit.inst),
            "settled_at": visit.time,
            "in_policy_fen": one.in_policy,
            "deductible_fen": terms.deductible or 0,
            "left_fen": one.left,
            "taken_fen": one.used,
            "due_fen": one.due,
            "paid_fen": one.paid,
            "over_fen": one.paid - one.due,
        },
    )


def _was_left(year: Sequence[Reckoning], one: Reckoning) -> bool:
    """Whether other settlements of the same year prove that some of the deductible was left.

    A later one that still took from it, or an earlier one that it took whole, under a deductible
    that is not higher than that of the settlement in question.
    """
    whole, charged, later = one.tariff.deductible or 0, 0, False
    start = year_start(one.visit.time)
    for other in year:
        if year_start(other.visit.time) != start:
            continue
        terms = other.tariff
        if other is one:
            later = True
            continue
        if other.visit.rev_at or terms.scheme not in one.tariff.counted or not other.used:
            continue
        if later:
            charged += other.used
            if whole > (terms.deductible or 0) - charged:
                return True
        elif (
            other.used == other.in_policy
            and not other.paid
            and whole >= (terms.deductible or whole)
        ):
            return True
    return False
