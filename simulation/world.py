"""What all families share while the stream is generated."""

from datetime import datetime
from typing import Final

from msgspec import Struct, field

from events.times import DAY, day_of, moment
from simulation.geography import Geography
from simulation.institutions import Directory
from simulation.stock import Stock
from simulation.stream import Stream
from simulation.terms import TERMS, Terms

_OFFSET: Final = 8 * 3600
_LETTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_PAIR: Final = tuple(one + two for one in _LETTERS for two in _LETTERS)
_PAIRS: Final = len(_PAIR)


class World(Struct, kw_only=True):
    """The shared things; days are day numbers, `last_day` is the last day with events."""

    geo: Geography
    book: Directory
    stock: Stock
    stream: Stream
    first_day: int
    last_day: int
    serial: int = 0
    days: dict[int, str] = field(default_factory=dict)

    @property
    def terms(self) -> Terms:
        """What the pooling area pays."""
        return TERMS[self.geo.home.region]

    @property
    def area(self) -> str:
        """The pooling area's code."""
        return self.geo.home.admdvs

    def number(self) -> int:
        """The next running number."""
        self.serial += 1
        return self.serial

    def date(self, day: int) -> str:
        """A day as `YYYY-MM-DD`."""
        text = self.days.get(day)
        if text is None:
            text = self.days[day] = day_text(day)
        return text

    def stamp(self, seconds: int) -> str:
        """A moment as RFC 3339 with +08:00."""
        rest = (seconds + _OFFSET) % DAY
        minutes, second = divmod(rest, 60)
        hour, minute = divmod(minutes, 60)
        return f"{self.date(day_of(seconds))}T{hour:02d}:{minute:02d}:{second:02d}+08:00"

    def event_id(self, sender: str, seconds: int) -> str:
        """A message id as the interface builds it: sender, `yyyyMMddHHmmss`, four characters."""
        self.serial += 1
        rest = (seconds + _OFFSET) % DAY
        hour, minute, second = rest // 3600, rest // 60 % 60, rest % 60
        day = self.date(day_of(seconds)).replace("-", "")
        high, low = divmod(self.serial, _PAIRS)
        tail = _PAIR[high % _PAIRS] + _PAIR[low]
        return f"{sender}{day}{hour:02d}{minute:02d}{second:02d}{tail}"


def day_text(day: int) -> str:
    """A day number as `YYYY-MM-DD`."""
    return at_noon(day).date().isoformat()


def at_noon(day: int) -> datetime:
    """Noon of a day in China Standard Time."""
    return moment(day * DAY + 4 * 3600)
