"""What a city's institutions know of each other in a quarter, in whatever order they are told."""

from itertools import permutations

import pytest

from rules.histories import neighbours
from rules.histories.forking import fork
from rules.histories.neighbours import Neighbours
from rules.histories.records import (
    RX_HOSPITAL,
    RX_NAMED,
    RX_OTHERWISE,
    RX_SIGNED,
    AnyRecord,
    Ledger,
    Named,
    Told,
    Weekly,
)

DAY = 86_400
BEGIN = 1_719_763_200
"""2024-07-01T00:00:00+08:00."""


def _sale(name: str, day: int, by: int, rev_at: int = 0) -> Told:
    named = Named("RX640100000001", RX_NAMED | by, "x" if by & RX_SIGNED else "")
    return Told(name, BEGIN + day * DAY, name, "P1", "640100", named, 3000, 2000, rev_at)


def _week(name: str, day: int, rev_at: int = 0, *, traced: bool = False) -> Weekly:
    time = BEGIN + day * DAY
    return Weekly(name, time, name, "P1", "640100", True, 3000, 2000, 1, traced, rev_at)


def _taken(records: tuple[AnyRecord, ...]) -> Neighbours:
    around = Neighbours("P6401|2024-Q3")
    for record in records:
        around.take(record)
    return around


def test_of_a_sale_what_was_told_at_any_time_counts() -> None:
    told = (
        _sale("a", 1, 0),
        _sale("a", 1, RX_SIGNED),
        _sale("a", 1, RX_HOSPITAL, BEGIN + 9 * DAY),
        _sale("b", 2, RX_SIGNED),
        _sale("c", 3, RX_OTHERWISE),
    )
    states = [_taken(records) for records in permutations(told)]
    assert all(state == states[0] for state in states)
    assert list(states[0].unheard) == ["b"]
    assert states[0].heard == {"P1": 1}
    assert states[0].sales["a"].named.by == RX_NAMED | RX_SIGNED | RX_HOSPITAL
    assert states[0].sales["a"].rev_at == BEGIN + 9 * DAY
    assert (states[0].first, states[0].last) == (BEGIN + DAY, BEGIN + 3 * DAY)
    assert states[0].take(told[0]) is None


def test_too_many_sales_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "TOLD_SALES", 2)
    told = (_sale("a", 1, 0), _sale("b", 2, RX_HOSPITAL), _sale("b", 2, 0), _sale("c", 3, 0))
    for records in permutations(told):
        around = _taken(records)
        assert around.full
        assert not around.sales
        assert not around.unheard
        assert around.take(told[0]) is None
    assert not _taken(told[:3]).full


def test_of_a_week_the_first_settlement_is_kept() -> None:
    told: tuple[AnyRecord, ...] = (
        _week("b", 2),
        _week("a", 1),
        _week("a", 1, BEGIN + 5 * DAY),
        _week("late", 12, traced=True),
        _week("other", 10),
        Ledger("stock P1", BEGIN, "P1"),
    )
    states = [_taken(records) for records in permutations(told)]
    assert all(state == states[0] for state in states)
    assert [week.event_id for week in states[0].weeks["P1"]] == ["a", "other"]
    assert states[0].weeks["P1"][0].rev_at == BEGIN + 5 * DAY
    assert states[0].scanners == {"P1": BEGIN + 12 * DAY}
    assert states[0].take(told[5]) is None


def test_a_copy_is_apart() -> None:
    around = _taken((_week("a", 1), _sale("a", 1, 0)))
    copy = fork(around)
    copy.take(_week("b", 9))
    copy.take(_sale("b", 2, 0))
    assert [week.event_id for week in around.weeks["P1"]] == ["a"]
    assert list(around.sales) == ["a"]
