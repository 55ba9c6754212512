"""Statutory periods and the calendar they are counted in."""

import csv
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from msgspec import Struct

from rules.strict_yaml import DataFileError, read_mapping

Unit = Literal["working_days", "days"]

LEAD_CHECK: Final = "lead_check"
INVESTIGATION: Final = "investigation"
_FILE: Final = Path(__file__).with_suffix(".yaml")
_SATURDAY: Final = 5


class Period(Struct, frozen=True):
    """A period of the procedure; `extensions` are the lengths by which it may be extended."""

    code: str
    zh: str
    en: str
    length: int
    unit: Unit
    extensions: tuple[int, ...]


class Calendar(Struct, frozen=True):
    """Days off and days worked instead; where none are known only weekends are off."""

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()

    def works(self, day: date) -> bool:
        """Whether a day is a working day."""
        if day in self.workdays:
            return True
        return day.weekday() < _SATURDAY and day not in self.holidays

    def knows(self, day: date) -> bool:
        """Whether the holidays of a day's year are known."""
        return any(off.year == day.year for off in self.holidays)


WEEKENDS: Final = Calendar()


@cache
def periods() -> Mapping[str, Period]:
    """All periods by code."""
    return {code: _period(code, raw) for code, raw in read_mapping(_FILE).items()}


def read_calendar(folder: Path | None) -> Calendar:
    """The calendar of a reference folder's `holidays.csv`; `kind` may be holiday or workday.

    Raises DataFileError naming file, line and what was found.
    """
    file = None if folder is None else folder / "holidays.csv"
    if file is None or not file.is_file():
        return WEEKENDS
    holidays: set[date] = set()
    workdays: set[date] = set()
    with file.open(encoding="utf-8-sig", newline="") as rows:
        for line, row in enumerate(csv.DictReader(rows), 2):
            try:
                day = date.fromisoformat((row.get("date") or "").strip())
            except ValueError:
                raise DataFileError(
                    f"{file}:{line}: found the date {row.get('date')!r}, expected YYYY-MM-DD"
                ) from None
            (workdays if row.get("kind") == "workday" else holidays).add(day)
    return Calendar(frozenset(holidays), frozenset(workdays))


def due(period: Period, started: date, calendar: Calendar, extensions: int = 0) -> date:
    """The last day of a period that started on a day, which is not counted itself.

    `extensions` says how often it was extended. A period of days that ends on a day off ends with
    the next working day.
    """
    length = period.length + sum(period.extensions[:extensions])
    if period.unit == "days":
        last = started + timedelta(days=length)
        while not calendar.works(last):
            last += timedelta(days=1)
        return last
    last = started
    while length:
        last += timedelta(days=1)
        length -= calendar.works(last)
    return last


def working_days_left(today: date, last: date, calendar: Calendar) -> int:
    """Working days from tomorrow until the last day; negative where it has passed."""
    step = 1 if last >= today else -1
    left, day = 0, today
    while day != last:
        day += timedelta(days=step)
        left += step * calendar.works(day if step > 0 else day + timedelta(days=1))
    return left


def _period(code: str, raw: Any) -> Period:
    try:
        return Period(
            code,
            str(raw["zh"]),
            str(raw["en"]),
            int(raw["length"]),
            raw["unit"],
            tuple(int(length) for length in raw["extensions"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DataFileError(f"{_FILE}: {code}: {error!r}") from None
