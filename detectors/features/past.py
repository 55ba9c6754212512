"""The past of a person at one settlement: what all features of the person's stage start from."""

from bisect import bisect_left
from collections.abc import Sequence
from math import log1p
from statistics import median
from typing import Final

from msgspec import Struct

from events.times import DAY
from rules.histories.person import Person
from rules.histories.records import Refund, Visit

RECENT: Final = 60
"""Most earlier visits that stand for the person's habits."""
LOOK_BACK: Final = 365 * DAY
"""How far back they reach: less than a person's history is kept."""
WINDOW: Final = 90 * DAY


class Past(Struct, gc=False):
    """What a person did before a settlement."""

    visit: Visit
    visits: Sequence[Visit]
    """Up to `RECENT` earlier visits, oldest first."""
    window: Sequence[Visit]
    """Visits of the `WINDOW` before, oldest first."""
    refunds: Sequence[Refund]
    """Reversals of the window before."""
    fees: list[float]
    """Fees of `visits` in yuan."""
    logs: list[float]
    """ln(1 + yuan) of the same."""
    middle: float
    """Median of `fees`, the settlement's own fee where there are none."""


def _order(record: Visit | Refund) -> tuple[int, str]:
    return record.time, record.event_id


def _time(record: Visit | Refund) -> int:
    return record.time


def yuan(fee: int) -> float:
    """An amount in fen as yuan, never negative."""
    return max(fee, 0) / 100


def past_of(person: Person, visit: Visit) -> Past:
    """Everything strictly before a visit in the person's history."""
    known = person.visits
    here = bisect_left(known, (visit.time, visit.event_id), key=_order)
    since = visit.time - WINDOW
    begin = bisect_left(known, since, 0, here, key=_time)
    oldest = bisect_left(known, visit.time - LOOK_BACK, 0, here, key=_time)
    recent = known[max(oldest, here - RECENT) : here]
    refunds: Sequence[Refund] = ()
    if person.refunds:
        last = bisect_left(person.refunds, (visit.time, visit.event_id), key=_order)
        first = bisect_left(person.refunds, since, 0, last, key=_time)
        refunds = person.refunds[first:last]
    fees = [yuan(one.fee) for one in recent]
    middle = median(fees) if fees else yuan(visit.fee)
    return Past(
        visit, recent, known[begin:here], refunds, fees, [log1p(fee) for fee in fees], middle
    )
