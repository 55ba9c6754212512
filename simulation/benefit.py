"""What the pool pays for a made-up settlement, by the terms of the area (`simulation.terms`).

Written from the documents and not from the rules' own calculation, so that each can be tried
against the other. Nothing carries over at the year's end.
"""

from typing import Final

from msgspec import Struct

from simulation.people import Person, Year
from simulation.terms import NINGXIA, Terms

INPATIENT_RATIO: Final = 85
DIALYSIS_RAISE: Final = 74_000_00
"""What the chronic cap is raised by, on approval, for people on dialysis."""
INPATIENT_DEDUCTIBLE: Final = {"tertiary": 800_00, "secondary": 500_00, "primary": 300_00}
CREDIT_PERCENT: Final = 2
"""Percent of the contribution base credited to an employee's account each month."""
TWO_DISEASE_MED_TYPE: Final = "9901"
"""`med_type` of two-disease outpatient care (national list; areas differ)."""


class Benefit(Struct, frozen=True):
    """The outcome: deductible used, percent applied and pool payment, fen."""

    deductible: int
    percent: int
    pool: int


NOTHING: Final = Benefit(0, 0, 0)


def percent_of(person: Person, med_type: str, grade: str, terms: Terms = NINGXIA) -> int:
    """Percent paid by the pool for outpatient care of `med_type` at an institution grade."""
    if med_type == "14":
        base = terms.chronic_ratio[grade]
    elif med_type == TWO_DISEASE_MED_TYPE:
        base = terms.two_disease_ratio
    else:
        base = terms.ratio[grade]
    return base + (terms.retired_extra if person.psn_type == "12" else 0)


def entitled(person: Person, med_type: str) -> bool:
    """Whether the employee scheme pays: the lower rate keeps all but general outpatient care."""
    general = med_type not in ("14", TWO_DISEASE_MED_TYPE) and med_type[:1] != "2"
    return person.insutype == "310" and not (person.clct_way == "low" and general)


def outpatient(
    person: Person,
    used: Year,
    year: int,
    med_type: str,
    grade: str,
    dise: str,
    in_scope: int,
    terms: Terms = NINGXIA,
) -> Benefit:
    """The pool's part of `in_scope` fen of outpatient costs; books it into `used`."""
    if in_scope <= 0 or not entitled(person, med_type):
        return NOTHING
    if used.year != year:
        used.year, used.deductible, used.general = year, 0, 0
        used.chronic = used.two_disease = 0
    percent = percent_of(person, med_type, grade, terms)
    retired = person.psn_type == "12"
    deductible = 0
    if med_type not in ("14", TWO_DISEASE_MED_TYPE) or (med_type == "14" and terms.merged):
        whole = (terms.retired_deductible if retired else terms.deductible)[grade]
        deductible = min(in_scope, max(0, whole - used.deductible))
        used.deductible += deductible
    paid = ((in_scope - deductible) * percent + 50) // 100
    if med_type == "14":
        cap = terms.chronic_cap[retired] + (DIALYSIS_RAISE if dise == "M07803" else 0)
        paid = max(0, min(paid, cap - used.chronic))
        used.chronic += paid
    elif med_type == TWO_DISEASE_MED_TYPE:
        paid = max(0, min(paid, terms.two_disease_cap - used.two_disease))
        used.two_disease += paid
    else:
        paid = max(0, min(paid, terms.cap[retired] - used.general))
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
    if in_scope <= 0 or not entitled(person, "21"):
        return NOTHING
    deductible = min(in_scope, INPATIENT_DEDUCTIBLE[grade])
    return Benefit(
        deductible,
        INPATIENT_RATIO,
        ((in_scope - deductible) * INPATIENT_RATIO + 50) // 100,
    )
