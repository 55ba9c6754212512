"""What a patient's year has used so far: of the deductible, by scheme, and of the caps."""

from collections.abc import Sequence
from typing import NamedTuple

from rules.benefit_rules.payments import CITY
from rules.benefit_rules.tariffs import SCHEMES, Tariff
from rules.histories.records import Claim


class Claimed(NamedTuple):
    """A manual claim in its year, when it was registered; money in fen.

    `before` is what had been used of the deductible until then and `filled` what had filled the
    cap; `used` is what the claim took of what was left, `right` what it fills the cap with itself.
    """

    claim: Claim
    tariff: Tariff
    before: int
    used: int
    filled: int
    right: int


class Gone(NamedTuple):
    """What a settlement that was taken back had used while it stood."""

    rev_at: int
    area: str
    scheme: str
    used: int
    paid: int


class Sums:
    """What the year has used so far, by scheme."""

    __slots__ = ("claimed", "gone", "inpatient", "paid", "records_deductible", "splits", "used")

    def __init__(self, known: "Sums | None" = None) -> None:
        """Nothing used yet, or a copy of known sums to be gone on with."""
        self.used: list[int] = known.used.copy() if known else [0] * len(SCHEMES)
        """By place in `SCHEMES`."""
        self.paid: dict[tuple[str, str], int] = known.paid.copy() if known else {}
        self.inpatient: int = known.inpatient if known else 0
        self.gone: tuple[Gone, ...] = known.gone if known else ()
        self.records_deductible: bool = known is not None and known.records_deductible
        """Whether the sender has told a deductible so far."""
        self.splits: bool = known is not None and known.splits
        """Whether the sender has told the pool's part so far."""
        self.claimed: tuple[Claimed, ...] = known.claimed if known else ()
        """Manual claims registered so far."""

    def deductible(self, terms: Tariff, at: int) -> int:
        """Deductible used by settlements that stood at a time."""
        total = 0
        for place in terms.counted_at:
            total += self.used[place]
        for gone in self.gone:
            if gone.rev_at > at and gone.scheme in terms.counted:
                total += gone.used
        return total

    def payments(self, area: str, capped: Sequence[str]) -> int:
        """What was paid by settlements that stand."""
        total = 0
        for scheme in capped:
            total += self.paid.get((area, scheme), 0)
        return total

    def payments_then(self, area: str, capped: Sequence[str], at: int) -> int:
        """What was paid by settlements that stood at a time."""
        total = self.payments(area, capped)
        for gone in self.gone:
            if gone.rev_at > at and gone.area == area and gone.scheme in capped:
                total += gone.paid
        return total

    def claims_used(self, terms: Tariff) -> int:
        """Deductible used by manual claims."""
        return sum(one.used for one in self.claimed if one.tariff.scheme in terms.counted)

    def claims_filling(self, area: str, capped: Sequence[str]) -> list[tuple[int, int]]:
        """When the claims that fill a cap were registered, and how much of it each fills."""
        return [
            (one.claim.time, one.right)
            for one in self.claimed
            if one.tariff.scheme in capped and one.claim.insured_area[:CITY] == area
        ]


def room_left(terms: Tariff, sums: Sums, filled: int, higher: int) -> int | None:
    """What the caps leave when so much of the scheme's is filled, None where none is known."""
    room = None if terms.cap is None else terms.cap + higher - filled
    if terms.basic is not None:
        left = terms.basic - sums.inpatient
        for (_, scheme), paid in sums.paid.items():
            if scheme in terms.inside:
                left -= paid
        room = left if room is None else min(room, left)
    return None if room is None else max(0, room)
