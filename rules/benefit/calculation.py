"""The calculation: coverage, deductible, ratio, caps, payment; every step explained and cited."""

from decimal import Decimal

from msgspec import structs

from events.money import share
from events.times import date_of
from rules.benefit.accumulators import Accumulators
from rules.benefit.coverage import coverage
from rules.benefit.lookup import Law
from rules.benefit.model import Benefit, Claim, Step, Undetermined
from rules.benefit.terms import Limit, Term, cap_left, deductible_left, payment_ratio
from rules.packs import Policy


def calculate(policy: Policy, claim: Claim, sums: Accumulators) -> Benefit | Undetermined:
    """What the pool owes for a claim, given the year's sums before it.

    Sums of another year count for nothing. Raises ValueError for a negative amount.
    """
    if claim.in_policy < 0:
        raise ValueError(f"in_policy: found {claim.in_policy} fen, expected zero or more")
    law = Law(policy, claim)
    sums, steps = _of_the_year(law, sums)
    covered = coverage(law)
    steps += covered.steps
    if covered.status == "not_covered":
        return Benefit(
            deductible_used=0,
            ratio=Decimal(0),
            fund_payment=0,
            cap_used=0,
            cap_left=None,
            steps=(*steps, Step(name="payment", wording="no_payment", amount=0)),
            covered=False,
        )
    steps += (_scope(claim),)
    left, ratio, limit = deductible_left(law, sums), payment_ratio(law), cap_left(law, sums)
    steps += left.steps + ratio.steps + limit.steps
    if covered.missing or left.missing or ratio.missing or limit.missing:
        return _between(law, steps, left, ratio, limit, uncovered=covered.missing)
    used, payment = _pay(claim.in_policy, int(left.least), ratio.least, limit.room)
    steps += (
        Step(
            name="payment",
            wording="payment",
            args=(payment, claim.in_policy, used, ratio.least),
            amount=payment,
        ),
    )
    return Benefit(
        deductible_used=used,
        ratio=ratio.least,
        fund_payment=payment,
        cap_used=payment,
        cap_left=None if limit.cap_room is None else limit.cap_room - payment,
        steps=steps,
        unless=limit.unless,
    )


def _pay(in_policy: int, left: int, ratio: Decimal, room: int | None) -> tuple[int, int]:
    """Deductible used and payment, fen; no room means no cap."""
    used = min(in_policy, left)
    payment = share(in_policy - used, ratio)
    return used, payment if room is None else min(payment, room)


def _between(
    law: Law,
    steps: tuple[Step, ...],
    left: Term,
    ratio: Term,
    limit: Limit,
    *,
    uncovered: tuple[str, ...],
) -> Undetermined:
    amount = law.claim.in_policy
    missing = uncovered + left.missing + ratio.missing + limit.missing
    _, ceiling = _pay(amount, int(left.least), ratio.greatest, limit.room)
    lowest_room = 0 if limit.missing or limit.unless else limit.room
    _, floor = _pay(amount, int(left.greatest), ratio.least, lowest_room)
    used = min(amount, int(left.least))
    return Undetermined(
        paths=tuple(dict.fromkeys(missing)),
        floor=0 if uncovered else floor,
        ceiling=ceiling,
        steps=steps,
        deductible_used=None if left.missing or uncovered else used,
        ratio=None if ratio.missing or uncovered else ratio.least,
    )


def _of_the_year(law: Law, sums: Accumulators) -> tuple[Accumulators, tuple[Step, ...]]:
    year = date_of(law.claim.day).year
    if sums.year == year:
        return sums, ()
    carried = law.at("outpatient.cap_carried_over")
    step = Step(
        name="year",
        wording="new_year",
        args=(str(year),),
    )
    if carried is not None:
        step = structs.replace(
            step,
            path="outpatient.cap_carried_over",
            reference=carried.reference,
            clauses=carried.clauses,
            filled=carried.filled,
        )
    return Accumulators(year=year), (step,)


def _scope(claim: Claim) -> Step:
    return Step(
        name="scope",
        wording="in_policy",
        args=(claim.in_policy,),
        amount=claim.in_policy,
    )
