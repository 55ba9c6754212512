"""What has to be judged again after records of a history are new or changed.

Rows look at what lies strictly before a record, so a record that comes late, within the allowed
lateness, concerns itself and whatever the same history holds after it. A reversal concerns what it
takes back, and what comes after the reversal.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from detectors.decisions import QUIET_DAYS
from events.times import DAY, day_of, day_start
from rules.histories.keyed import Place
from rules.histories.records import Encounter

WEEK: Final = 7 * DAY
_LATE: Final = 8 * DAY
"""Beyond this age a changed record can only be one that was taken back."""
_DEAREST: Final = 20


class Dirty(Struct):
    """What was noted of one history since the last time."""

    since: int
    """Everything from this event time on is judged again."""
    single: dict[str, Encounter] = {}
    """Older ones that only changed themselves, by event id."""


class Week(Struct, frozen=True):
    """The week that ends at a record: its settlements, the dearest by name."""

    settlements: int
    fee: int
    public: int
    """What funds and accounts paid, fen."""
    event_ids: tuple[str, ...]
    setl_ids: tuple[str, ...]


def note(known: Dirty | None, place: Place, changed: Sequence[Encounter]) -> Dirty:
    """Take up changed records of a place."""
    latest = place.encounters[-1].time
    dirty = known if known is not None else Dirty(latest + 1, {})
    for one in changed:
        if one.rev_at and one.time < latest - _LATE:
            dirty.single[one.event_id] = one
            dirty.since = min(dirty.since, one.rev_at)
        else:
            dirty.since = min(dirty.since, one.time)
    return dirty


def each(place: Place, dirty: Dirty) -> list[Encounter]:
    """The records to be judged one by one, as they stand now, in their order."""
    known = place.encounters
    tail = known[_from(known, dirty.since) :]
    return [*(one for one in dirty.single.values() if one.time < dirty.since), *tail]


def days(known: Sequence[Encounter], since: int) -> tuple[list[int], int]:
    """Positions of the first records of days, and how many of them only lead up to the rest.

    The rest are those to be judged: days whose first record happened at `since` or later. What
    leads up to them are the days before, as far back as quiet is asked for.
    """
    at = _from(known, since)
    while at < len(known) and not _first(known, at):
        at += 1
    if at == len(known):
        return [], 0
    earliest = day_of(known[at].time) - QUIET_DAYS
    before = [here for here in range(_from(known, day_start(earliest)), at) if _first(known, here)]
    return [*before, *(here for here in range(at, len(known)) if _first(known, here))], len(before)


def week(known: Sequence[Encounter], at: int) -> Week:
    """The week before the record at a position, with it."""
    of = known[_from(known, known[at].time - WEEK) : at + 1]
    # The last one is named in any case: the alert is about its day.
    dearest = sorted(of[:-1], key=lambda one: (-one.fee, one.time, one.event_id))[: _DEAREST - 1]
    named = sorted([*dearest, of[-1]], key=lambda one: (one.time, one.event_id))
    return Week(
        len(of),
        sum(one.fee for one in of),
        sum(one.fund + one.account for one in of),
        tuple(one.event_id for one in named),
        tuple(one.setl_id for one in named if one.setl_id),
    )


def _from(known: Sequence[Encounter], time: int) -> int:
    return bisect_left(known, time, key=_time)


def _time(one: Encounter) -> int:
    return one.time


def _first(known: Sequence[Encounter], at: int) -> bool:
    return at == 0 or day_of(known[at - 1].time) != day_of(known[at].time)
