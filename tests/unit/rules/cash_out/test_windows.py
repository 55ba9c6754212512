"""Months as matters, and whose money a settlement took."""

from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from events.times import CST, DAY, epoch, month_of
from rules.cash_out.windows import account_money, at_retail, month_bounds, months_from
from rules.context import Context
from rules.histories.records import Swipe
from tests.unit.rules.cash_out.stories import world

_SWIPE = Swipe(
    event_id="e1",
    time=0,
    setl_id="e1",
    psn_no="PERSON-1",
    inst="P64010000001",
    dev="",
    opter="",
    area="640100",
    insured_area="640100",
    scheme="pharmacy",
    credential_type="01",
    owner="",
    agent=False,
    fee=10000,
    fund=0,
    account=6000,
    shared=0,
    cash=4000,
    balance=None,
    goods=True,
)


def _at(text: str) -> int:
    return epoch(datetime.fromisoformat(text).replace(tzinfo=CST))


def test_a_month_is_from_midnight_to_midnight_in_china() -> None:
    assert month_bounds("2024-02") == (_at("2024-02-01T00:00:00"), _at("2024-02-29T23:59:59"))
    assert month_bounds("2023-12") == (_at("2023-12-01T00:00:00"), _at("2023-12-31T23:59:59"))


def test_months_of_a_window_over_the_turn_of_the_year() -> None:
    assert list(months_from(_at("2023-12-31T23:00:00"), 40 * DAY)) == [
        "2023-12",
        "2024-01",
        "2024-02",
    ]
    assert list(months_from(_at("2024-03-01T00:00:00"), DAY)) == ["2024-03"]


@given(st.integers(1_600_000_000, 1_900_000_000), st.integers(0, 400 * DAY))
def test_months_from_leaves_no_gap(time: int, window: int) -> None:
    months = list(months_from(time, window))
    assert months[0] == month_of(time)
    assert months[-1] == month_of(time + window)
    for month, following in pairwise(months):
        assert month_bounds(month)[1] + 1 == month_bounds(following)[0]


@pytest.mark.parametrize(
    ("owner", "account", "shared", "taken"),
    [
        ("", 6000, 0, 6000),
        ("OWNER", 6000, 0, 6000),
        ("OWNER", 6000, 2000, 2000),
        ("", 6000, 2000, 4000),
        ("", 6000, 6000, 0),
        ("", 0, 6000, 0),
    ],
)
def test_what_a_settlement_took_from_the_account_it_is_kept_with(
    owner: str, account: int, shared: int, taken: int
) -> None:
    swipe = structs.replace(_SWIPE, owner=owner, account=account, shared=shared)
    assert account_money(swipe) == taken


def test_retail_by_reference_data_or_else_by_the_code() -> None:
    context = Context(world())
    assert at_retail(context, "P64010000001")
    assert not at_retail(context, "H64010000001")
    assert at_retail(context, "P99999999999")
    assert not at_retail(context, "H99999999999")
