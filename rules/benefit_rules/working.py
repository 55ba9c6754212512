"""Whether somebody is surely in work on a day, though settled or perhaps settled as retired."""

from collections.abc import Iterable
from datetime import date
from typing import Final, Literal

from events.codes import is_retired
from events.times import date_of, day_number, day_of
from rules.histories.records import Status, Visit

_EMPLOYEES: Final = ("", "310")
_IN_WORK: Final = "11"
_EVERY_MONTH: Final = 28
"""Last day that every month of every year has."""
Ground = Literal["age", "later", ""]
"""Why: too young to have retired, or still said to be in work afterwards; empty if not sure."""


def in_work(known: Iterable[Status | Visit], births: Iterable[int], time: int, age: int) -> Ground:
    """Why a person was surely in work at a time; empty where that is not sure.

    `known` are reports of the category, `births` all birth days told (day numbers, 0 if not),
    `age` the years below which nobody retires. One report of retirement, whenever made, leaves it
    open; so does a person of whom no report had said before that they were in work.
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
    if told and _of_age(min(told), age) > day_of(time):
        return "age"
    return "later" if later else ""


def _of_age(born: int, age: int) -> int:
    """The day number on which somebody reaches an age."""
    birth = date_of(born)
    return day_number(date(birth.year + age, birth.month, min(birth.day, _EVERY_MONTH)))
