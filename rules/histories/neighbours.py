"""Who of the pharmacies, or hospitals, of one city does what in a quarter."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

from msgspec import structs

from events.times import day_of
from rules.histories.history import UNWRITTEN, History
from rules.histories.records import (
    RX_HOSPITAL,
    RX_OTHERWISE,
    AnyRecord,
    Ledger,
    Named,
    Record,
    Told,
    Weekly,
)

_WEEK: Final = 7
TOLD_SALES: Final = 20_000
"""Sales on prescriptions in a city and quarter up to which they are kept: of more, the pharmacies
have enough of their own to tell what is the exception there."""


class Neighbours(History, gc=False):
    """The pharmacies, or the hospitals, of one pooling city in one quarter: who of them does what.

    Of an institution's settlements it keeps the first one of each week.
    """

    weeks: dict[str, list[Weekly]] = UNWRITTEN
    """Settlements of drugs by institution, a week one, in the order of their times."""
    ledgers: dict[str, int] = UNWRITTEN
    """Pharmacies that reported stock, with the time of the record that says so."""
    scanners: dict[str, int] = UNWRITTEN
    """Institutions that sent a trace code, with the time of the first settlement that did."""
    sales: dict[str, Told] = UNWRITTEN
    """Sales with pool money on prescriptions, by event id, unless there are too many."""
    unheard: dict[str, Told] = UNWRITTEN
    """Those of them whose prescription nobody told of but the pharmacy itself."""
    heard: dict[str, int] = UNWRITTEN
    """How many of them each pharmacy has on prescriptions of hospitals."""
    lengths: dict[int, int] = UNWRITTEN
    """How many of these prescriptions have numbers of how many signs."""
    first: int = 0
    """Times of the first and the last of these sales."""
    last: int = 0
    full: bool = False
    """Whether there are so many of them that none is kept any more."""

    def take(self, record: AnyRecord) -> Sequence[Record] | None:
        """Take up a record; what adds nothing is not remembered."""
        if isinstance(record, Told):
            return self._take_told(record)
        if isinstance(record, Ledger):
            if record.inst in self.ledgers:
                return None
            if self.ledgers is UNWRITTEN:
                self.ledgers = {}
            self.ledgers[record.inst] = record.time
            return (record,)
        if not isinstance(record, Weekly):
            raise TypeError(f"neighbours do not keep {type(record).__name__}")
        scans = record.traced and record.time < self.scanners.get(record.inst, record.time + 1)
        if scans:
            if self.scanners is UNWRITTEN:
                self.scanners = {}
            self.scanners[record.inst] = record.time
        kept = self._keep(record)
        return (record if kept is None else kept,) if scans or kept is not None else None

    def _take_told(self, record: Told) -> Sequence[Record] | None:
        """A sale, or who else told of its prescription, or its reversal."""
        if self.full:
            return None
        if self.sales is UNWRITTEN:
            self.sales, self.unheard, self.heard, self.lengths = {}, {}, {}, {}
            self.first = record.time
        before = self.sales.get(record.event_id)
        if before is not None:
            record = _both(before, record)
            if record == before:
                return None
            self._hear(before, -1)
        elif len(self.sales) >= TOLD_SALES:
            self.full = True
            self.sales, self.unheard, self.heard, self.lengths = {}, {}, {}, {}
            return (record,)
        self.sales[record.event_id] = record
        self._hear(record, 1)
        self.first = min(self.first, record.time)
        self.last = max(self.last, record.time)
        return (record,)

    def _hear(self, sale: Told, sign: int) -> None:
        if sale.named.by & RX_HOSPITAL:
            signs = len(sale.named.number)
            self.heard[sale.inst] = self.heard.get(sale.inst, 0) + sign
            self.lengths[signs] = self.lengths.get(signs, 0) + sign
        elif sale.named.by & RX_OTHERWISE:
            return
        elif sign > 0:
            self.unheard[sale.event_id] = sale
        else:
            del self.unheard[sale.event_id]

    def _keep(self, record: Weekly) -> Weekly | None:
        """Put a settlement into its week if it is the first one there; as it now stands."""
        if self.weeks is UNWRITTEN:
            self.weeks = {}
        series = self.weeks.setdefault(record.inst, [])
        at = bisect_left(series, _week(record), key=_week)
        if at == len(series) or _week(series[at]) != _week(record):
            series.insert(at, record)
            return record
        known = series[at]
        if (known.time, known.event_id) != (record.time, record.event_id):
            if (known.time, known.event_id) < (record.time, record.event_id):
                return None
            series[at] = record
            return record
        if not record.rev_at or 0 < known.rev_at <= record.rev_at:
            return None
        series[at] = structs.replace(known, rev_at=record.rev_at)
        return series[at]


def _both(one: Told, other: Told) -> Told:
    """A sale with what two messages of it tell."""
    first, second = one.named, other.named
    told = min(filter(None, (first.told, second.told)), default="")
    gone = min(filter(None, (one.rev_at, other.rev_at)), default=0)
    named = Named(second.number, first.by | second.by, told)
    return structs.replace(one, named=named, rev_at=gone)


def _week(record: Weekly) -> int:
    return day_of(record.time) // _WEEK
