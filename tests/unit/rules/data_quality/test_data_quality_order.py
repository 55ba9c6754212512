"""Defects of data: found when read, told alike in every order, without identity numbers."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.codec import decode_object
from events.identifiers import identity_check_digit
from events.kinds import Event
from events.times import CST
from rules.context import Context
from rules.histories.institution_month import DEFECTS, InstitutionMonth
from rules.histories.intake import home
from rules.histories.records import Defect
from rules.registry import load_rules
from rules.rule import Rule
from streams.cases import tell

RULES = load_rules(["data_quality"])
CONTEXT = Context()
_FIRST17 = "64010419900307201"
_RIGHT = _FIRST17 + identity_check_digit(_FIRST17)
_WRONG = _FIRST17 + ("1" if _RIGHT[-1] != "1" else "2")
_START = datetime(2024, 3, 30, 9, tzinfo=CST)
_LINE = {"med_list_codg": "001102000010000", "det_item_fee_sumamt": "100.00"}
_FAULTS: list[dict[str, Any]] = [
    {},
    {"certno": _WRONG},
    {"brdy": "1991-03-07"},
    {"gend": "2"},
    {"certno": ""},
    {"feedetail": [{**_LINE, "med_list_codg": "N1"}]},
    {"feedetail": [{**_LINE, "det_item_fee_sumamt": "90.00"}]},
    {"feedetail": [{**_LINE, "fee_ocur_time": "2024-03-20T10:00:00"}]},
    {"fund_pay_sumamt": "70.00"},
    {"med_type": "", "insutype": ""},
    {"inscp_scp_amt": "120.00"},
]


def _settlement(at: int, day: int = 0, **fields: Any) -> Event:
    return decode_object(
        {
            "event_type": "settlement",
            "event_id": f"e{at:04}",
            "event_time": (_START + timedelta(days=day, seconds=at)).isoformat(),
            "psn_no": "A",
            "insuplc_admdvs": "640100",
            "fixmedins_code": "P64010000001",
            "setl_id": f"S{at}",
            "med_type": "41",
            "insutype": "310",
            "mdtrt_cert_type": "01",
            "psn_cert_type": "01",
            "certno": _RIGHT,
            "brdy": "1990-03-07",
            "gend": "1",
            "medfee_sumamt": "100.00",
            "fund_pay_sumamt": "60.00",
            "psn_part_amt": "40.00",
            "psn_cash_pay": "40.00",
            "feedetail": [_LINE],
            **fields,
        }
    ).event


def test_a_clean_settlement_leaves_no_defect() -> None:
    """It has one fact, for the person."""
    assert [fact.kind for fact in home(_settlement(1))] == ["person"]


@pytest.mark.parametrize("fault", _FAULTS[1:])
def test_a_fault_leaves_one_defect_and_no_identity_number(fault: dict[str, Any]) -> None:
    """The identity number stays out of the record."""
    _, fact = home(_settlement(1, **fault))
    assert isinstance(fact.record, Defect)
    assert fact.key == f"P64010000001|2024-03|{fact.record.sort}"
    assert _FIRST17.encode() not in msgspec.msgpack.encode(fact.record)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
@given(
    story=st.lists(st.tuples(st.sampled_from(_FAULTS), st.integers(0, 4)), max_size=8),
    seed=st.integers(0, 99),
)
@settings(max_examples=40, deadline=None)
def test_order_does_not_matter(
    rule: Rule, story: list[tuple[dict[str, Any], int]], seed: int
) -> None:
    """As told, shuffled and twice: the same alerts."""
    events = [_settlement(at, day, **fault) for at, (fault, day) in enumerate(story)]
    shuffled = [*events, *events]
    Random(seed).shuffle(shuffled)
    assert _outcome(rule, shuffled) == _outcome(rule, events)


def _outcome(rule: Rule, events: list[Event]) -> set[tuple[str, tuple[str, ...]]]:
    return {
        (alert.alert_id, alert.event_ids)
        for alert in tell(events, rule, CONTEXT)
        if alert.status == "open"
    }


@pytest.mark.parametrize("number", [50, 51, 99, 100, 130])
def test_a_long_list_grows_in_steps_in_any_order(number: int) -> None:
    """One alert, whose list holds each one up to fifty and then whole pages of fifty."""
    rule = next(rule for rule in RULES if rule.id == "data_quality.missing_fields")
    events = [_settlement(at, med_type="") for at in range(number)]
    shuffled = list(events)
    Random(number).shuffle(shuffled)
    (alert,) = tell(events, rule, CONTEXT)
    assert len(alert.event_ids) == max(50, number - number % 50)
    assert _outcome(rule, shuffled) == {(alert.alert_id, alert.event_ids)}


def test_a_month_keeps_the_first_defects_only() -> None:
    """Whatever comes first."""
    facts = [home(_settlement(at, med_type=""))[1].record for at in range(DEFECTS + 20)]
    months = []
    for seed in (1, 2):
        Random(seed).shuffle(facts)
        month = InstitutionMonth("P64010000001|2024-03|missing")
        for record in facts:
            month.take(record)
        months.append([defect.event_id for defect in month.defects])
    assert months[0] == months[1] == [f"e{at:04}" for at in range(DEFECTS)]


def test_what_an_institution_fills_otherwise_is_missing_in_any_order() -> None:
    """Two of thirty settlements do not say the insurance; where most do not, nothing is said."""
    rule = next(rule for rule in RULES if rule.id == "data_quality.missing_fields")
    events = [_settlement(at, insutype="" if at in (3, 20) else "310") for at in range(30)]
    events.append(
        decode_object(
            {
                "event_type": "reversal",
                "event_id": "r",
                "event_time": events[-1].event_time.isoformat(),
                "psn_no": "A",
                "setl_id": "S20",
            }
        ).event
    )
    expected = _outcome(rule, events)
    assert [named for _, named in expected] == [("e0003", "e0020")]
    for seed in range(4):
        shuffled = [*events, *events]
        Random(seed).shuffle(shuffled)
        assert _outcome(rule, shuffled) == expected
    mostly = [_settlement(at, insutype="310" if at % 3 else "") for at in range(30)]
    assert not _outcome(rule, mostly)


_SIGNED = {**_LINE, "cnt": 1, "pric": "100.00", "bilg_dr_codg": "D640100000003"}


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("amounts", {"feedetail": [{**_SIGNED, "cnt": 10}]}),
        ("national_codes", {"feedetail": [{**_SIGNED, "bilg_dr_codg": "123"}]}),
        ("national_codes", {"diseinfo": [{"diag_code": "YT001"}]}),
        ("missing_fields", {"begntime": None}),
        ("missing_fields", {"fixmedins_code": "H64010000001", "diseinfo": []}),
    ],
)
@pytest.mark.parametrize("number", [30, 230])
def test_what_an_institution_does_otherwise_shows_in_any_order(
    name: str, fields: dict[str, Any], number: int
) -> None:
    """Two settlements are the exception, also in a month of which only days that are over count."""
    rule = next(rule for rule in RULES if rule.id == f"data_quality.{name}")
    right = {
        "fixmedins_code": fields.get("fixmedins_code", "P64010000001"),
        "begntime": "2024-03-26T08:00:00",
        "diseinfo": [{"diag_code": "J06.900"}],
        "feedetail": [_SIGNED],
    }
    days = [-4 + at * 4 // number for at in range(number)]
    events = [
        _settlement(at, day, **{**right, **(fields if at in (3, 20) else {})})
        for at, day in enumerate(days)
    ]
    expected = _outcome(rule, events)
    assert [named for _, named in expected] == [("e0003", "e0020")]
    for seed in range(2):
        shuffled = list(events)
        Random(seed).shuffle(shuffled)
        assert _outcome(rule, shuffled) == expected
