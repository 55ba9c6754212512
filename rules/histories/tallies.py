"""Sums by day of what anomaly models remember of a place: exact, whatever the order of arrival.

Amounts are summed as integers (logarithms in ten-thousandths), because sums of floating-point
numbers depend on the order in which they are added.
"""

from bisect import insort
from collections.abc import Iterator
from math import log1p
from typing import Final, Protocol

from events.times import DAY, HOUR, day_of, day_start
from rules.histories.records import Encounter, Record

COUNT: Final = 0
LOG: Final = 1
"""Sum of ln(1 + yuan) of the fees, ten-thousandths."""
SQUARE: Final = 2
"""Sum of the squares of the same, hundred-millionths."""
FEE: Final = 3
FUND: Final = 4
ACCOUNT: Final = 5
NIGHT: Final = 6
"""Settlements from ten in the evening to six in the morning."""
RETURNED: Final = 7
"""Settlements taken back on this day, whenever they were made."""
LINES: Final = 8
INPATIENT: Final = 9
SIZE: Final = 10
SCALE: Final = 10_000


class Filed(Protocol):
    """A history that keeps encounters by person, terminal and physician."""

    people: dict[str, list[Encounter]]
    tills: dict[str, list[Encounter]]
    doctors: dict[str, list[Encounter]]
    tallies: dict[str, dict[int, list[int]]]


def log_fee(fee: int) -> int:
    """ln(1 + yuan) of an amount in fen, ten-thousandths."""
    return round(log1p(max(fee, 0) / 100) * SCALE)


def is_night(time: int) -> bool:
    """Whether a moment lies between ten in the evening and six in the morning."""
    return (time + 2 * HOUR - day_start(0)) % DAY < 8 * HOUR


def till_unit(till: str) -> str:
    """The unit under which a terminal is tallied."""
    return f"t|{till}"


def doctor_unit(doctor: str) -> str:
    """The unit under which a physician is tallied."""
    return f"d|{doctor}"


def units(one: Encounter) -> Iterator[str]:
    """The units that a settlement counts for."""
    yield ""
    if one.till:
        yield till_unit(one.till)
    if one.doctor:
        yield doctor_unit(one.doctor)


def file_in(history: Filed, one: Encounter) -> None:
    """File a new settlement by person, terminal and physician, and add it to the sums."""
    _file(history.people, one.psn_no, one)
    if one.till:
        _file(history.tills, one.till, one)
    if one.doctor:
        _file(history.doctors, one.doctor, one)
    logged = log_fee(one.fee)
    added = (
        1,
        logged,
        logged * logged,
        one.fee,
        one.fund,
        one.account,
        int(is_night(one.time)),
        0,
        one.lines,
        int(one.inpatient),
    )
    day = day_of(one.time)
    for unit in units(one):
        sums = _sums(history.tallies, unit, day)
        for at, value in enumerate(added):
            sums[at] += value


def returned(tallies: dict[str, dict[int, list[int]]], one: Encounter, sign: int) -> None:
    """Count a reversal on its day, or take the count back; nothing where there is none."""
    if one.rev_at:
        for unit in units(one):
            _sums(tallies, unit, day_of(one.rev_at))[RETURNED] += sign


def _sums(tallies: dict[str, dict[int, list[int]]], unit: str, day: int) -> list[int]:
    days = tallies.get(unit)
    if days is None:
        days = tallies[unit] = {}
    sums = days.get(day)
    if sums is None:
        sums = days[day] = [0] * SIZE
    return sums


def _order(record: Record) -> tuple[int, str]:
    return record.time, record.event_id


def _file(filed: dict[str, list[Encounter]], name: str, one: Encounter) -> None:
    known = filed.get(name)
    if known is None:
        filed[name] = [one]
    elif known[-1].time < one.time:
        known.append(one)
    else:
        insort(known, one, key=_order)
