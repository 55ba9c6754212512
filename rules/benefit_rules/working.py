"""Whether somebody is surely in work on a day, though settled or perhaps settled as retired."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, Literal

from events.codes import is_retired
from events.times import date_of, day_number, day_of
from rules.benefit_rules.payments import OWN_TERMS
from rules.context import Context
from rules.histories.records import Status, Visit

_EMPLOYEES: Final = ("", "310")
_IN_WORK: Final = "11"
_YOUNGEST: Final = "insurance.youngest_retired"
_EVERY_MONTH: Final = 28
"""Last day that every month of every year has."""
Ground = Literal["age", "later", ""]
"""Why: too young to have retired, or still said to be in work afterwards; empty if not sure."""


def in_work(
    context: Context, area: str, known: Iterable[Status | Visit], births: Iterable[int], time: int
) -> Ground:
    """Why a person insured in an area was surely in work at a time; empty where that is not sure.

    `known` are reports of the category, `births` all birth days told (day numbers, 0 if not).
    One report of retirement, whenever made, leaves it open; so does a person of whom no report
    had said before that they were in work.
    """
    before = later = False
    for one in known:
        if one.insurance not in _EMPLOYEES or not one.person_type:
            continue
        if is_retired(one.person_type) or not one.person_type.startswith(_IN_WORK):
            return ""
        before = before or one.time <= time
        later = later or day_of(one.time) > day_of(time)
    if not before:
        return ""
    told = [born for born in births if born]
    youngest = context.law(area, _YOUNGEST, time) if told else None
    if youngest is not None and _of_age(min(told), int(str(youngest.value))) > day_of(time):
        return "age"
    return "later" if later else ""


def is_inferred(context: Context, statuses: Sequence[Status], visit: Visit) -> bool:
    """Whether a settlement says no category, but the reports call the person surely in work."""
    if visit.person_type or not statuses or has_own_terms(statuses, visit):
        return False
    births = (visit.birth_day, *(status.birth_day for status in statuses))
    return bool(in_work(context, visit.insured_area, statuses, births, visit.time))


def has_own_terms(statuses: Iterable[Status], visit: Visit) -> bool:
    """Whether a settlement says no category, but a report says one with terms of its own."""
    return not visit.person_type and any(
        status.person_type.startswith(OWN_TERMS) for status in statuses
    )


def _of_age(born: int, age: int) -> int:
    """The day number on which somebody reaches an age."""
    birth = date_of(born)
    return day_number(date(birth.year + age, birth.month, min(birth.day, _EVERY_MONTH)))
