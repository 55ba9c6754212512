"""Sex and birth as the insurance has them on record; what a settlement says only fills gaps.

The latest report counts, also for earlier settlements: a correction of the register says what
was true all along.
"""

from typing import Final

from events.times import date_of
from rules.histories.person import Person
from rules.histories.records import Visit

MALE: Final = "1"
FEMALE: Final = "2"
KNOWN: Final = frozenset({MALE, FEMALE})


def sex_of(person: Person, visit: Visit) -> str:
    """`gend` code 1 or 2 of the patient, empty where it is unknown or unstated."""
    for status in reversed(person.statuses):
        if status.sex in KNOWN:
            return status.sex
    return visit.sex if visit.sex in KNOWN else ""


def birth_of(person: Person, visit: Visit) -> int | None:
    """The patient's day of birth (day number), None where it is unknown."""
    for status in reversed(person.statuses):
        if status.birth_day:
            return status.birth_day
    return visit.birth_day or None


def full_years(birth_day: int, day: int) -> int:
    """Age in full years on a day; negative before birth."""
    born, on = date_of(birth_day), date_of(day)
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
