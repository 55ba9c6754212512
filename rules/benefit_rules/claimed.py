"""Manual claims in a patient's year: what they used of the deductible and filled of the cap.

Costs settled directly and costs claimed by hand fill one deductible and one cap. No document says
in which order they are counted, and a claim tells no deductible of its own. So a claim takes its
turn when it was registered, uses what was then left of the deductible, and fills the cap only as
far as it was right.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from events.codes import is_retired
from events.times import DAY, day_of, year_bounds
from rules.benefit import BENEFIT_SCHEMES
from rules.benefit_rules.payments import CITY
from rules.benefit_rules.registrations import raised
from rules.benefit_rules.sums import Claimed, Sums, room_left
from rules.benefit_rules.tariffs import Tariff, tariff_of
from rules.context import Context
from rules.duplicates.claims import counts, day_claimed, is_told_again, one_receipt, same_expense
from rules.histories.person import Person
from rules.histories.records import RED, Claim, Status, Visit
from rules.histories.series import between
from rules.histories.spreading import PHARMACY

_EMPLOYEES: Final = "310"
_OWN_TERMS: Final = ("13", "33", "34")


def pool_claimed(person: Person, claim: Claim) -> int:
    """What the pool paid on a claim; the funds' sum only where no claim tells the pool's part."""
    if claim.pool or any(other.pool for other in person.claims):
        return claim.pool
    return claim.fund


def known_in_year(person: Person, year: tuple[int, int]) -> Sequence[Status | Visit]:
    """What tells a person's insurance and category in a year: all reports, the year's visits."""
    return [*person.statuses, *between(person.visits, *year)]


def is_employee(known: Iterable[Status | Visit]) -> bool:
    """Whether a person is known in the employees' insurance, and on its ordinary terms only."""
    kinds = {one.insurance for one in known if one.insurance}
    return kinds == {_EMPLOYEES} and not any(
        one.person_type.startswith(_OWN_TERMS) for one in known
    )


def is_taken_back(person: Person, claim: Claim) -> bool:
    """Whether a red receipt takes a claim back, by its number or, where it has none, by its sum."""
    for other in person.claims:
        if other.bill_flag == RED and other.time >= claim.time and other is not claim:
            receipt = one_receipt(other.bill, claim.bill)
            alike = other.fee == claim.fee or claim.claim_id == other.claim_id != ""
            if receipt or (receipt is None and alike):
                return True
    return False


def is_superseded(person: Person, claim: Claim) -> bool:
    """Whether the same receipt of a claim was told later as paid otherwise."""
    return claim.claim_id != "" and any(
        other.claim_id == claim.claim_id
        and (other.time, other.event_id) > (claim.time, claim.event_id)
        and counts(other)
        and day_claimed(other) == day_claimed(claim)
        and one_receipt(other.bill, claim.bill) is not False
        and not is_told_again(person, other)
        for other in person.claims
    )


def takes_part(person: Person, claim: Claim, year: tuple[int, int]) -> bool:
    """Whether a claim surely counts in a year: paid once, for care of the same year.

    One for an expense that was settled already is wrong as a whole, which another rule tells.
    """
    return (
        claim.scheme in BENEFIT_SCHEMES
        and counts(claim)
        and (not claim.begin or claim.begin >= year[0])
        and not is_told_again(person, claim)
        and not is_superseded(person, claim)
        and not any(same_expense(claim, visit) for visit in between(person.visits, *year))
    )


def taking_part(
    person: Person, year: tuple[int, int], asked: Claim | None = None
) -> Sequence[Claim]:
    """The claims that count in a calendar year (its first and last second), in their order.

    One that a red receipt took back does not, but for the one that is asked about.
    """
    if not is_employee(known_in_year(person, year)):
        return ()
    return [
        claim
        for claim in between(person.claims, *year)
        if takes_part(person, claim, year) and (claim is asked or not is_taken_back(person, claim))
    ]


def claims_until(
    context: Context,
    person: Person,
    sums: Sums,
    claims: Sequence[Claim],
    visit: Visit | None,
) -> None:
    """Reckon the claims registered before a settlement, or all, and book what they used.

    Who is nowhere said to be retired is taken to be in work, so that a claim fills no more of a
    cap than it surely does.
    """
    for claim in claims[len(sums.claimed) :]:
        if visit is not None and (claim.time, claim.event_id) > (visit.time, visit.event_id):
            return
        known = known_in_year(person, year_bounds(day_of(claim.time)))
        old = any(one.person_type and is_retired(one.person_type) for one in known)
        terms, area = terms_of(context, claim, old=old), claim.insured_area[:CITY]
        before = sums.deductible(terms, claim.time) + sums.claims_used(terms)
        left = max(0, terms.deductible - before) if terms.deductible is not None else 0
        filled = sums.payments(area, terms.capped)
        filled += sum(amount for _, amount in sums.claims_filling(area, terms.capped))
        higher = raised(context, person.benefits, claim).amount if person.benefits else 0
        room = room_left(terms, sums, filled, higher)
        right = min(pool_claimed(person, claim), terms.of(claim.in_scope - left))
        if room is not None:
            right = min(right, room)
        used = min(claim.in_scope or claim.fee, left)
        sums.claimed += (Claimed(claim, terms, before, used, filled, right),)


def terms_of(context: Context, claim: Claim, *, old: bool) -> Tariff:
    """The home area's terms for a claim, for the retired or those in work."""
    known = context.institutions.get(claim.inst)
    return tariff_of(
        context,
        claim.insured_area,
        day_of(claim.begin or claim.time),
        claim.scheme,
        known.level if known is not None else "",
        pharmacy=known is not None and known.kind == PHARMACY,
        old=old,
    )


def used_within(person: Person, one: Claimed, days: int) -> int:
    """The most of the deductible that others registered so many days after a claim may have used.

    A claim is worked out some time after it was registered, and they may have been first.
    """
    claim, most = one.claim, 0
    until = claim.time + days * DAY
    for visit in between(person.visits, claim.time, until):
        scheme = BENEFIT_SCHEMES.get(visit.scheme)
        if scheme in one.tariff.counted and (visit.pool_paid or visit.deductible):
            most += max(visit.deductible, visit.in_scope or visit.fee)
    for other in between(person.claims, claim.time, until):
        again = other is claim or other.claim_id == claim.claim_id != ""
        scheme = BENEFIT_SCHEMES.get(other.scheme)
        if scheme in one.tariff.counted and other.bill_flag != RED and not again:
            most += other.in_scope or other.fee
    return most
