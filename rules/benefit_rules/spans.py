"""Calendar years, and from when on a person was seen."""

from datetime import date
from functools import lru_cache

from events.times import date_of, day_number, day_of, day_start
from rules.histories.keyed import Person


@lru_cache(4096)
def bounds(day: int) -> tuple[int, int]:
    """First and last second (China Standard Time) of the calendar year of a day number."""
    year = date_of(day).year
    first = day_start(day_number(date(year, 1, 1)))
    return first, day_start(day_number(date(year + 1, 1, 1))) - 1


def year_start(time: int) -> int:
    """First second (China Standard Time) of the calendar year of an event time."""
    return bounds(day_of(time))[0]


def seen_from(person: Person) -> int:
    """Time of the first settlement, claim, insurance or entitlement reported of the person."""
    series = (person.visits, person.statuses, person.claims, person.benefits)
    return min(records[0].time for records in series if records)
