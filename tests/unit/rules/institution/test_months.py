"""What an institution's month remembers of its settlements, in whatever order events arrive."""

from collections.abc import Sequence
from datetime import datetime
from itertools import permutations
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.kinds import Event
from events.times import CST
from rules.engine import Engine
from rules.histories.facts import Fact
from rules.histories.history import History
from rules.histories.institution_month import InstitutionMonth
from rules.histories.keyed import INSTITUTION_MONTH
from rules.histories.records import (
    RX_HOSPITAL,
    RX_NAMED,
    RX_NEIGHBOUR,
    RX_OTHERWISE,
    RX_OWN,
    RX_SIGNED,
    Bill,
    Record,
)
from rules.registry import load_rules
from rules.rule import Rule
from streams.memory import Memory
from streams.pipeline import Pipeline
from tests.unit.rules.institution.stories import context, lives, outcome, told

CONTEXT = context()
_SALE: dict[str, Any] = {
    "event_type": "settlement",
    "event_time": "2025-08-02T12:00:00",
    "fixmedins_code": "P64010000001",
    "med_type": "41",
    "medfee_sumamt": "30.00",
    "fund_pay_sumamt": "20.00",
    "feedetail": [{"med_list_codg": "XC08CAA001A001010100001", "rxno": "RX6401000001", "cnt": "1"}],
}
_SCRIPT = {
    "event_type": "prescription",
    "event_time": "2025-08-02T09:00:00",
    "hi_rxno": "RX6401000001",
}


class _Watched(Memory):
    """Histories of which the months are seen."""

    def __init__(self) -> None:
        super().__init__()
        self.months: dict[str, InstitutionMonth] = {}

    def take(self, fact: Fact) -> tuple[History, Sequence[Record]] | None:
        taken = super().take(fact)
        if taken is not None and isinstance(taken[0], InstitutionMonth):
            self.months[fact.key] = taken[0]
        return taken


def _months(events: Sequence[Event]) -> dict[str, InstitutionMonth]:
    histories = _Watched()
    pipeline = Pipeline(Engine([], CONTEXT), histories)
    for event in events:
        pipeline.process(event, [])
    return histories.months


def _said(month: InstitutionMonth) -> dict[str, Any]:
    said = {name: getattr(month, name) for name in month.__struct_fields__}
    said["named"] = {by: number for by, number in month.named.items() if number}
    said["signers"] = {doctor: number for doctor, number in month.signers.items() if number}
    return said


@settings(max_examples=60)
@given(events=lives, random=st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(events: list[Event], random: Random) -> None:
    said = {key: _said(month) for key, month in _months(events).items()}
    for _ in range(3):
        again = [*events, *random.sample(events, random.randrange(len(events) + 1))]
        random.shuffle(again)
        assert {key: _said(month) for key, month in _months(again).items()} == said


def test_who_told_of_a_sale_s_prescription() -> None:
    """A hospital, the pharmacy naming nobody or whom, another sender; and whoever comes after."""
    hospital = {**_SCRIPT, "fixmedins_code": "H64010000001"}
    own = {**_SCRIPT, "fixmedins_code": "P64010000001"}
    signed = {**own, "dr_code": "D640100000012"}
    elsewhere = {**own, "dr_code": "D510100000012"}
    other = {**own, "fixmedins_code": "P64010000002"}
    cases: list[tuple[list[dict[str, Any]], int]] = [
        ([], RX_NAMED),
        ([hospital], RX_NAMED | RX_HOSPITAL),
        ([own], RX_NAMED | RX_OWN),
        ([signed], RX_NAMED | RX_SIGNED),
        ([elsewhere], RX_NAMED | RX_OTHERWISE),
        ([other], RX_NAMED | RX_NEIGHBOUR),
        ([{**other, "fixmedins_code": "P64040000001"}], RX_NAMED | RX_OTHERWISE),
        ([own, hospital], RX_NAMED | RX_OWN | RX_HOSPITAL),
    ]
    for scripts, by in cases:
        for records in ([_SALE, *scripts], [*scripts, _SALE]):
            month = _months(told(records))["P64010000001|2025-08"]
            assert month.bills[0].named is not None
            assert month.bills[0].named.by == by


def test_the_issuer_s_month_knows_a_sale_in_every_order() -> None:
    """Of what the hospital told the first counts, also where the pharmacy's word links them."""
    hospital = {**_SCRIPT, "fixmedins_code": "H64010000001", "rxno": "CF0000000002"}
    records = [
        {**_SALE, "feedetail": [{**_SALE["feedetail"][0], "rxno": "CF0000000001"}]},
        hospital,
        {**hospital, "event_time": "2025-08-02T11:00:00", "rx_used_stas_codg": "2"},
        {**_SCRIPT, "fixmedins_code": "P64010000001", "rxno": "CF0000000001"},
    ]
    events = told(records)
    for order in permutations(events):
        fillings = _months(order)["H64010000001|2025-08"].fillings
        assert [(one.script, one.sale) for one in fillings] == [("e1", "e0"), ("e2", "e0")]
        first, again = fillings
        assert (first.rev_at, again.rev_at) == (0, first.time)


def _busy() -> list[Event]:
    """Two hundred sales and more in a month, with one of nothing that rules count at the end."""
    drug = {"med_list_codg": "XC08CAA001A001010100001", "det_item_fee_sumamt": "60.00"}
    codes = [f"8123456789012345678{pack}" for pack in range(2)]
    usual = {"cnt": "2", "rxno": "RX6401000001", "drug_trac_codg": codes}
    records: list[dict[str, Any]] = []
    for at in range(220):
        odd = at % 20 == 19
        line: dict[str, Any] = {**drug, **usual}
        if odd:
            line["drug_trac_codg"] = codes[: at % 3 % 2]
            line["rxno"] = ""
        moment = datetime(2025, 8, 1 + at // 15, 9, at % 15, tzinfo=CST)
        records.append(
            {
                "event_type": "settlement",
                "event_time": moment.isoformat(),
                "psn_no": f"P-{at}",
                "fixmedins_code": "P64010000001",
                "med_type": "41",
                "medfee_sumamt": "60.00",
                "fulamt_ownpay_amt": "45.00",
                "inscp_scp_amt": "10.00" if odd else "15.00",
                "fund_pay_sumamt": "20.00",
                "acct_pay": "40.00",
                "feedetail": [line],
            }
        )
    last = {**records[0], "event_time": "2025-08-20T09:00:00", "psn_no": "P-0", "feedetail": []}
    return told([*records, {**last, "fund_pay_sumamt": "0.00", "acct_pay": "60.00"}])


@pytest.mark.parametrize(
    "rule",
    [
        rule
        for rule in load_rules(["institution", "data_quality"])
        if rule.kind == INSTITUTION_MONTH and Bill in rule.records
    ],
    ids=lambda rule: rule.id,
)
def test_a_busy_month_is_judged_alike_in_every_order(rule: Rule) -> None:
    """Also where what ends a day is nothing that the rule counts."""
    events = _busy()
    expected = outcome(events, rule, CONTEXT)
    assert outcome(list(reversed(events)), rule, CONTEXT) == expected
    shuffled = list(events)
    Random(7).shuffle(shuffled)
    assert outcome(shuffled, rule, CONTEXT) == expected
