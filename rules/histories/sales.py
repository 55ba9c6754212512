"""A pharmacy's month of sales: what it settled, and what its stock system reported of it."""

from collections.abc import Sequence
from typing import Final

from events.times import day_of, day_start
from rules.histories.history import NOTHING, UNWRITTEN, History
from rules.histories.records import AnyRecord, Dispensed, Goods, Record

GOODS_DAYS: Final = 5
"""Days after a settlement within which its sale may be reported: closed for four days."""
NIGHT: Final = 1
"""Days after a settlement that nobody asks for its sale: many are reported in the night after."""


class Sales(History, gc=False):
    """One pharmacy's month: its settlements of drugs, and the sales its stock system reported.

    Of the reports it keeps what they say together: which settlement was sold when, on which days
    sales were reported, and what was sold for no settlement.
    """

    dispensed: list[Dispensed] = NOTHING
    waiting: dict[str, Dispensed] = UNWRITTEN
    """Settlements without a sale, by settlement id and by event id: a report may name either."""
    sold: dict[str, int] = UNWRITTEN
    """When the first sale for a settlement was reported, by what the report names."""
    counts: dict[int, list[int]] = UNWRITTEN
    """By day number: settlements of drugs, and how many of them have a sale."""
    days: dict[int, int] = UNWRITTEN
    """When the first sale of a day was reported, by day number, whatever for."""
    last: int = 0
    """The last of these days."""
    linked: int = 0
    """The last day on which a sale was reported for a settlement."""
    loose: dict[str, list[int]] = UNWRITTEN
    """Days on which a drug was sold for no settlement, by code."""

    def take(self, record: AnyRecord) -> Sequence[Record] | None:
        """Take up a record; there is nothing to look at before sales of later days are reported."""
        if self.counts is UNWRITTEN:
            self.waiting, self.sold, self.counts = {}, {}, {}
            self.days, self.loose = {}, {}
        if isinstance(record, Goods):
            return self._take_goods(record)
        if not isinstance(record, Dispensed):
            raise TypeError(f"sales do not keep {type(record).__name__}")
        kept = self.put("dispensed", record)
        if kept is None:
            return None
        day = day_of(kept.time)
        if kept is record:
            count = self.counts.setdefault(day, [0, 0])
            count[0] += 1
            too_late = day_start(day + GOODS_DAYS + 1)
            if any(self.sold.get(name, too_late) < too_late for name in _named(kept)):
                count[1] += 1
            else:
                self.waiting.update(dict.fromkeys(_named(kept), kept))
        elif kept.event_id in self.waiting:
            self.waiting.update(dict.fromkeys(_named(kept), kept))
        return (kept,) if day < self.last - NIGHT else ()

    def _take_goods(self, goods: Goods) -> Sequence[Record] | None:
        day, name = day_of(goods.time), goods.setl_id
        look = day not in self.days
        new = goods.time < self.days.get(day, goods.time + 1)
        if new:
            self.days[day] = goods.time
            self.last = max(self.last, day)
        if not name:
            days = self.loose.setdefault(goods.code, [])
            if day not in days:
                days.append(day)
                new = True
        else:
            if day > self.linked:
                self.linked = day
                new = look = True
            if goods.time < self.sold.get(name, goods.time + 1):
                self.sold[name] = goods.time
                new, look = True, self._link(name, day) or look
        if not new:
            return None
        return (goods,) if look or day < self.last else ()

    def _link(self, name: str, day: int) -> bool:
        """A sale reported on a day; whether its settlement could be missed by then."""
        found = self.waiting.get(name)
        if found is None or day > (bought := day_of(found.time)) + GOODS_DAYS:
            return False
        for known in _named(found):
            self.waiting.pop(known, None)
        self.counts[bought][1] += 1
        return bought < self.last - NIGHT


def _named(settled: Dispensed) -> Sequence[str]:
    """What a report may call a settlement."""
    return (settled.setl_id, settled.event_id) if settled.setl_id else (settled.event_id,)
