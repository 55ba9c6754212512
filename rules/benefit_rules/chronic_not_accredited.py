"""A chronic disease was registered by an institution that is not accredited for it.

Named with what was paid on the strength of it alone. Silent where the reference data knows nothing
of accreditation or of the institution, and where a registration was cancelled, or made anew by who
is accredited, before it was used.
A raise of the cap grants no entitlement: who may apply for one is asked by a rule of its own.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from weakref import WeakKeyDictionary

from events.local_codes import Scheme
from events.times import day_of
from rules.benefit_rules.registrations import holds, is_registered, same_disease
from rules.context import Context
from rules.findings import Finding, Verdict, found, stands, withdrawn
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Benefit, Visit
from rules.pool import pool_of
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit, Benefit)
SUBJECT: Final = "person"
_LAW: Final = "chronic.accredited_hospital_required"
_TELLS: Final[WeakKeyDictionary[Context, bool]] = WeakKeyDictionary()
"""Whether the reference data says anything of accreditation."""


def check(
    rule: Rule, context: Context, person: Person, record: Visit | Benefit
) -> Iterable[Verdict]:
    """One matter a registration: that who made it is not accredited for the disease."""
    if not person.benefits or (isinstance(record, Visit) and record.scheme != Scheme.CHRONIC):
        return ()
    return _verdicts(rule, context, person)


def _verdicts(rule: Rule, context: Context, person: Person) -> Iterator[Verdict]:
    for benefit in person.benefits:
        if (
            is_registered(benefit)
            and benefit.scheme == Scheme.CHRONIC
            and benefit.disease
            and benefit.raise_amount <= 0
            and not _is_accredited(context, benefit)
        ):
            yield Verdict(benefit.event_id, _look(rule, context, person, benefit))


def _is_accredited(context: Context, benefit: Benefit) -> bool:
    """Whether the institution is accredited for the disease, or nothing is known of that."""
    known = context.institutions.get(benefit.accredited or benefit.inst)
    if known is None or any(same_disease(one, benefit.disease) for one in known.accredited):
        return True
    tells = _TELLS.get(context)
    if tells is None:
        tells = any(entry.accredited for entry in context.institutions.values())
        _TELLS[context] = tells
    return not tells


def _look(rule: Rule, context: Context, person: Person, benefit: Benefit) -> Finding | None:
    law = context.law(benefit.area, _LAW, benefit.time)
    if law is None or not law.flag:
        return None
    paid = [visit for visit in person.visits if _rests_on(context, person, visit, benefit)]
    standing = [visit for visit in paid if stands(visit)]
    finding = _found(context, benefit, standing, filled=law.filled)
    if standing or not _soon_put_right(rule, context, person, benefit):
        return finding
    return withdrawn(_found(context, benefit, paid, filled=law.filled))


def _rests_on(context: Context, person: Person, visit: Visit, benefit: Benefit) -> bool:
    """Whether the pool paid for a settlement because of this registration and no sound one."""
    day = day_of(visit.time)
    return (
        visit.scheme == Scheme.CHRONIC
        and pool_of(context, visit) > 0
        and same_disease(visit.disease, benefit.disease)
        and holds(person.benefits, benefit, day)
        and not _sound(context, person, benefit, day)
    )


def _sound(context: Context, person: Person, benefit: Benefit, day: int) -> bool:
    """Whether a sound registration of the same disease holds on a day."""
    return any(
        _is_sound(context, benefit, other) and holds(person.benefits, other, day)
        for other in person.benefits
    )


def _is_sound(context: Context, benefit: Benefit, other: Benefit) -> bool:
    """Whether another record registers the same disease, and who made it is accredited."""
    return (
        is_registered(other)
        and other.scheme == Scheme.CHRONIC
        and bool(other.disease)
        and same_disease(other.disease, benefit.disease)
        and other.raise_amount <= 0
        and _is_accredited(context, other)
    )


def _soon_put_right(rule: Rule, context: Context, person: Person, benefit: Benefit) -> bool:
    """Whether within a few days it was taken back or made anew, so that nobody drew on it."""
    last = day_of(benefit.time) + rule.at(benefit.time)["cancel_days"]
    if not holds(person.benefits, benefit, max(last, (benefit.begin_day or 0) + 1)):
        return True
    return any(
        benefit.time <= other.time
        and day_of(other.time) <= last
        and _is_sound(context, benefit, other)
        for other in person.benefits
    )


def _found(context: Context, benefit: Benefit, visits: Sequence[Visit], *, filled: bool) -> Finding:
    paid = sum(pool_of(context, visit) for visit in visits)
    return found(
        [benefit, *visits],
        amount=paid,
        area=benefit.area,
        assumed=(_LAW,) if filled else (),
        evidence={
            "institution": context.name_of(benefit.accredited or benefit.inst),
            "registered_at": benefit.time,
            "disease": benefit.disease,
            "settlements": len(visits),
            "paid_fen": paid,
        },
    )
