"""Whether and when a person died, as far as reports and discharges tell.

Reports contradict one another, because a death becomes known late and is sometimes taken back.
The latest report by event time decides.
"""

from collections.abc import Container, Iterable
from typing import Final

from events.codes import DscgWay
from events.times import day_of
from rules.histories.person import Person
from rules.histories.records import Status

_DIED: Final = str(DscgWay.DEATH)
_ALIVE: Final = "1"


def may_have_died(person: Person) -> bool:
    """Whether anything was ever reported that `death_day` must look at."""
    for status in person.statuses:
        if status.death_day is not None or (status.survival and status.survival != _ALIVE):
            return True
    return bool(person.stays) and any(stay.way == _DIED for stay in person.stays)


def death_day(person: Person, dead: Container[str]) -> int | None:
    """The day of death (day number), None for somebody not known to be dead.

    `dead` are the codes of `surv_stas` that say so. Where only the report is dated, its own day
    counts.
    """
    told_at, day = reported_death(person.statuses, dead)
    for stay in person.stays:
        if stay.time > told_at and not stay.begins and stay.way == _DIED:
            told_at, day = stay.time, day_of(stay.time)
    return day


def reported_death(statuses: Iterable[Status], dead: Container[str]) -> tuple[int, int | None]:
    """When the last report on survival was made (epoch seconds), and the day of death it tells."""
    told_at, day = -1, None
    for status in statuses:
        if status.death_day is not None or status.survival in dead:
            told_at, day = status.time, status.death_day
            if day is None:
                day = day_of(status.time)
        elif status.survival:
            told_at, day = status.time, None
    return told_at, day
