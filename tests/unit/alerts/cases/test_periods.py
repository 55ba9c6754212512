"""Statutory periods, counted over weekends, holidays and days worked instead."""

from datetime import date
from pathlib import Path

import pytest

from alerts.cases.causes import causes, dismissals
from alerts.cases.periods import (
    WEEKENDS,
    Calendar,
    due,
    periods,
    read_calendar,
    working_days_left,
)
from rules.strict_yaml import DataFileError

# The National Day of 2026: off from 1 to 7 October, worked on Saturday 10 October.
OCTOBER = Calendar(
    frozenset(date(2026, 10, day) for day in range(1, 8)), frozenset({date(2026, 10, 10)})
)


@pytest.mark.parametrize(
    ("period", "started", "extensions", "calendar", "last"),
    [
        # Fifteen working days from a Wednesday are three weeks.
        ("lead_check", "2026-02-25", 0, WEEKENDS, "2026-03-18"),
        ("lead_check", "2026-02-25", 1, WEEKENDS, "2026-04-08"),
        # From a Friday, Saturday or Sunday the first day is the Monday.
        ("service", "2026-02-27", 0, WEEKENDS, "2026-03-10"),
        ("service", "2026-02-28", 0, WEEKENDS, "2026-03-10"),
        # Seven days off, one worked instead.
        ("service", "2026-09-30", 0, OCTOBER, "2026-10-15"),
        ("service", "2026-09-30", 0, WEEKENDS, "2026-10-09"),
        # Ninety days end on a Tuesday; thirty end on a Saturday and go on to the Monday.
        ("investigation", "2026-02-25", 0, WEEKENDS, "2026-05-26"),
        ("investigation", "2026-02-25", 2, WEEKENDS, "2026-08-24"),
        ("sealing", "2026-01-29", 0, WEEKENDS, "2026-03-02"),
    ],
)
def test_when_a_period_ends(
    period: str, started: str, extensions: int, calendar: Calendar, last: str
) -> None:
    begun = date.fromisoformat(started)
    assert due(periods()[period], begun, calendar, extensions).isoformat() == last


def test_working_days_left() -> None:
    friday = date(2026, 2, 27)
    assert working_days_left(friday, friday, WEEKENDS) == 0
    assert working_days_left(friday, date(2026, 3, 2), WEEKENDS) == 1
    assert working_days_left(date(2026, 3, 2), friday, WEEKENDS) == -1


def test_the_calendar_of_a_reference_folder(tmp_path: Path) -> None:
    assert read_calendar(None) == WEEKENDS
    assert read_calendar(tmp_path) == WEEKENDS
    file = tmp_path / "holidays.csv"
    file.write_text("date,name,kind\n2026-10-01,国庆节,\n2026-10-10,调休,workday\n", "utf-8")
    known = read_calendar(tmp_path)
    assert not known.works(date(2026, 10, 1))
    assert known.works(date(2026, 10, 10))
    assert known.knows(date(2026, 5, 1))
    assert not known.knows(date(2027, 5, 1))
    file.write_text("date,name\n1.10.2026,x\n", "utf-8")
    with pytest.raises(DataFileError, match=r"holidays.csv:2: found the date '1.10.2026'"):
        read_calendar(tmp_path)


def test_the_list_of_causes_is_whole() -> None:
    assert len(causes()) == 35
    assert all(cause.zh and cause.en and cause.article for cause in causes().values())
    assert causes().keys().isdisjoint(dismissals())
