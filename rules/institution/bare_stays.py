"""Stays in which bed and nursing were charged and, on most days, nothing else."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from events.national_codes import MedChrgitmType as Kind
from events.times import day_of
from rules.histories.records import Line, Visit
from rules.institution.admissions import Admission

_ROUTINE: Final = frozenset(
    str(kind) for kind in (Kind.BED, Kind.NURSING, Kind.CONSULTATION, Kind.REGISTRATION)
)
_ROUTINE_CODES: Final = ("001101", "001102", "001109", "001201")
"""National service items: registration, consultation, bed, nursing."""
_ROUTINE_NAMES: Final = ("床位", "护理", "诊察", "诊查", "挂号")
_DRUGS: Final = frozenset("XZT")
_UNIT: Final = 1000
Limits = Mapping[str, Any]


def is_routine(line: Line) -> bool:
    """Whether a line charges what every day in a bed has: bed, nursing, round, registration."""
    if line.category:
        return line.category in _ROUTINE
    if line.code[:1].isalpha():
        return False
    return line.code.startswith(_ROUTINE_CODES) or any(word in line.name for word in _ROUTINE_NAMES)


def bare_days(limits: Limits, stay: Admission, visits: Sequence[Visit]) -> int:
    """Days of a stay on which nothing but routine was charged, if these are most; else 0.

    Where anything else was charged, its dates must be believable: routine is dated day by day,
    and the rest neither sums up several days nor was all entered at the end.
    """
    nights = stay.ends - stay.begins
    if nights < limits["bare_nights"] or _is_otherwise(limits, stay, visits):
        return 0
    lines = [line for visit in visits for line in visit.lines if line.amount > 0]
    fee = sum(visit.fee for visit in visits)
    if not lines or sum(line.amount for line in lines) < limits["itemised"] * fee:
        return 0
    care = [line for line in lines if not is_routine(line)]
    if not care:
        return nights
    dated = {day_of(line.at) for line in lines if line.at and is_routine(line)}
    summed = limits["summed"] * _UNIT
    if len(dated) < limits["dated_share"] * nights or any(
        not one.at or one.quantity >= summed for one in care
    ):
        return 0
    if all(day_of(line.at) >= stay.ends for line in care):
        return 0
    cared = {day for line in care for day in _covered(limits, line)}
    bare = sum(day not in cared for day in range(stay.begins, stay.ends))
    return bare if bare >= limits["bare_share"] * nights else 0


def _covered(limits: Limits, line: Line) -> range:
    """The days that a line may be for: a pack of a drug lasts for some."""
    days = max(line.days, 1)
    if line.code[:1] in _DRUGS and not line.days:
        days = limits["pack_days"]
    begin = day_of(line.at)
    return range(begin, begin + days)


def _is_otherwise(limits: Limits, stay: Admission, visits: Sequence[Visit]) -> bool:
    """Whether it is a stay of a sort in which little is charged: by its way or its diagnosis."""
    return stay.diagnosis.startswith(tuple(limits["bare_diagnoses"])) or any(
        visit.med_type.startswith(tuple(limits["bare_ways"])) for visit in visits
    )
