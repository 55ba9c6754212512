"""For whom and for what the outpatient benefits of employees are meant."""

from typing import Final

from events.local_codes import Scheme
from rules.benefit import BENEFIT_SCHEMES
from rules.histories.records import Visit

CITY: Final = 4
"""Digits of an area that name its pooling city."""
_EMPLOYEES: Final = frozenset({"", "310"})
OWN_TERMS: Final = ("13", "33", "34", "1112", "1160", "1260")
"""Veteran cadres, disabled soldiers and old workers, whose costs are paid on terms of their own."""


def concerned(visit: Visit) -> bool:
    """Whether the employees' outpatient benefits are meant for this person and treatment."""
    return (
        visit.scheme in BENEFIT_SCHEMES
        and visit.insurance in _EMPLOYEES
        and not visit.person_type.startswith(OWN_TERMS)
    )


def is_general(visit: Visit) -> bool:
    """Whether a settlement was made under general outpatient pooling."""
    return BENEFIT_SCHEMES.get(visit.scheme) == "general"


def is_inpatient(visit: Visit) -> bool:
    """Whether a settlement was of a stay."""
    return visit.scheme == Scheme.INPATIENT
