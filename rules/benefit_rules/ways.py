"""How a person contributed on a day, and whether the insurance had begun by then."""

from collections.abc import Sequence
from typing import Final

from events.times import day_of
from rules.histories.records import Status, Visit

_EMPLOYEES: Final = "310"
FULL: Final = "full"
_USUAL: Final = ("", FULL)


def of_employees(status: Status, visit: Visit) -> bool:
    """Whether a report concerns the employees' insurance that a settlement was made under."""
    if status.insurance and status.insurance != _EMPLOYEES:
        return False
    return not (status.area and visit.insured_area and status.area != visit.insured_area)


def since(status: Status) -> int:
    """First day a report speaks of: as said, else the day it was made."""
    return status.begin_day if status.begin_day is not None else day_of(status.time)


def way_of(statuses: Sequence[Status], visit: Visit) -> str:
    """The way of contributing on the day of a settlement (`full`, `low`, `pool_only`).

    The report that begins last before the day counts; one without a way says nothing of it. What
    is not known counts as `full`.
    """
    for status in statuses:
        if status.contribution not in _USUAL:
            return way_said(statuses, visit)[0]
    return FULL


def way_said(statuses: Sequence[Status], visit: Visit) -> tuple[str, Status | None]:
    """The way of contributing and the report that says so."""
    day, found, told = day_of(visit.time), FULL, None
    latest = -1
    for status in statuses:
        if not status.contribution:
            continue
        first = since(status)
        if (
            latest <= first <= day
            and (status.end_day is None or day <= status.end_day)
            and of_employees(status, visit)
        ):
            latest, found, told = first, status.contribution, status
    return found, told
