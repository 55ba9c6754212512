"""The pool paid chronic or two-disease benefit for a disease that was not registered that day.

Nothing is registered at all; another disease is; or the registration had not begun, had run out
or was cancelled. A registration made later but dated back covers what lies in it.

That nothing is registered can be said only where registrations are received at all.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from events.local_codes import Scheme
from events.times import day_of
from rules.benefit_rules.payments import concerned
from rules.benefit_rules.registrations import (
    are_received,
    first_day,
    in_force,
    is_complete,
    is_registered,
    registered,
)
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Benefit, Visit
from rules.pool import pool_of
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit, Benefit)
SUBJECT: Final = "person"
_SCHEMES: Final = frozenset({Scheme.CHRONIC, Scheme.TWO_DISEASE})
_WHY: Final = {
    "none": (2, "没有登记任何慢特病或两病待遇", "nothing is registered"),
    "other": (1, "登记的是其他病种", "another disease is registered"),
    "early": (1, "登记尚未生效", "the registration had not begun"),
    "over": (1, "登记已到期或已撤销", "the registration had ended"),
}
"""Severity and words: registrations made before the monitoring began may not be known."""


def check(
    rule: Rule, context: Context, person: Person, record: Visit | Benefit
) -> Iterable[Verdict]:
    """One matter a settlement: that its disease was not registered."""
    if record.scheme not in _SCHEMES and not isinstance(record, Benefit):
        return ()
    visits = (record,) if isinstance(record, Visit) else person.visits
    return _verdicts(rule, context, person, visits) if visits else ()


def _verdicts(
    rule: Rule, context: Context, person: Person, visits: Iterable[Visit]
) -> Iterator[Verdict]:
    for visit in visits:
        if visit.scheme in _SCHEMES and (visit.pool_paid or visit.deductible):
            finding = _look(rule, context, person, visit)
            yield Verdict(visit.event_id, withdrawn(finding) if visit.rev_at else finding)


def _look(rule: Rule, context: Context, person: Person, visit: Visit) -> Finding | None:
    day, disease, benefits = day_of(visit.time), visit.disease, person.benefits
    if in_force(benefits, visit.scheme, disease, day) is not None:
        return None
    paid = pool_of(context, visit)
    if not concerned(visit) or max(paid, visit.deductible) <= rule.at(visit.time)["tolerance"]:
        return None
    if visit.scheme == Scheme.TWO_DISEASE and in_force(benefits, Scheme.CHRONIC, disease, day):
        return None
    if not are_received(context, benefits, visit):
        return None
    severity, zh, en = _WHY[_why(person, visit, day)]
    if severity > 1 and is_complete(context, visit):
        severity = 1
    return found(
        [visit],
        amount=paid,
        involved=visit.fee,
        area=visit.insured_area,
        severity=severity,
        evidence={
            "institution": context.name_of(visit.inst),
            "settled_at": visit.time,
            "scheme": visit.scheme,
            "scheme_zh": "门诊慢特病" if visit.scheme == Scheme.CHRONIC else "门诊两病",
            "disease": disease,
            "registered": sorted({b.disease for b in benefits if is_registered(b)}),
            "why_zh": zh,
            "why_en": en,
            "paid_fen": paid,
        },
    )


def _why(person: Person, visit: Visit, day: int) -> str:
    same = list(registered(person.benefits, visit.scheme, visit.disease))
    if same:
        return "early" if all(day < first_day(benefit) for benefit in same) else "over"
    return "other" if any(is_registered(benefit) for benefit in person.benefits) else "none"
