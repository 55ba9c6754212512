"""The kinds of history, how long each is remembered, and those that are short.

`take` adds a record and returns the records that rules must look at again, or None when the record
was known and nothing changed. Retention is in days of event time: `KEPT` says how long a record is
remembered and how late a reversal may come and still be applied.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

from msgspec import field, structs

from events.times import DAY, day_of, day_start, year_bounds
from rules.histories.history import NOTHING, History
from rules.histories.institution_month import InstitutionMonth
from rules.histories.neighbours import Neighbours
from rules.histories.person import Person
from rules.histories.records import (
    AnyRecord,
    Benefit,
    Credit,
    Designation,
    Encounter,
    Goods,
    Grant,
    Paper,
    Payback,
    Payout,
    Permit,
    Premium,
    Record,
    Status,
    Swipe,
)
from rules.histories.sales import Sales
from rules.histories.series import between, swap
from rules.histories.stock import Stock
from rules.histories.tallies import file_in, returned

PERSON: Final = "person"

ACCOUNT: Final = "account"

TERMINAL: Final = "terminal"

INSTITUTION: Final = "institution"

INSTITUTION_DAY: Final = "institution_day"

INSTITUTION_MONTH: Final = "institution_month"

DOCUMENT: Final = "document"

STOCK: Final = "stock"

PLACE: Final = "place"

PHYSICIAN: Final = "physician"

SALES: Final = "sales"

NEIGHBOURS: Final = "neighbours"

KEPT: Final[dict[str, int]] = {
    PERSON: 400,
    ACCOUNT: 400,
    INSTITUTION: 400,
    STOCK: 3 * 366,
    TERMINAL: 45,
    INSTITUTION_DAY: 45,
    INSTITUTION_MONTH: 3 * 366,
    DOCUMENT: 3 * 366,
    PLACE: 100,
    PHYSICIAN: 100,
    SALES: 100,
    NEIGHBOURS: 200,
}
"""Days a record is remembered, by kind of history: receipts and trace codes three years.

With persons and accounts the rest of the calendar year before comes to it (`oldest_kept`).
"""

_BY_YEAR: Final = (PERSON, ACCOUNT)

MOST: Final[dict[str, int]] = {
    PERSON: 2000,
    ACCOUNT: 2000,
    INSTITUTION: 2000,
    STOCK: 5000,
    TERMINAL: 5000,
    INSTITUTION_DAY: 20000,
    INSTITUTION_MONTH: 200_000,
    DOCUMENT: 200,
    PLACE: 1_000_000,
    PHYSICIAN: 20_000,
    SALES: 100_000,
    NEIGHBOURS: 1_000_000,
}
"""Most records of one sort that one key remembers; beyond it the oldest are forgotten."""


class Account(History, gc=False):
    """One personal account, keyed by its owner's `psn_no`."""

    swipes: list[Swipe] = NOTHING
    grants: list[Grant] = NOTHING
    credits: list[Credit] = NOTHING
    payouts: list[Payout] = NOTHING
    premiums: list[Premium] = NOTHING
    statuses: list[Status] = NOTHING
    """Reports on how contributions are paid, on the owner's survival and the insurance's state."""
    paybacks: list[Payback] = NOTHING


class Terminal(History, gc=False):
    """One terminal on one day, keyed by institution, device and day."""

    swipes: list[Swipe] = NOTHING


class InstitutionDay(History, gc=False):
    """One institution on one day: its settlements."""

    swipes: list[Swipe] = NOTHING

    def take(self, record: AnyRecord) -> Sequence[Record] | None:
        """Take up a record; goods sold are those that an earlier version told each day."""
        return None if isinstance(record, Goods) else History.take(self, record)


class Institution(History, gc=False):
    """One institution's designation over time."""

    designations: list[Designation] = NOTHING


class Document(History, gc=False):
    """One receipt or one trace code."""

    papers: list[Paper] = NOTHING

    def take(self, record: AnyRecord) -> Sequence[Record] | None:
        """Take up a use; there is nothing to look at before the second."""
        kept = History.take(self, record)
        return kept if kept is None or len(self.papers) > 1 else ()


class Place(History, gc=False):
    """One institution, or one physician wherever working, as the anomaly models remember it.

    Besides the settlements in their order it keeps them by person, terminal and physician, and
    exact sums by day (`rules.histories.tallies`) of the whole, each terminal and each physician.
    """

    encounters: list[Encounter] = NOTHING
    people: dict[str, list[Encounter]] = field(default_factory=dict)
    tills: dict[str, list[Encounter]] = field(default_factory=dict)
    doctors: dict[str, list[Encounter]] = field(default_factory=dict)
    tallies: dict[str, dict[int, list[int]]] = field(default_factory=dict)
    """Sums by day number, by unit: empty for the whole, `t|` and `d|` with terminal, physician."""
    memo: dict[tuple[str, int], tuple[float, ...]] = field(default_factory=dict)
    """What was worked out of the days before a day; empty again when one of them changes."""
    latest: int = 0
    """The latest day with a settlement."""

    def take(self, record: AnyRecord) -> Sequence[Record] | None:
        """Take up a settlement, or the news of its reversal."""
        if not isinstance(record, Encounter):
            return History.take(self, record)
        before = next(
            (
                known
                for known in between(self.encounters, record.time, record.time)
                if known.event_id == record.event_id
            ),
            None,
        )
        kept = self.put("encounters", record)
        if before is not None and before.part != record.part:
            # The person's history has learned of something earlier: what was told last counts.
            kept = structs.replace(before if kept is None else kept, part=record.part)
            swap(self.encounters, kept)
        if kept is None:
            return None
        if before:
            returned(self.tallies, before, -1)
        else:
            file_in(self, kept)
        returned(self.tallies, kept, 1)
        day = day_of(kept.time)
        if day < self.latest or before or kept.rev_at:
            self.memo.clear()
        elif day > self.latest:
            self._pass(day)
        return (kept,)

    def _pass(self, day: int) -> None:
        """A new day: what is older than the retention goes."""
        self.latest = day
        self.memo.clear()
        oldest = day_start(day - KEPT[PLACE])
        if not self.encounters or self.encounters[0].time >= oldest - 7 * DAY:
            return
        for filed in (self.people, self.tills, self.doctors):
            for name in [name for name, known in filed.items() if known[-1].time < oldest]:
                del filed[name]
            for known in filed.values():
                if known[0].time < oldest:
                    del known[: bisect_left(known, oldest, key=_time)]
        for days in self.tallies.values():
            for old in [one for one in days if one < day - KEPT[PLACE]]:
                del days[old]


def _time(record: Record) -> int:
    return record.time


KINDS: Final[dict[str, type[History]]] = {
    PERSON: Person,
    ACCOUNT: Account,
    TERMINAL: Terminal,
    INSTITUTION: Institution,
    INSTITUTION_DAY: InstitutionDay,
    INSTITUTION_MONTH: InstitutionMonth,
    DOCUMENT: Document,
    STOCK: Stock,
    PLACE: Place,
    PHYSICIAN: Place,
    SALES: Sales,
    NEIGHBOURS: Neighbours,
}

LASTING: Final = (Status, Benefit, Permit, Grant, Designation, Payout)
"""What holds until told otherwise is not forgotten by age: an authorisation granted years ago is
one still."""


def oldest_kept(kind: str, now: int) -> int:
    """Event time (epoch seconds) before which nothing of a kind is remembered at another one.

    Persons and accounts are forgotten by calendar years: what is left of a year must not be taken
    for the whole, where its first settlements used the deductible.
    """
    oldest = now - KEPT[kind] * DAY
    return year_bounds(day_of(oldest))[0] if kind in _BY_YEAR else oldest


def forget(history: History, kind: str, now: int) -> int:
    """Drop records older than the kind's retention, and the oldest beyond its bound.

    What is `LASTING` has no retention, only a bound.

    `now` is the key's latest event time. Returns how many were dropped only because of the bound.
    """
    oldest = oldest_kept(kind, now)
    crowded, dropped = 0, False
    for series in history.parts():
        keep_from = 0
        lasting = bool(series) and isinstance(series[0], LASTING)
        while not lasting and keep_from < len(series) and series[keep_from].time < oldest:
            keep_from += 1
        surplus = len(series) - keep_from - MOST[kind]
        if surplus > 0:
            crowded += surplus
            keep_from += surplus
        if keep_from:
            del series[:keep_from]
            dropped = True
    for matter in [name for name, known in history.standing.items() if known.time < oldest]:
        del history.standing[matter]
        dropped = True
    if dropped and isinstance(history, Person):
        history.course = None
    return crowded
