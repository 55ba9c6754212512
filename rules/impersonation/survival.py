"""Whether and when a person died, as far as reports and discharges tell.

Reports contradict one another, because a death becomes known late and is sometimes taken back.
The latest report by event time decides.
"""

from collections.abc import Container
from typing import Final

from events.codes import DscgWay
from events.times import day_of
from rules.histories.keyed import Person
from rules.histories.records import Status, Stay

_DIED: Final = str(DscgWay.DEATH)


def tells_of_death(record: Status | Stay, dead: Container[str]) -> bool:
    """Whether a record says that the person has died; `dead` are the codes of `surv_stas`."""
    if isinstance(record, Stay):
        return not record.begins and record.way == _DIED
    return record.death_day is not None or record.survival in dead


def death_day(person: Person, dead: Container[str]) -> int | None:
    """The day of death (day number), None for somebody not known to be dead.

    Where only the report is dated, its own day counts.
    """
    told_at, day = -1, None
    for status in person.statuses:
        if tells_of_death(status, dead):
            told_at, day = status.time, status.death_day
            if day is None:
                day = day_of(status.time)
        elif status.survival:
            told_at, day = status.time, None
    for stay in person.stays:
        if stay.time > told_at and tells_of_death(stay, dead):
            told_at, day = stay.time, day_of(stay.time)
    return day
