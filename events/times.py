"""Event time: epoch seconds inside, China Standard Time for calendar days.

RFC 3339 times without an offset are +08:00, as the contract says. China has had one offset and
no daylight saving since 1991, so a fixed offset is exact for every date this system meets.
"""

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final

CST: Final = timezone(timedelta(hours=8), "CST")
DAY: Final = 86_400
HOUR: Final = 3_600
MINUTE: Final = 60
_OFFSET: Final = 8 * HOUR
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_LOCAL: Final = datetime(1970, 1, 1, 8, tzinfo=CST).replace(tzinfo=None)
_EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()


_begins: dict[tzinfo | None, datetime] = {None: _EPOCH_LOCAL}
"""The beginning of 1970 UTC by fixed offset: telling times of one offset apart is quicker."""


def epoch(moment: datetime) -> int:
    """Seconds since 1970 UTC of an aware moment, or of a naive one taken as +08:00."""
    delta = moment - (_begins.get(moment.tzinfo) or _begin(moment.tzinfo))
    return delta.days * DAY + delta.seconds


def _begin(zone: tzinfo | None) -> datetime:
    if not isinstance(zone, timezone):
        return _EPOCH
    return _begins.setdefault(zone, _EPOCH.astimezone(zone))


def moment(seconds: int) -> datetime:
    """The moment in China Standard Time."""
    return datetime.fromtimestamp(seconds, CST)


def day_of(seconds: int) -> int:
    """Calendar day in China Standard Time as days since 1970-01-01."""
    return (seconds + _OFFSET) // DAY


def day_start(day: int) -> int:
    """Epoch seconds of midnight (China Standard Time) that begins a day number."""
    return day * DAY - _OFFSET


def day_number(value: date) -> int:
    """Days since 1970-01-01 of a calendar date."""
    return value.toordinal() - _EPOCH_ORDINAL


def date_of(day: int) -> date:
    """The calendar date of a day number."""
    return date.fromordinal(day + _EPOCH_ORDINAL)


def month_of(seconds: int) -> str:
    """Calendar month in China Standard Time, `YYYY-MM`."""
    return _month(day_of(seconds))


@lru_cache(4096)
def _month(day: int) -> str:
    return date_of(day).isoformat()[:7]


@lru_cache(4096)
def year_bounds(day: int) -> tuple[int, int]:
    """First and last second (China Standard Time) of the calendar year of a day number."""
    year = date_of(day).year
    first = day_start(day_number(date(year, 1, 1)))
    return first, day_start(day_number(date(year + 1, 1, 1))) - 1


@lru_cache(4096)
def quarter_of(day: int) -> str:
    """Calendar quarter of a day number, `YYYY-Qn`."""
    told = date_of(day)
    return f"{told.year:04}-Q{(told.month + 2) // 3}"


@lru_cache(4096)
def quarter_begin(day: int) -> int:
    """Day number of the first day of a day number's calendar quarter."""
    told = date_of(day)
    return day_number(date(told.year, told.month - (told.month - 1) % 3, 1))


@lru_cache(4096)
def months_from(day: int) -> tuple[str, str, str]:
    """The month (`YYYY-MM`) of a day number and the two after it."""
    told = date_of(day)
    first = told.year * 12 + told.month - 1
    one, two, three = [f"{at // 12:04}-{at % 12 + 1:02}" for at in range(first, first + 3)]
    return one, two, three
