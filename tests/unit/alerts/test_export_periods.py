"""Periods are whole days of China Standard Time; weeks are ISO's."""

from datetime import date

import pytest

from alerts.exports.periods import Period, PeriodError, ended, holding, months_of, period_of
from events.times import epoch, moment

SPANS = {
    "2026-03-14": ("day", date(2026, 3, 14), date(2026, 3, 14)),
    "2026-W01": ("week", date(2025, 12, 29), date(2026, 1, 4)),
    "2026-W11": ("week", date(2026, 3, 9), date(2026, 3, 15)),
    "2020-W53": ("week", date(2020, 12, 28), date(2021, 1, 3)),
    "2026-03": ("month", date(2026, 3, 1), date(2026, 3, 31)),
    "2024-02": ("month", date(2024, 2, 1), date(2024, 2, 29)),
    "2026-Q1": ("quarter", date(2026, 1, 1), date(2026, 3, 31)),
    "2026-Q4": ("quarter", date(2026, 10, 1), date(2026, 12, 31)),
    "2026-H1": ("half", date(2026, 1, 1), date(2026, 6, 30)),
    "2026-H2": ("half", date(2026, 7, 1), date(2026, 12, 31)),
}


@pytest.mark.parametrize(("text", "span"), SPANS.items())
def test_a_period_is_read(text: str, span: tuple[str, date, date]) -> None:
    period = period_of(text)

    assert (period.name, period.kind, period.first, period.last) == (text, *span)
    assert holding(period.kind, period.last) == period


def test_its_bounds_are_midnights_in_china() -> None:
    period = period_of("2026-03")

    assert moment(period.since).isoformat() == "2026-03-01T00:00:00+08:00"
    assert moment(period.until).isoformat() == "2026-04-01T00:00:00+08:00"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026",
        "2026-13",
        "2026-02-30",
        "2026-W54",
        "2025-W53",
        "2026-Q5",
        "2026-H3",
        "26-03",
        "2026-3",
        "2026-03-14 ",
        "0001-01",
        "２０２６-03",
    ],
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(PeriodError, match="expected one like"):
        period_of(text)


def test_the_last_period_that_is_over() -> None:
    now = epoch(moment(0).replace(year=2026, month=4, day=1, hour=6))

    assert ended("day", now) == period_of("2026-03-31")
    assert ended("week", now) == period_of("2026-W13")
    assert ended("month", now) == period_of("2026-03")
    assert ended("quarter", now) == period_of("2026-Q1")
    assert ended("half", now) == period_of("2025-H2")


def test_the_months_of_a_span() -> None:
    assert months_of(date(2025, 12, 29), date(2026, 2, 1)) == ("2025-12", "2026-01", "2026-02")
    assert isinstance(period_of("2026-03"), Period)
