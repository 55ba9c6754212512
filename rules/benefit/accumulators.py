"""The year's sums that deductible and caps are counted against, one set for each patient.

Costs count for the patient who was treated, wherever that was, and never for the owner of an
account that paid for a relative. Nothing is carried into the next year.
"""

from typing import Literal

from msgspec import Struct, structs

Counted = Literal["general", "chronic", "two_disease", "inpatient"]


class Accumulators(Struct, frozen=True, kw_only=True, gc=False):
    """Sums of one patient's calendar year, fen.

    In-policy costs and deductible used by scheme, and what the pool paid by scheme; inpatient
    payments matter for the overall cap of basic insurance only.
    """

    year: int
    in_policy_general: int = 0
    in_policy_chronic: int = 0
    in_policy_two_disease: int = 0
    deductible_general: int = 0
    deductible_chronic: int = 0
    deductible_two_disease: int = 0
    paid_general: int = 0
    paid_chronic: int = 0
    paid_two_disease: int = 0
    paid_inpatient: int = 0

    def deductible_used(self, scheme: str) -> int:
        """Deductible used under one scheme so far."""
        return int(getattr(self, f"deductible_{scheme}", 0))

    def paid(self, scheme: str) -> int:
        """What the pool paid under one scheme so far."""
        return int(getattr(self, f"paid_{scheme}"))


class Settled(Struct, frozen=True, kw_only=True, gc=False):
    """What one settlement adds, by the patient's year; a reversal adds negative amounts.

    `patient` is who was treated. `account_owner` is whose account paid; it never matters here,
    and is named so that nobody adds a shared payment to the wrong person by mistake.
    """

    patient: str
    year: int
    scheme: Counted
    in_policy: int
    deductible: int
    paid: int
    account_owner: str = ""


def accumulate(sums: Accumulators, settled: Settled, patient: str) -> Accumulators:
    """The sums of `patient` after one settlement.

    Another person's settlement changes nothing, even if this person's account paid it. A later
    year starts from zero; a settlement of an earlier year leaves the sums of this year alone.
    """
    if settled.patient != patient or settled.year < sums.year:
        return sums
    if settled.year > sums.year:
        sums = Accumulators(year=settled.year)
    scheme = settled.scheme
    paid = sums.paid(scheme) + settled.paid
    if scheme == "inpatient":
        return structs.replace(sums, paid_inpatient=paid)
    return structs.replace(
        sums,
        **{
            f"in_policy_{scheme}": getattr(sums, f"in_policy_{scheme}") + settled.in_policy,
            f"deductible_{scheme}": sums.deductible_used(scheme) + settled.deductible,
            f"paid_{scheme}": paid,
        },
    )
