"""What the pool pays for a made-up settlement.

The parameters are DEMONSTRATION VALUES in the manner of Ningxia's rules, whose own numbers are
left to the region: they are no policy and prove nothing about a real area. General and chronic
outpatient care share one yearly deductible and have caps of their own (the Ningxia operating
procedures, article 13); nothing carries over at the year's end.
"""

from typing import Final

from msgspec import Struct

from simulation.people import Person, Year

DEDUCTIBLE: Final = {"tertiary": 300_00, "secondary": 100_00, "primary": 0, "pharmacy": 300_00}
"""Yearly deductible of general and chronic outpatient care together, by institution, fen."""
RATIO: Final = {"tertiary": 60, "secondary": 70, "primary": 75, "pharmacy": 60}
"""Percent of in-policy costs paid for general outpatient care, by institution."""
CHRONIC_RATIO: Final = {"tertiary": 65, "secondary": 70, "primary": 75, "pharmacy": 65}
TWO_DISEASE_RATIO: Final = 60
INPATIENT_RATIO: Final = 85
RETIRED_EXTRA: Final = 5
"""Percentage points more for retirees, outpatient care only."""
CAP: Final = {"11": 4000_00, "12": 4500_00}
"""Yearly cap of general outpatient pool payments by `psn_type`, fen."""
CHRONIC_CAP: Final = {"11": 6000_00, "12": 7000_00}
DIALYSIS_RAISE: Final = 74_000_00
"""What the chronic cap is raised by, on approval, for people on dialysis."""
TWO_DISEASE_CAP: Final = 1200_00
INPATIENT_DEDUCTIBLE: Final = {"tertiary": 800_00, "secondary": 500_00, "primary": 300_00}
CREDIT_PERCENT: Final = 2
"""Percent of the contribution base credited to an employee's account each month."""
RETIREE_CREDIT: Final = 95_20
"""Monthly credit of a retiree's account, fen: 2.8 percent of a pension of 3,400 yuan."""
TWO_DISEASE_MED_TYPE: Final = "9901"
"""`med_type` of two-disease outpatient care (national list; areas differ)."""


class Benefit(Struct, frozen=True):
    """The outcome: deductible used, percent applied and pool payment, fen."""

    deductible: int
    percent: int
    pool: int


NOTHING: Final = Benefit(0, 0, 0)


def percent_of(person: Person, med_type: str, grade: str) -> int:
    """Percent paid by the pool for outpatient care of `med_type` at an institution grade."""
    if med_type == "14":
        base = CHRONIC_RATIO[grade]
    elif med_type == TWO_DISEASE_MED_TYPE:
        base = TWO_DISEASE_RATIO
    else:
        base = RATIO[grade]
    return base + (RETIRED_EXTRA if person.psn_type == "12" else 0)


def entitled(person: Person) -> bool:
    """Whether the employee scheme's outpatient pooling pays for this person."""
    return person.insutype == "310" and person.clct_way != "low"


def outpatient(
    person: Person, used: Year, year: int, med_type: str, grade: str, dise: str, in_scope: int
) -> Benefit:
    """The pool's part of `in_scope` fen of outpatient costs; books it into `used`."""
    if in_scope <= 0 or not entitled(person):
        return NOTHING
    if used.year != year:
        used.year, used.deductible, used.general = year, 0, 0
        used.chronic = used.two_disease = 0
    percent = percent_of(person, med_type, grade)
    deductible = 0
    if med_type != TWO_DISEASE_MED_TYPE:
        deductible = min(in_scope, max(0, DEDUCTIBLE[grade] - used.deductible))
        used.deductible += deductible
    paid = ((in_scope - deductible) * percent + 50) // 100
    if med_type == "14":
        cap = CHRONIC_CAP[person.psn_type] + (DIALYSIS_RAISE if dise == "M07803" else 0)
        paid = max(0, min(paid, cap - used.chronic))
        used.chronic += paid
    elif med_type == TWO_DISEASE_MED_TYPE:
        paid = max(0, min(paid, TWO_DISEASE_CAP - used.two_disease))
        used.two_disease += paid
    else:
        paid = max(0, min(paid, CAP[person.psn_type] - used.general))
        used.general += paid
    return Benefit(deductible, percent, paid)


def give_back(used: Year, year: int, med_type: str, benefit: Benefit) -> None:
    """Take a reversed settlement out of the accumulators."""
    if used.year != year or benefit is NOTHING:
        return
    used.deductible -= benefit.deductible
    if med_type == "14":
        used.chronic -= benefit.pool
    elif med_type == TWO_DISEASE_MED_TYPE:
        used.two_disease -= benefit.pool
    else:
        used.general -= benefit.pool


def inpatient(person: Person, grade: str, in_scope: int) -> Benefit:
    """The pool's part of an admission: its own deductible and one ratio."""
    if in_scope <= 0 or not entitled(person):
        return NOTHING
    deductible = min(in_scope, INPATIENT_DEDUCTIBLE[grade])
    return Benefit(
        deductible,
        INPATIENT_RATIO,
        ((in_scope - deductible) * INPATIENT_RATIO + 50) // 100,
    )
