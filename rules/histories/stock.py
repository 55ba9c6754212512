"""One drug on one shelf: what came in, what went out, and what was reported as sold."""

from collections.abc import Sequence
from typing import Final

from events.times import DAY
from rules.histories.history import NOTHING, History
from rules.histories.records import AnyRecord, Move, Record
from rules.histories.series import between

SUPPLIED_DAYS: Final = 60
"""Days after a settlement within which more of its sale may be reported."""
_PER_FEN: Final = 100
"""Ten-thousandths of a yuan in a fen; and percent in a whole."""
_UNIT: Final = 1000
_SAME_PRICE: Final = 2
"""Percent by which two prices of one unit may differ: costs are rounded to fen."""


class Stock(History, gc=False):
    """One drug in one institution's stock."""

    moves: list[Move] = NOTHING
    openings: list[Move] = NOTHING
    """Stock-takings; the first one says what was there before the ledger began."""
    net: int = 0
    """Sum of all moves not taken back, thousandths, stock-takings apart."""
    supplied: bool = False
    """Whether the institution has ever reported this drug coming in."""
    sold: list[Move] = NOTHING
    """Sales and returns reported for settlements."""
    short: list[Move] = NOTHING
    """What was settled and of which less was reported as sold, at the same price a unit."""
    gone: int = 0
    """Sum of all moves that were taken back, thousandths: they had counted until then."""

    def take(self, record: AnyRecord) -> Sequence[Record] | None:
        """Take up a movement; nothing to look at before anything is known to have come in."""
        if not isinstance(record, Move):
            raise TypeError(f"stock does not keep {type(record).__name__}")
        if record.via == "opening":
            counted = self.put("openings", record)
            self.supplied = True
            return (counted,) if counted is not None else None
        if record.via == "sold":
            return self._take_sold(record)
        known = [
            move
            for move in (between(self.moves, record.time, record.time) if record.rev_at else ())
            if move.event_id == record.event_id
        ]
        kept = self.put("moves", record)
        if kept is None:
            return None
        if not kept.rev_at:
            self.net += kept.quantity
        elif not known:
            self.gone += kept.quantity
        elif not known[0].rev_at:
            self.net -= kept.quantity
            self.gone += kept.quantity
        self.supplied = self.supplied or kept.quantity > 0
        if self.sold and kept.via == "settled":
            self._compare(kept)
        return (kept,) if self.supplied or self.short else ()

    def _take_sold(self, record: Move) -> Sequence[Record] | None:
        kept = self.put("sold", record)
        if kept is None:
            return None
        reach = SUPPLIED_DAYS * DAY
        for move in reversed(between(self.moves, kept.time - reach, kept.time + reach)):
            if move.via == "settled" and kept.setl_id in (move.setl_id, move.event_id):
                self._compare(move)
                break
        return (kept,)

    def _compare(self, settled: Move) -> None:
        """Note down whether less was reported as sold for a settlement than it charged."""
        reach = SUPPLIED_DAYS * DAY
        names = (settled.setl_id, settled.event_id)
        near = between(self.sold, settled.time - reach, settled.time + reach)
        reports = [report for report in near if report.setl_id in names]
        if any(known.event_id == settled.event_id for known in self.short):
            self.short = [known for known in self.short if known.event_id != settled.event_id]
        if is_part(settled, reports):
            self.put("short", settled)


def is_part(settled: Move, reports: Sequence[Move]) -> bool:
    """Whether these reports are of fewer units than were settled, and of no other unit.

    What came back says nothing: it may be an exchange, or a refund in parts.
    """
    sold = sum([report.quantity for report in reports])
    if not 0 < sold < -settled.quantity or any(report.quantity < 0 for report in reports):
        return False
    price = settled.amount * _PER_FEN * _UNIT // -settled.quantity
    return all(abs(report.amount - price) * _PER_FEN <= _SAME_PRICE * price for report in reports)
