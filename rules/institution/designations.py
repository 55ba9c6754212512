"""Which notice of an institution's designation holds at a time.

A notice holds from its first day to its last; of several that cover a day, the one that begins
last counts, and of those the one told last. A designation told again after a suspension
without an end ends it.
"""

from collections.abc import Sequence
from typing import Final

from events.codes import InstitutionState
from events.times import day_of
from rules.histories.records import Designation

BARRED: Final[dict[str, tuple[str, str]]] = {
    InstitutionState.SUSPENDED: ("已暂停医保服务", "is suspended"),
    InstitutionState.TERMINATED: ("已终止医保定点", "is no longer designated"),
}
"""States in which an institution may settle nothing, in Chinese and English."""
_ACTIVE: Final = str(InstitutionState.ACTIVE)


def held_at(notices: Sequence[Designation], time: int) -> Designation | None:
    """The notice that holds at a time, epoch seconds; None where none does."""
    day = day_of(time)
    known = [notice for notice in notices if _covers_day(notice, day, time)]
    if not known:
        return None
    last = max(known, key=lambda notice: (begin_of(notice), notice.time, notice.event_id))
    if last.state in BARRED and last.end_day is None:
        since = begin_of(last)
        again = [
            notice
            for notice in known
            if notice.state == _ACTIVE and since < day_of(notice.time) <= day
        ]
        return again[-1] if again else last
    return last


def begin_of(notice: Designation) -> int:
    """The day number from which a notice holds: the day it was told where it names none."""
    return notice.begin_day if notice.begin_day is not None else day_of(notice.time)


def _covers_day(notice: Designation, day: int, time: int) -> bool:
    begin = begin_of(notice)
    if not begin <= day or (notice.end_day is not None and day > notice.end_day):
        return False
    told_that_day = begin == day_of(notice.time) == day
    return not told_that_day or notice.time <= time
