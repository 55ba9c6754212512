"""A person's manual claims held against settlements and other claims: is it the same expense?"""

from collections.abc import Iterator, Sequence

from events.times import day_of
from rules.histories.facts import same_series
from rules.histories.person import Person
from rules.histories.records import EXCHANGED, RED, Claim, Visit


def counts(claim: Claim) -> bool:
    """Whether a claim was paid, on a receipt that is neither red nor exchanged for paper."""
    return bool(claim.fund or claim.pool) and claim.bill_flag not in (RED, EXCHANGED)


def claim_paid(claim: Claim) -> int:
    """What the funds paid on a claim, fen."""
    return claim.fund or claim.pool


def is_told_again(person: Person, claim: Claim) -> bool:
    """Whether the same receipt of a claim, by its number, had been told before as paid alike.

    One claim may hold several receipts, each told by itself.
    """
    if not claim.claim_id:
        return False
    return any(
        other.claim_id == claim.claim_id
        and (other.time, other.event_id) < (claim.time, claim.event_id)
        and counts(other)
        and (other.fee, claim_paid(other)) == (claim.fee, claim_paid(claim))
        and day_claimed(other) == day_claimed(claim)
        and one_receipt(other.bill, claim.bill) is not False
        for other in person.claims
    )


def versions(person: Person, claim: Claim) -> Sequence[Claim]:
    """A claim and whatever tells the same one again later."""
    if not claim.claim_id:
        return (claim,)
    return [
        other
        for other in person.claims
        if other.claim_id == claim.claim_id
        and (other.time, other.event_id) >= (claim.time, claim.event_id)
    ]


def day_claimed(claim: Claim) -> int | None:
    """The day of the expense, None if the claim does not tell."""
    return day_of(claim.begin) if claim.begin else None


def claims_since(person: Person, visit: Visit) -> Iterator[Claim]:
    """Claims handed in after a settlement: the matters that it may concern."""
    for claim in person.claims:
        if (claim.time, claim.event_id) > (visit.time, visit.event_id):
            yield claim


def settled_before(person: Person, claim: Claim) -> list[Visit]:
    """Settlements before a claim, in order of time."""
    key = (claim.time, claim.event_id)
    return [visit for visit in person.visits if (visit.time, visit.event_id) < key]


def one_receipt(one: str, other: str) -> bool | None:
    """Whether two receipts (`series:number`) are one; None if that cannot be told."""
    if not one or not other:
        return None
    series, _, number = one.rpartition(":")
    other_series, _, other_number = other.rpartition(":")
    return number == other_number and same_series(series, other_series) is not False


def days_of(visit: Visit) -> tuple[int, int]:
    """Days on which a settlement's visit began and was settled."""
    settled = day_of(visit.time)
    return day_of(visit.begin) if visit.begin else settled, settled


def looks_the_same(claim: Claim, visit: Visit) -> bool:
    """Whether day, institution and total of a claim are those of a settlement."""
    return (
        claim.fee == visit.fee
        and claim.fee > 0
        and (not claim.inst or claim.inst == visit.inst)
        and day_claimed(claim) in days_of(visit)
    )


def same_expense(claim: Claim, visit: Visit) -> bool:
    """Whether a claim is for the expense of a settlement: by receipt, else by how it looks."""
    receipt = one_receipt(claim.bill, visit.bill)
    if receipt is None:
        return looks_the_same(claim, visit)
    return receipt and (not claim.inst or claim.inst == visit.inst or claim.fee == visit.fee)
