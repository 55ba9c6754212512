"""More deductible was charged in a year than there is.

Each year's deductible is taken once. Counted is what settlements under general outpatient pooling
at home say they took, where the payment bears it out: a sender may mean the year's sum so far.
What was used elsewhere, by chronic benefit or claims only adds to it. No money of the fund is
lost; it is owed to the insured, so the amount of the alert is nothing.
"""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, Final

from events.times import day_of, year_bounds
from rules.benefit_rules.payments import CITY, is_general
from rules.benefit_rules.tariffs import WHOLE, tariff
from rules.context import Context
from rules.findings import Finding, Verdict, found, judge
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Visit
from rules.histories.series import before, between
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit,)
SUBJECT: Final = "person"
_EMPLOYEES: Final = "310"


def check(rule: Rule, context: Context, person: Person, record: Visit) -> Iterable[Verdict]:
    """One matter a settlement: that it took from a deductible that was used up."""
    if record.deductible <= 0 or record.pool <= 0 or not record.ratio or not is_general(record):
        return ()
    tolerance = rule.at(record.time)["tolerance"]
    told = [
        visit
        for visit in between(person.visits, *year_bounds(day_of(record.time)))
        if visit.deductible > 0 and visit.insured_area[:CITY] == record.insured_area[:CITY]
    ]
    charged = [visit for visit in told if _is_borne_out(tolerance, visit)]
    look = partial(_look, tolerance, context)
    verdicts = [
        Verdict(visit.event_id, judge(visit, before(charged, visit), partial(look, visit)))
        for visit in charged
    ]
    if person.standing and len(charged) < len(told):
        # A settlement of which a part was given back bears nothing out any more.
        borne_out = {visit.event_id for visit in charged}
        verdicts += [
            Verdict(visit.event_id, None) for visit in told if visit.event_id not in borne_out
        ]
    return verdicts


def _is_borne_out(tolerance: int, visit: Visit) -> bool:
    """Whether the pool paid the ratio that a settlement names of what its deductible left."""
    if not (
        visit.pool > 0
        and visit.ratio
        and visit.insurance == _EMPLOYEES
        and is_general(visit)
        and visit.area[:CITY] == visit.insured_area[:CITY]
        and not (any(visit.back) and not visit.rev_at)
    ):
        return False
    left = visit.in_scope - visit.deductible
    return left > 0 and abs(visit.pool * WHOLE - left * visit.ratio) <= tolerance * WHOLE


def _look(
    tolerance: int, context: Context, visit: Visit, earlier: Sequence[Visit]
) -> Finding | None:
    whole: set[int | None] = set()
    filled: set[str] = set()
    for one in (*earlier, visit):
        # Where the category is not known the deductible of those in work, the higher one, counts.
        terms = tariff(context, one, working=not one.person_type)
        whole.add(terms.deductible)
        filled.update(terms.filled_deductible)
    deductible = whole.pop()
    if whole or deductible is None:
        return None
    used = sum(one.deductible for one in earlier)
    over = min(visit.deductible, used + visit.deductible - deductible)
    if over <= tolerance:
        return None
    evidence: dict[str, Any] = {
        "institution": context.name_of(visit.inst),
        "settled_at": visit.time,
        "deductible_fen": deductible,
        "used_fen": used,
        "taken_fen": visit.deductible,
        "over_fen": over,
        "short_fen": over * visit.ratio // WHOLE,
    }
    return found(
        [*earlier, visit],
        amount=0,
        involved=visit.fee,
        area=visit.insured_area,
        assumed=tuple(sorted(filled)),
        evidence=evidence,
    )
