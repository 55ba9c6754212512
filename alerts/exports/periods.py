"""Periods of exports: a day, an ISO week, a month, a quarter, half a year; China Standard Time."""

import re
from datetime import date, timedelta
from typing import Final, Literal

from msgspec import Struct

from events.times import day_number, day_start, moment

Kind = Literal["day", "week", "month", "quarter", "half"]

FORMS: Final = "2026-03-14, 2026-W11, 2026-03, 2026-Q1 or 2026-H1"
_DAY: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_WEEK: Final = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)
_MONTH: Final = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_QUARTER: Final = re.compile(r"(\d{4})-Q([1-4])", re.ASCII)
_HALF: Final = re.compile(r"(\d{4})-H([12])", re.ASCII)


class PeriodError(ValueError):
    """A text that names no period; says what was found and the forms there are."""


class Period(Struct, frozen=True):
    """A span of whole days; `last` is the last day. `name` is how it is written."""

    name: str
    kind: Kind
    first: date
    last: date

    @property
    def since(self) -> int:
        """Its beginning, epoch seconds."""
        return day_start(day_number(self.first))

    @property
    def until(self) -> int:
        """The moment after its end, epoch seconds."""
        return day_start(day_number(self.last) + 1)


def period_of(text: str) -> Period:
    """The period that a text names. Raises PeriodError."""
    try:
        found = _read(text)
    except ValueError:
        found = None
    if found is None or not 1990 <= found.first.year <= 2100:
        raise PeriodError(f"found the period {text!r}, expected one like {FORMS}")
    return found


def _read(text: str) -> Period | None:
    if match := _DAY.fullmatch(text):
        day = date(*map(int, match.groups()))
        return Period(text, "day", day, day)
    if match := _WEEK.fullmatch(text):
        monday = date.fromisocalendar(int(match[1]), int(match[2]), 1)
        return Period(text, "week", monday, monday + timedelta(days=6))
    if match := _MONTH.fullmatch(text):
        return _months(text, "month", int(match[1]), int(match[2]), 1)
    if match := _QUARTER.fullmatch(text):
        return _months(text, "quarter", int(match[1]), 3 * int(match[2]) - 2, 3)
    if match := _HALF.fullmatch(text):
        return _months(text, "half", int(match[1]), 6 * int(match[2]) - 5, 6)
    return None


def _months(text: str, kind: Kind, year: int, month: int, number: int) -> Period:
    first = date(year, month, 1)
    return Period(text, kind, first, month_after(first, number) - timedelta(days=1))


def month_after(first: date, number: int) -> date:
    """The first day of the month so many months after (before, if negative) that of a day."""
    count = first.year * 12 + first.month - 1 + number
    return date(count // 12, count % 12 + 1, 1)


def months_of(first: date, last: date) -> tuple[str, ...]:
    """The months that a span of days touches, `YYYY-MM`."""
    month, found = first.replace(day=1), []
    while month <= last:
        found.append(month.isoformat()[:7])
        month = month_after(month, 1)
    return tuple(found)


def ended(kind: Kind, now: int) -> Period:
    """The last period of a kind that is over at a moment (epoch seconds)."""
    return holding(kind, holding(kind, moment(now).date()).first - timedelta(days=1))


def holding(kind: Kind, day: date) -> Period:
    """The period of a kind that a day lies in."""
    match kind:
        case "day":
            return period_of(day.isoformat())
        case "week":
            year, week, _ = day.isocalendar()
            return period_of(f"{year}-W{week:02d}")
        case "month":
            return period_of(f"{day.year}-{day.month:02d}")
        case "quarter":
            return period_of(f"{day.year}-Q{(day.month + 2) // 3}")
        case "half":
            return period_of(f"{day.year}-H{(day.month + 5) // 6}")
