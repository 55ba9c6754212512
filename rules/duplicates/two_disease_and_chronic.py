"""Two-disease benefit and chronic-disease benefit for one disease at once.

Who is registered for a disease as chronic is cared for there; the two-disease benefit for the
same disease is then paid twice. An upgrade from one to the other is no overlap: purchases before
and on the day the chronic registration begins, or before it was made, stand.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

from events.local_codes import Scheme
from events.times import DAY, day_of, day_start
from rules.context import Context
from rules.duplicates.claims import claim_paid, counts
from rules.duplicates.neighbours import Moment, around, paid
from rules.findings import Finding, Reversible, Verdict, found, judge
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Benefit, Claim, Visit
from rules.histories.series import between
from rules.packs import Value
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit, Claim, Benefit)
SUBJECT: Final = "person"
_SCHEMES: Final = frozenset({Scheme.TWO_DISEASE, Scheme.CHRONIC})
_CHRONIC: Final = str(Scheme.CHRONIC)
_TWO_DISEASE: Final = str(Scheme.TWO_DISEASE)
_LAW: Final = "entitlement.exclusive_schemes"
_CANCEL: Final = "cancel"


class Expense(NamedTuple):
    """Two-disease money spent: by a settlement or a claim."""

    record: Visit | Claim
    anchor: Reversible
    disease: str
    day: int
    time: int
    money: int
    inst: str
    area: str


def check(
    rule: Rule, context: Context, person: Person, record: Visit | Claim | Benefit
) -> Iterable[Verdict]:
    """One matter a two-disease expense, and one a two-disease registration."""
    scheme = record.scheme
    if scheme not in _SCHEMES:
        return ()
    if scheme == _CHRONIC and isinstance(record, Visit) and not person.claims:
        # A chronic settlement concerns the two-disease settlements around it: mostly there is none.
        for other in person.visits:
            if other.scheme == _TWO_DISEASE:
                break
        else:
            return ()
    return _concerned(rule, context, person, record)


def _concerned(
    rule: Rule, context: Context, person: Person, record: Visit | Claim | Benefit
) -> Iterator[Verdict]:
    scheme = record.scheme
    numbers = rule.at(record.time)
    if isinstance(record, Benefit):
        yield from _registrations(rule, context, person, record.disease)
        expenses = _expenses(numbers, person.visits, person.claims)
    elif scheme == _TWO_DISEASE:
        visits, claims = ((record,), ()) if isinstance(record, Visit) else ((), (record,))
        expenses = _expenses(numbers, visits, claims)
    elif isinstance(record, Visit):
        back, ahead = numbers["later_days"] * DAY, numbers["earlier_days"] * DAY
        near = around(person.visits, record, back, ahead)
        if not near and not person.claims:
            return
        expenses = _expenses(numbers, near, person.claims)
    else:
        return
    for expense in expenses:
        yield Verdict(expense.record.event_id, _judged(rule, context, person, expense))
        if person.benefits and not isinstance(record, Benefit):
            yield from _registrations(rule, context, person, expense.disease)


def _expenses(
    numbers: Mapping[str, Any], visits: Iterable[Visit], claims: Iterable[Claim]
) -> Iterator[Expense]:
    for visit in visits:
        if visit.scheme == _TWO_DISEASE and paid(visit):
            disease = _disease(numbers, visit)
            if disease:
                yield Expense(
                    visit,
                    visit,
                    disease,
                    day_of(visit.time),
                    visit.time,
                    visit.fund or visit.pool or paid(visit),
                    visit.inst,
                    visit.insured_area,
                )
    for claim in claims:
        if claim.scheme == _TWO_DISEASE and counts(claim) and claim.disease:
            when = claim.begin or claim.time
            yield Expense(
                claim,
                Moment(claim.time),
                claim.disease,
                day_of(when),
                when,
                claim_paid(claim),
                claim.inst,
                claim.insured_area,
            )


def _disease(numbers: Mapping[str, Any], visit: Visit) -> str:
    """The one disease a settlement is for: as told, else the one its diagnoses speak of."""
    if visit.disease:
        return visit.disease
    meant = {
        code
        for code, starts in numbers["diagnoses"].items()
        if any(diagnosis.startswith(tuple(starts)) for diagnosis in visit.diagnoses)
    }
    return meant.pop() if len(meant) == 1 else ""


def _judged(rule: Rule, context: Context, person: Person, expense: Expense) -> Finding | None:
    standing = _in_force(person.benefits, expense.disease, expense.day)
    chronic = [] if standing else _chronic(rule.at(expense.time), person, expense)
    if standing is None and not chronic:
        return None
    law = _law(context, expense.area, expense.time)
    if law is None:
        return None
    if standing is not None:
        return judge(expense.anchor, (), partial(_registered, context, expense, standing, law))
    return judge(expense.anchor, chronic, partial(_both_paid, context, expense, law))


def _law(context: Context, area: str, time: int) -> Value | None:
    law = context.law(area, _LAW, time)
    if law is None or not {"chronic", "two_disease"} <= set(law.codes):
        return None
    return law


def _in_force(benefits: Sequence[Benefit], disease: str, day: int) -> Benefit | None:
    """The chronic registration for a disease made and begun before a day and not ended by it."""
    for benefit in benefits:
        if (
            benefit.scheme == _CHRONIC
            and benefit.disease == disease
            and benefit.action != _CANCEL
            and _known(benefit) < day
            and (benefit.end_day is None or benefit.end_day >= day)
            and not _cancelled(benefits, benefit, day)
        ):
            return benefit
    return None


def _known(benefit: Benefit) -> int:
    """First day on which a registration both was made and held."""
    made = day_of(benefit.time)
    return made if benefit.begin_day is None else max(made, benefit.begin_day)


def _cancelled(benefits: Sequence[Benefit], benefit: Benefit, day: int) -> bool:
    """Whether a registration was cancelled with effect by a day."""
    return any(
        other.action == _CANCEL
        and other.scheme == benefit.scheme
        and other.disease == benefit.disease
        and (other.time, other.event_id) > (benefit.time, benefit.event_id)
        and _ended(other) <= day
        for other in benefits
    )


def _ended(cancel: Benefit) -> int:
    made = day_of(cancel.time)
    return made if cancel.end_day is None else min(made, cancel.end_day)


def _chronic(numbers: Mapping[str, Any], person: Person, expense: Expense) -> list[Visit]:
    """Chronic settlements of the disease near an expense, where no registration is known.

    Once a registration is known, it alone tells since when; a purchase before it is an upgrade.
    """
    first = expense.time - numbers["earlier_days"] * DAY
    last = expense.time + numbers["later_days"] * DAY
    known = [
        benefit
        for benefit in person.benefits
        if benefit.scheme == _CHRONIC and benefit.disease == expense.disease
    ]
    return [
        visit
        for visit in between(person.visits, first, last)
        if visit.scheme == _CHRONIC
        and (visit.fund or visit.pool)
        and _disease(numbers, visit) == expense.disease
        and not any(benefit.time <= max(visit.time, expense.time) for benefit in known)
    ]


def _registered(
    context: Context, expense: Expense, standing: Benefit, law: Value, _: Sequence[Visit]
) -> Finding:
    return _found(context, expense, (), law, since=day_start(_known(standing)), severity=1)


def _both_paid(
    context: Context, expense: Expense, law: Value, chronic: Sequence[Visit]
) -> Finding | None:
    if not chronic:
        return None
    before = [visit for visit in chronic if visit.time <= expense.time]
    other = before[-1] if before else chronic[0]
    return _found(context, expense, (other,), law, since=other.time, severity=2)


def _found(
    context: Context,
    expense: Expense,
    chronic: Sequence[Visit],
    law: Value,
    *,
    since: int,
    severity: int,
) -> Finding:
    return found(
        [*chronic, expense.record],
        amount=expense.money,
        involved=expense.money + sum(map(paid, chronic)),
        area=expense.area,
        severity=severity,
        assumed=(_LAW,) if law.filled else (),
        evidence={
            "disease": expense.disease,
            "chronic_since_at": since,
            "institution": context.name_of(expense.inst),
            "settled_at": expense.time,
            "two_disease_fen": expense.money,
            "registrations": 1 if not chronic else 0,
        },
    )


def _registrations(rule: Rule, context: Context, person: Person, disease: str) -> Iterator[Verdict]:
    """Two-disease registrations made while the same disease is registered as chronic."""
    for benefit in person.benefits:
        if (
            benefit.scheme == _TWO_DISEASE
            and benefit.action != _CANCEL
            and benefit.disease == disease != ""
        ):
            yield Verdict(benefit.event_id, _overlap(rule, context, person, benefit))


def _overlap(rule: Rule, context: Context, person: Person, benefit: Benefit) -> Finding | None:
    """Two registrations at once, as long as no payment under them tells the same and more."""
    standing = _in_force(person.benefits, benefit.disease, _known(benefit) + 1)
    if standing is None:
        return None
    law = _law(context, benefit.area, benefit.time)
    if law is None:
        return None
    numbers = rule.at(benefit.time)
    last = _known(benefit) + numbers["cancel_days"]
    if (
        day_of(standing.time) > day_of(benefit.time)
        or _cancelled(person.benefits, standing, last)
        or _cancelled(person.benefits, benefit, last)
        or any(
            expense.disease == benefit.disease
            and not expense.anchor.rev_at
            and _in_force(person.benefits, benefit.disease, expense.day) is not None
            for expense in _expenses(numbers, person.visits, person.claims)
        )
    ):
        return None
    return found(
        [standing, benefit],
        amount=0,
        area=benefit.area,
        severity=3,
        assumed=(_LAW,) if law.filled else (),
        evidence={
            "disease": benefit.disease,
            "chronic_since_at": standing.time,
            "institution": context.name_of(benefit.accredited or benefit.inst),
            "settled_at": benefit.time,
            "two_disease_fen": 0,
            "registrations": 2,
        },
    )
