"""What the rules on account income share: whose month a credit is for, and what corrects it.

An area takes a wrong credit back with a negative one for the same month, or adds what was missing
with another; a credit is judged by itself and by what all of its month come to.
"""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Final, Protocol

from events.times import day_number, day_of, day_start, month_of
from rules.histories.keyed import Account
from rules.histories.records import Credit

EMPLOYEE: Final = "employee"
FLEXIBLE: Final = "flexible"
RETIREE: Final = "retiree"
TRANSFER: Final = "transfer_in"
_RETIRED: Final = "12"
_MONTH_DIGITS: Final = 6
_YEAR: Final = 12


class Booking(Protocol):
    """Money booked on an account, or taken back from it again."""

    @property
    def event_id(self) -> str:
        """The event that booked it."""
        ...

    @property
    def amount(self) -> int:
        """Fen; negative where it takes back."""
        ...


def taken_back(bookings: Sequence[Booking]) -> dict[str, int]:
    """What negative bookings took back of each positive one, fen by event id.

    In order of time; each takes back the latest before it first, and nothing twice.
    """
    left: list[tuple[str, int]] = []
    back: dict[str, int] = {}
    for booking in bookings:
        if booking.amount > 0:
            left.append((booking.event_id, booking.amount))
        owed = -booking.amount
        while owed > 0 and left:
            event_id, amount = left.pop()
            taken = min(owed, amount)
            back[event_id] = back.get(event_id, 0) + taken
            if amount > taken:
                left.append((event_id, amount - taken))
            owed -= taken
    return back


def kind_of(credit: Credit) -> str:
    """The sort of income; where none was sent, by whether the person is retired."""
    if credit.kind:
        return credit.kind
    if not credit.person_type:
        return ""
    return RETIREE if credit.person_type[:2] == _RETIRED else EMPLOYEE


def month_for(credit: Credit) -> str:
    """The month (`YYYYMM`) that a credit is for; empty where none was sent."""
    return _month(credit.month)


@lru_cache(4096)
def _month(text: str) -> str:
    digits = text.replace("-", "").replace("/", "")[:_MONTH_DIGITS]
    return digits if len(digits) == _MONTH_DIGITS and digits.isdigit() else ""


@lru_cache(4096)
def month_start(month: str) -> int:
    """Epoch seconds of the beginning of a month `YYYYMM`; 0 where there is no such month."""
    year, number = int(month[:4]), int(month[4:])
    if not (1 <= number <= 12 and year):
        return 0
    return day_start(day_number(date(year, number, 1)))


def months_between(earlier: str, later: str) -> int:
    """How many months a month `YYYYMM` lies after another; negative where it lies before."""
    return (int(later[:4]) - int(earlier[:4])) * _YEAR + int(later[4:]) - int(earlier[4:])


def law_time(credit: Credit) -> int:
    """The time whose law a credit follows: its month, so that arrears keep their old law."""
    month = month_for(credit)
    return (month_start(month) if month else 0) or credit.time


def period_of(credit: Credit) -> str:
    """What makes two credits credits for the same: the month, or the day where none was sent."""
    return month_for(credit) or f"day {day_of(credit.time)}"


def month_name(time: int) -> str:
    """The month `YYYYMM` of a time (epoch seconds)."""
    return month_of(time).replace("-", "")


def year_of(credit: Credit) -> str:
    """The year that a credit is for."""
    return (month_for(credit) or month_of(credit.time))[:4]


def order(credit: Credit) -> tuple[int, str]:
    """Where a credit stands in the history."""
    return credit.time, credit.event_id


def alike(account: Account, credit: Credit) -> Sequence[Credit]:
    """All credits of the same sort for the same month, in order, the given one among them."""
    if len(account.credits) == 1:
        return account.credits
    kind, month = kind_of(credit), month_for(credit)
    if month:
        return [
            other
            for other in account.credits
            if _month(other.month) == month and kind_of(other) == kind
        ]
    period = period_of(credit)
    return [
        other for other in account.credits if period_of(other) == period and kind_of(other) == kind
    ]
