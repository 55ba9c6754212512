"""Every active point of a table fires on a settlement that breaks it, and only there."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.knowledge.index import Judged, judge_points
from rules.knowledge.limits import RULES
from rules.knowledge.points import IN_FORCE, Point, Standing
from rules.knowledge.reading import read_table
from rules.knowledge.trials import breaking, keeping
from rules.knowledge.trying import try_points
from rules.registry import load_rules

TABLE: Final = Path(__file__).with_name("points.csv")
INACTIVE: Final = {4, 6, 9, 12, 26, 29, 37, 41, 46, 49, 50, 51, 52}
"""Rows of the table that leave doubt, or are of a class that settlements do not decide."""


def judged(points: Sequence[Point], since: date = IN_FORCE) -> Sequence[Judged]:
    return judge_points(Standing(point, since, None, 1) for point in points)


@pytest.fixture(scope="module")
def table() -> Sequence[Judged]:
    """The made-up table, read."""
    return judged(read_table(TABLE).points)


def test_points_are_active_where_their_meaning_is_certain(table: Sequence[Judged]) -> None:
    inactive = {one.standing.point.kp_id for one in table if one.reading.limit is None}

    assert inactive == {f"KP-{number:03d}" for number in INACTIVE}


def test_the_table_holds_every_sort_of_limit(table: Sequence[Judged]) -> None:
    assert {type(one.reading.limit) for one in table} == {*RULES, type(None)}


def test_every_sort_of_limit_has_a_rule() -> None:
    assert {rule.id for rule in load_rules(["knowledge"])} == set(RULES.values())


def test_active_points_fire_when_broken_and_only_then(table: Sequence[Judged]) -> None:
    trials = list(try_points(table))

    assert len(trials) == 52 - len(INACTIVE)
    assert [trial for trial in trials if not trial.fired] == []
    assert [trial for trial in trials if not trial.quiet] == []


def test_inactive_points_have_no_stories(table: Sequence[Judged]) -> None:
    for one in table:
        if one.reading.limit is None:
            assert breaking(one.standing.point) == keeping(one.standing.point) == []


def test_points_of_both_sexes_for_one_code_are_inactive() -> None:
    code, other = "XA01AZZ001A001010000001", "XA01AZZ002A001010000002"
    points = [
        Point("KP-1", "药品区分性别使用", constraint="女性", codes=(code, other)),
        Point("KP-2", "药品区分性别使用", constraint="男性", codes=(code,)),
    ]

    first, second = judged(points)

    assert first.standing.point.codes == (other,)
    assert second.reading.limit is None
    assert "other sex" in second.reading.reason.en


@settings(max_examples=40)
@given(
    st.sampled_from(
        [
            "限{low}-{high}岁患者。",
            "限{high}岁以下儿童。",
            "限未满{high}周岁儿童。",
            "限{low}岁及以上儿童。",
        ]
    ),
    st.integers(1, 6),
    st.integers(7, 17),
    st.dates(date(2024, 1, 1), date(2026, 12, 31)),
)
def test_ages_are_exact_to_the_day(text: str, low: int, high: int, since: date) -> None:
    """A birthday decides, on whatever day of whatever month it falls."""
    constraint = text.format(low=low, high=high)
    point = Point("KP", "药品限儿童使用", constraint=constraint, codes=("XA01AZZ001A001010000001",))

    (trial,) = try_points(judged([point], since))

    assert trial.fired
    assert trial.quiet
