"""When a supply comes too early: days left, days forgiven, one supply of one day and place."""

import pytest
from msgspec import structs

from events.kinds import Settlement
from events.times import DAY
from rules.histories.intake import home
from rules.histories.records import Visit
from rules.usage.supply import Purchase, purchases, supplied, too_early
from tests.unit.rules.institution.stories import told

_LINE = {"med_list_codg": "XC08CAA001A001010100001", "cnt": "1", "prd_days": "30"}


def _visit(**fields: object) -> Visit:
    record = {
        "event_type": "settlement",
        "event_time": "2024-03-01T10:00:00",
        "fixmedins_code": "H64010000001",
        "medfee_sumamt": "60.00",
        "med_type": "11",
        "feedetail": [_LINE],
        **fields,
    }
    event = told([record])[0]
    assert isinstance(event, Settlement)
    visit = home(event)[0].record
    assert isinstance(visit, Visit)
    return visit


_VISIT = _visit()


def _run(*supplies: tuple[int, int, str]) -> list[Purchase]:
    return [
        Purchase(f"s{at}", day * DAY, 0, inst, days, 100, _VISIT)
        for at, (day, days, inst) in enumerate(supplies)
    ]


def _stacked(*supplies: tuple[int, int, str]) -> list[str]:
    chain = too_early(_run(*supplies), forgiven=7, advance=10)
    return [purchase.event_id for purchase in chain]


@pytest.mark.parametrize(
    ("supplies", "expected"),
    [
        ([(0, 30, "A"), (20, 30, "A")], []),
        ([(0, 30, "A"), (19, 30, "A")], ["s0", "s1"]),
        ([(0, 30, "A"), (25, 30, "A"), (50, 30, "A"), (75, 30, "A")], []),
        ([(0, 10, "A"), (2, 10, "B"), (4, 10, "C")], ["s0", "s1", "s2"]),
        ([(0, 30, "A"), (0, 30, "A")], []),
        ([(0, 30, "A"), (0, 30, "B")], ["s0", "s1"]),
        ([(0, 30, "A"), (60, 30, "A"), (62, 30, "B")], ["s1", "s2"]),
        ([(0, 30, "A")], []),
        ([], []),
    ],
)
def test_what_is_stacked(supplies: list[tuple[int, int, str]], expected: list[str]) -> None:
    assert _stacked(*supplies) == expected


@pytest.mark.parametrize(
    ("supplies", "expected"),
    [
        ([(0, 28, "A"), (4, 28, "B")], ["s1"]),
        ([(0, 28, "A"), (4, 28, "B"), (28, 28, "A")], []),
        ([(0, 28, "A"), (4, 28, "B"), (28, 28, "A"), (56, 28, "A")], []),
        ([(0, 28, "A"), (4, 28, "B"), (28, 28, "A"), (32, 28, "B")], ["s3"]),
        ([(0, 28, "A"), (20, 28, "B"), (28, 28, "A")], ["s1"]),
        ([(0, 28, "A"), (20, 28, "B"), (28, 28, "A"), (56, 28, "A")], []),
        ([(0, 28, "A"), (4, 28, "A"), (28, 28, "A")], []),
        ([(0, 28, "A"), (4, 28, "B"), (4, 28, "B")], ["s1", "s2"]),
    ],
)
def test_only_what_is_too_many_is_told(
    supplies: list[tuple[int, int, str]], expected: list[str]
) -> None:
    chain = too_early(_run(*supplies), forgiven=7, advance=10)
    assert [purchase.event_id for purchase in chain if purchase.beyond] == expected


def test_strengths_of_one_drug_count_once() -> None:
    strong = {**_LINE, "med_list_codg": "XC08CAA001A002020100002", "prd_days": "28"}
    visit = _visit(feedetail=[_LINE, strong])
    drug = supplied(visit, 5)
    assert drug == {"XC08CAA001"}
    assert [purchase.days for purchase in purchases([visit], "XC08CAA001", 5)] == [30]


def test_what_customers_choose_is_no_supply() -> None:
    chosen = _visit(fixmedins_code="P64010000001", med_type="41", acct_pay="60.00")
    prescribed = structs.replace(chosen, fund=1000)
    assert supplied(chosen, 5) == set()
    assert supplied(prescribed, 5) == {"XC08CAA001"}
