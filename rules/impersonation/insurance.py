"""Whether a person was insured on a day, as far as reports tell.

Reports come late, renew and correct one another, and a person who moves or changes employer has
one insurance end and another begin. Each report speaks of the days it covers; of those that speak
of a day, the latest by event time decides. Where none speaks, nothing is known.
"""

from collections.abc import Container, Sequence
from enum import Enum
from typing import Final

from msgspec import Struct

from events.times import day_of
from rules.histories.records import Status, Visit

_ACTIVE: Final = "1"
_PAUSED: Final = "2"
_CITY: Final = 4


class State(Enum):
    """What the reports make of a day."""

    UNKNOWN = "unknown"
    INSURED = "insured"
    PAUSED = "paused"
    ENDED = "ended"


class Word(Struct, frozen=True):
    """What was said of a day, and since which day (day number) it has been so."""

    state: State
    since: int = 0


_NOTHING: Final = Word(State.UNKNOWN)


def may_have_ended(statuses: Sequence[Status]) -> bool:
    """Whether anything was ever reported but that the insurance is in force without end."""
    for status in statuses:
        if status.end_day is not None or (status.state and status.state != _ACTIVE):
            return True
    return False


def word(
    statuses: Sequence[Status], visit: Visit, day: int, ended: Container[str], basic: Container[str]
) -> Word:
    """What the reports say of the insurance that a settlement was made under, on a day.

    `ended` are the states (`psn_insu_stas`) that end an insurance, `basic` the insurances that
    cover care by themselves. Somebody insured elsewhere or otherwise on that day counts as
    insured: the insurance moved.
    """
    own = _said([s for s in statuses if _of(s, visit)], day, ended)
    if own.state in (State.UNKNOWN, State.INSURED):
        return own
    others: dict[tuple[str, str], list[Status]] = {}
    for status in statuses:
        if not _of(status, visit) and (not status.insurance or status.insurance in basic):
            others.setdefault((status.area[:_CITY], status.insurance), []).append(status)
    if any(_said(told, day, ended).state is State.INSURED for told in others.values()):
        return Word(State.INSURED)
    return own


def _of(status: Status, visit: Visit) -> bool:
    """Whether a report concerns the insurance of a settlement; areas are cities."""
    if status.insurance and visit.insurance and status.insurance != visit.insurance:
        return False
    if not status.area or not visit.insured_area:
        return True
    return status.area[:_CITY] == visit.insured_area[:_CITY]


def _said(statuses: Sequence[Status], day: int, ended: Container[str]) -> Word:
    for status in reversed(statuses):
        said = _says(status, statuses, day, ended)
        if said.state is State.INSURED:
            return said
        if said.state is not State.UNKNOWN:
            anew = any(_begun_anew(other, status, said.since, day) for other in statuses)
            return Word(State.INSURED) if anew else said
    return _NOTHING


def _begun_anew(status: Status, end: Status, since: int, day: int) -> bool:
    """Whether a report tells of an insurance begun after the end that another reports.

    The new employer's report may well come before the old one's.
    """
    if status.state != _ACTIVE or (status.end_day is not None and day > status.end_day):
        return False
    if status.begin_day is None:
        return status.time == end.time
    return since <= status.begin_day <= day


def _says(status: Status, all_told: Sequence[Status], day: int, ended: Container[str]) -> Word:
    """What one report says of a day."""
    first, last = status.begin_day, status.end_day
    if status.state == _ACTIVE or not status.state:
        if (not status.state and last is None) or (first is not None and day < first):
            return _NOTHING
        if last is not None and day > last:
            return Word(State.ENDED, last + 1)
        return Word(State.INSURED)
    if status.state != _PAUSED and status.state not in ended:
        return _NOTHING
    since = _since(status, all_told)
    if day >= since:
        if status.state != _PAUSED:
            return Word(State.ENDED, since)
        over = last is not None and last > day_of(status.time) and day > last
        return _NOTHING if over else Word(State.PAUSED, since)
    if first is not None and first <= day and last is not None and day <= last:
        return Word(State.INSURED)
    return _NOTHING


def _since(status: Status, all_told: Sequence[Status]) -> int:
    """First day without insurance that a report of an end or a pause means.

    The day after its last day, where that is said. A begin after another report's begin is the
    begin of the end itself; otherwise it is the begin of the insurance, and the report's own day
    is the last.
    """
    told, first, last = day_of(status.time), status.begin_day, status.end_day
    if last is not None and not (status.state == _PAUSED and last > told):
        return last + 1
    if first is not None and (first > told or _begins_later(first, status, all_told)):
        return first
    return told + 1


def _begins_later(first: int, status: Status, all_told: Sequence[Status]) -> bool:
    return any(
        other.state == _ACTIVE
        and other.begin_day is not None
        and other.begin_day < first
        and other.time <= status.time
        for other in all_told
    )
