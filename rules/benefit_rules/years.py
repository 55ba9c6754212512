"""A patient's year of benefits, gone through once: what was left of deductible and caps each time.

Every settlement is compared with what the law allows at most, given the settlements before it.
Where records leave room, the reading that is better for the patient counts: a deductible that
was recorded or should have been charged counts as used, and a payment counts towards a cap only
as far as it was right. So one wrong settlement does not make those after it look wrong too. A
settlement that was taken back later had used the deductible for those made while it stood, but
no longer fills the cap. Manual claims take their turn among settlements (`claimed`).

Payments from a shared account are kept with the patient who was treated, never with its owner,
and each calendar year begins with nothing used.

Most settlements are the last of their year so far and change nothing of those before them. What
the year has used is therefore kept with the history (`Person.course`), and such a settlement is
reckoned from there. The whole year is reckoned again when anything before its end has changed, or
where the settlement may show others in another light.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from events.times import day_of, year_bounds
from rules.benefit import BENEFIT_SCHEMES, BenefitScheme
from rules.benefit_rules.claimed import claims_until, taking_part
from rules.benefit_rules.ordinary import is_ordinary
from rules.benefit_rules.payments import CITY, concerned, is_inpatient
from rules.benefit_rules.registrations import Raise, raised
from rules.benefit_rules.spans import year_start
from rules.benefit_rules.sums import Claimed, Gone, Sums, room_left
from rules.benefit_rules.tariffs import SCHEMES, Tariff, tariff
from rules.benefit_rules.working import is_inferred
from rules.context import Context
from rules.histories.person import Person
from rules.histories.records import Benefit, Record, Status, Visit
from rules.histories.records import Claim as ManualClaim
from rules.histories.series import between
from rules.histories.spreading import at_pharmacy
from rules.pool import pool_of

INFERRED: Final = 2
"""Severity of what holds only because reports call the person in work: they may be late."""
_NO_RAISE: Final = Raise(0, ())


class Reckoning(NamedTuple):
    """One settlement and what the law made of it; money in fen.

    `left` is what was left of the deductible as far as known, `used` what was taken from it;
    `room` what the caps leave now, `room_then` what they left when it was settled, both None
    where there is no cap to count. `paid_year` is what fills the cap already, manual claims apart;
    `claimed` when claims that fill it were registered, and with how much. `ordinary` says
    whether the area's ordinary terms apply to it at all, `told` whether the sender tells
    how it reckoned: a deductible somewhere in the year, or the ratio. `milder` are the terms of the
    retired where the settlement says no category and only reports call the person in work. What
    bears on the payment alone, from `room` to `ordinary`, is not worked out where nothing was paid.
    """

    visit: Visit
    tariff: Tariff
    in_policy: int
    paid: int
    used: int
    left: int
    due: int
    room: int | None = None
    room_then: int | None = None
    paid_year: int = 0
    raise_: Raise = _NO_RAISE
    ordinary: bool = False
    told: bool = True
    claimed: Sequence[tuple[int, int]] = ()
    milder: Tariff | None = None

    @property
    def known(self) -> bool:
        """Whether the pool paid by the ordinary terms and the in-policy costs are known."""
        return self.ordinary and self.paid > 0 and self.in_policy > 0

    @property
    def by_ratio(self) -> int:
        """The most the ratio allows on what the settlement left after its deductible."""
        return self.tariff.of(self.in_policy - min(self.used, self.left))


class _Course(NamedTuple):
    """How far a person's latest year was reckoned; never changed, so copies may share it.

    `era` stands for the context it was reckoned in, `reached` how many of all settlements it goes
    up to, `doubted` whether one of them may have left out a deductible.
    """

    era: object
    first: int
    reached: int
    sums: Sums
    doubted: bool


_ERA: Final[list[tuple[Context, object]]] = []
"""The context last met, and what stands for it in courses, which do not keep it alive."""

_LAST: Final[list[tuple[Context, Person, Record, Sequence[Reckoning]]]] = []
"""What was reckoned last: several rules ask the same of one record, one after the other."""


def reckoned(context: Context, person: Person, record: Record) -> Sequence[Reckoning]:
    """The settlements whose judgement a record may have changed; none if that is sure.

    `record` is new to the person's history or changed in it.
    """
    if _LAST:
        known, whose, what, answer = _LAST[0]
        if what is record and whose is person and known is context:
            return answer
    result: Sequence[Reckoning]
    if isinstance(record, Visit) and not _is_earliest(person, record):
        year = year_bounds(day_of(record.time))
        new = _from_course(context, person, record, year) if person.course else None
        result = _whole(context, person, year) if new is None else new
    elif isinstance(record, Visit | Status | Benefit | ManualClaim) and person.visits:
        result = [
            one
            for year in sorted({year_bounds(day_of(visit.time)) for visit in person.visits})
            for one in _year(context, person, Sums(), year)
        ]
    else:
        result = ()
    _LAST[:] = [(context, person, record, result)]
    return result


def _is_earliest(person: Person, visit: Visit) -> bool:
    """Whether later years were begun before this came, which shows that the person was seen."""
    visits = person.visits
    return visits[0] is visit and len(visits) > 1 and year_start(visits[-1].time) > visit.time


def _from_course(
    context: Context, person: Person, record: Visit, year: tuple[int, int]
) -> Sequence[Reckoning] | None:
    """What is new since the year was last reckoned, None if the whole has to be gone through.

    It has to unless the record is the last of a year that is known up to it, without manual
    claims, of which any settlement may say that they do not count. A deductible that is
    told now may show what was owed before, and one left out may be shown by what came before.
    """
    visits, course = person.visits, person.course
    if person.claims:
        return None
    if not isinstance(course, _Course) or visits[-1] is not record or course.reached >= len(visits):
        return None
    if course.first != year[0] or course.era is not _era(context):
        return None
    sums = Sums(course.sums)
    found = _go_on(context, person, sums, visits[course.reached :], year)
    for one in found:
        if _is_doubtful(one):
            return None
        if one.used and (course.doubted or not course.sums.records_deductible):
            return None
    person.course = course._replace(reached=len(visits), sums=sums)
    return found


def _may_count(visit: Visit, sums: Sums) -> bool:
    """Whether a settlement may use anything, or its reckoning be of use: most draw on nothing.

    Costs that nothing was told of use the deductible only where the sender never tells one.
    """
    return (
        visit.pool != 0
        or visit.fund != 0
        or visit.deductible != 0
        or not (visit.in_scope <= 0 or sums.records_deductible or at_pharmacy(visit))
    )


def _whole(context: Context, person: Person, year: tuple[int, int]) -> list[Reckoning]:
    """Reckon a whole year; if it is the latest, remember how far this went."""
    sums = Sums()
    found = _year(context, person, sums, year)
    first, last = year
    if person.visits[-1].time <= last:
        doubted = any(map(_is_doubtful, found))
        person.course = _Course(_era(context), first, len(person.visits), sums, doubted)
    return found


def _era(context: Context) -> object:
    """What stands for a context."""
    met = _ERA[0] if _ERA else None
    if met is None or met[0] is not context:
        met = (context, object())
        _ERA[:] = [met]
    return met[1]


def _year(context: Context, person: Person, sums: Sums, year: tuple[int, int]) -> list[Reckoning]:
    """Reckon all settlements of a calendar year (its first and last second), in their order."""
    visits = person.visits
    if visits[0].time < year[0] or visits[-1].time > year[1]:
        return _go_on(context, person, sums, between(visits, *year), year)
    return _go_on(context, person, sums, visits, year)


def claims_reckoned(
    context: Context, person: Person, time: int, asked: ManualClaim | None = None
) -> Sequence[Claimed]:
    """The claims that count in the calendar year of a time, in their order.

    One that a red receipt took back does not, but for the one that is asked about.
    """
    year, sums = year_bounds(day_of(time)), Sums()
    if person.visits:
        _year(context, person, sums, year)
    claims_until(context, person, sums, taking_part(person, year, asked), None)
    return sums.claimed


def year_reckoned(context: Context, person: Person, time: int) -> Sequence[Reckoning]:
    """All settlements of the calendar year of a time, reckoned in their order."""
    return _year(context, person, Sums(), year_bounds(day_of(time))) if person.visits else ()


def _go_on(
    context: Context, person: Person, sums: Sums, visits: Sequence[Visit], year: tuple[int, int]
) -> list[Reckoning]:
    """Reckon settlements that follow what the sums tell."""
    claims: list[tuple[int, int]] = []
    standing: Sequence[ManualClaim] = ()
    if person.claims:
        standing = taking_part(person, year)
        claims = [
            (claim.time, claim.in_scope or claim.fee)
            for claim in between(person.claims, *year)
            if claim.scheme in BENEFIT_SCHEMES
        ]
    found: list[Reckoning] = []
    for visit in visits:
        if not _may_count(visit, sums):
            continue
        if standing:
            claims_until(context, person, sums, standing, visit)
        if is_inpatient(visit):
            if not visit.rev_at:
                sums.inpatient += pool_of(context, visit)
        elif concerned(visit):
            claimed = sum(amount for when, amount in claims if when <= visit.time) if claims else 0
            found.append(_reckon(context, person, sums, visit, claimed))
    if not sums.records_deductible:
        found = [one if _tells(one) else one._replace(told=False) for one in found]
    return found


def _is_doubtful(one: Reckoning) -> bool:
    """Whether the pool may have paid what a deductible should have taken."""
    return one.left > 0 and one.paid > one.due and one.known


def _tells(one: Reckoning) -> bool:
    """Whether a settlement of a year without any deductible told can be reckoned by its ratio."""
    return one.visit.ratio > 0 or not one.tariff.deductible


def _reckon(context: Context, person: Person, sums: Sums, visit: Visit, claimed: int) -> Reckoning:
    """Reckon one settlement and book what it used."""
    inferred = is_inferred(context, person.statuses, visit)
    terms = tariff(context, visit, working=inferred)
    area = visit.insured_area[:CITY]
    pharmacy = at_pharmacy(visit)
    sums.splits = sums.splits or visit.pool > 0
    paid = _paid(context, visit, splits=sums.splits)
    known = visit.in_scope > 0
    in_policy = visit.in_scope if known else max(0, visit.fee - visit.own_expense)
    charged = visit.deductible if 0 <= visit.deductible <= in_policy else 0
    sums.records_deductible = sums.records_deductible or charged > 0
    left = 0
    if terms.deductible is not None:
        left = max(0, terms.deductible - sums.deductible(terms, visit.time) - claimed)
    used = charged
    if known and (paid or charged or not (sums.records_deductible or pharmacy)):
        used = max(charged, min(in_policy, left))
    elif not known and paid:
        used = left
    due = terms.of(in_policy - left)
    if not paid:
        _book(sums, visit, area, terms.scheme, used, 0)
        return Reckoning(visit, terms, visit.in_scope, 0, charged, left, due)
    higher = raised(context, person.benefits, visit) if person.benefits else _NO_RAISE
    filled = sums.payments(area, terms.capped)
    room = room_then = room_left(terms, sums, filled, higher.amount)
    if sums.gone:
        filled_then = sums.payments_then(area, terms.capped, visit.time)
        room_then = room_left(terms, sums, filled_then, higher.amount)
    covered = is_ordinary(context, person.statuses, visit, pharmacy=pharmacy)
    right = min(paid, due) if known else paid
    if room_then is not None and room_then < right:
        right = room_then
    _book(sums, visit, area, terms.scheme, used, right if covered else 0)
    return Reckoning(
        visit,
        terms,
        visit.in_scope,
        paid,
        charged,
        left,
        due,
        room,
        room_then,
        filled,
        higher,
        covered,
        claimed=sums.claims_filling(area, terms.capped) if sums.claimed else (),
        milder=tariff(context, visit) if inferred else None,
    )


def _book(sums: Sums, visit: Visit, area: str, scheme: BenefitScheme, used: int, paid: int) -> None:
    if visit.rev_at:
        sums.gone += (Gone(visit.rev_at, area, scheme, used, paid),)
        return
    sums.used[SCHEMES.index(scheme)] += used
    if paid:
        sums.paid[area, scheme] = sums.paid.get((area, scheme), 0) + paid


def _paid(context: Context, visit: Visit, *, splits: bool) -> int:
    """The pool's part that was not given back.

    A sender that tells the pool's part at all means none where it says none; the rest of the
    fund is then other money, such as the civil servants' subsidy.
    """
    paid = visit.pool
    if not paid and not splits:
        paid = pool_of(context, visit)
    return max(0, paid - (0 if visit.rev_at else visit.back[0]))
