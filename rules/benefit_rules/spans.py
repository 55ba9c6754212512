"""Calendar years, and from when on a person was seen."""

from events.times import day_of, year_bounds
from rules.histories.person import Person


def year_start(time: int) -> int:
    """First second (China Standard Time) of the calendar year of an event time."""
    return year_bounds(day_of(time))[0]


def seen_from(person: Person) -> int:
    """Time of the first settlement, claim, insurance or entitlement reported of the person."""
    series = (person.visits, person.statuses, person.claims, person.benefits)
    return min(records[0].time for records in series if records)
