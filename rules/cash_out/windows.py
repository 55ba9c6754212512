"""What the rules of this family share: account money, pharmacies, and months as matters.

A thing that keeps growing (equal amounts, refunds, a drained account) is one matter for each
calendar month. An anchor is a record of that month together with which, and records not longer
before it than a window, something is found; what all anchors of the month find is one episode.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Protocol, TypeVar

from events.times import day_number, day_start, month_of
from rules.context import Context
from rules.findings import stands, stood
from rules.histories.history import History
from rules.histories.records import Swipe
from rules.histories.spreading import PHARMACY
from rules.rule import Rule


class Timed(Protocol):
    """A record that can be taken back."""

    @property
    def event_id(self) -> str:
        """The event it comes from."""
        ...

    @property
    def time(self) -> int:
        """When it happened, epoch seconds."""
        ...

    @property
    def rev_at(self) -> int:
        """When it was taken back, 0 if it was not."""
        ...


T = TypeVar("T", bound=Timed)
Hit = Callable[[Sequence[T]], Sequence[T]]
"""What takes part, out of the records of a window whose last one is the anchor; or nothing."""


def account_money(swipe: Swipe) -> int:
    """What a settlement took from the account it is kept with, fen.

    A family member's settlement takes the shared part from the owner (all account money where
    the sender does not say how much was shared). Shared money of an owner who is not named comes
    from an account that is not known, and the rest from the person's own.
    """
    if swipe.owner:
        return swipe.shared or swipe.account
    return swipe.account - swipe.shared if swipe.account > swipe.shared else 0


def at_retail(context: Context, inst: str) -> bool:
    """Whether an institution is a retail pharmacy, by the reference data or else by its code."""
    known = context.institutions.get(inst)
    return known.kind == PHARMACY if known is not None and known.kind else inst[:1] == "P"


def since(records: Sequence[T], first: int) -> Sequence[T]:
    """Records from a time (epoch seconds) on, which are few, looked for from the end."""
    at = len(records)
    while at and records[at - 1].time >= first:
        at -= 1
    return records[at:]


def is_raised(rule: Rule, history: History, about: str) -> bool:
    """Whether this history has raised an alert of a rule about a matter and not retracted it."""
    known = history.standing.get(f"{rule.id}|{about}") if history.standing else None
    return known is not None and known.digest != 0


@lru_cache(4096)
def month_bounds(month: str) -> tuple[int, int]:
    """First and last second (epoch) of a calendar month `YYYY-MM` in China Standard Time."""
    year, number = int(month[:4]), int(month[5:])
    begin = date(year, number, 1)
    after = date(year + number // 12, number % 12 + 1, 1)
    return day_start(day_number(begin)), day_start(day_number(after)) - 1


def months_from(time: int, window: int) -> Iterator[str]:
    """The calendar months that the time from `time` until `window` seconds later touches."""
    last = month_of(time + window)
    month = month_of(time)
    while month < last:
        yield month
        month = month_of(month_bounds(month)[1] + 1)
    yield last


def gathered(records: Sequence[T], month: str, window: int, hit: Hit[T]) -> Sequence[T]:
    """What all anchors of a month find among these records, each looking back over its window."""
    first, last = month_bounds(month)
    return _union(
        hit(_until(records, anchor, window)) for anchor in records if first <= anchor.time <= last
    )


def episode(records: Sequence[T], month: str, window: int, hit: Hit[T]) -> tuple[Sequence[T], bool]:
    """What takes part in a month's episode, in order, and whether it stands no more.

    `records` are those of the month and of the window before it. Looks first at what has not been
    taken back, and if that finds nothing at what had not been taken back at each anchor's time.
    """
    standing = [record for record in records if stands(record)]
    found = gathered(standing, month, window, hit)
    if found or len(standing) == len(records):
        return found, False
    first, last = month_bounds(month)
    found = _union(
        hit([r for r in _until(records, anchor, window) if stood(r, anchor.time)])
        for anchor in records
        if first <= anchor.time <= last and stood(anchor, anchor.time)
    )
    return found, bool(found)


def _until(records: Sequence[T], anchor: T, window: int) -> Sequence[T]:
    begin, end = anchor.time - window, (anchor.time, anchor.event_id)
    return [r for r in records if r.time >= begin and (r.time, r.event_id) <= end]


def _union(parts: Iterable[Sequence[T]]) -> Sequence[T]:
    taking = {record.event_id: record for part in parts for record in part}
    return sorted(taking.values(), key=lambda record: (record.time, record.event_id))
