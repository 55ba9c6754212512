"""What an institution's month remembers of its settlements, in whatever order events arrive."""

from collections.abc import Sequence
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from events.kinds import Event
from rules.engine import Engine
from rules.histories.facts import Fact
from rules.histories.keyed import History, InstitutionMonth
from rules.histories.records import RX_HOSPITAL, RX_NAMED, RX_OTHERWISE, RX_OWN, Record
from streams.memory import Memory
from streams.pipeline import Pipeline
from tests.unit.rules.institution.stories import context, lives, told

CONTEXT = context()
_SALE = {
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
    """A hospital, the pharmacy naming nobody, another sender; and whoever comes after the sale."""
    hospital = {**_SCRIPT, "fixmedins_code": "H64010000001"}
    own = {**_SCRIPT, "fixmedins_code": "P64010000001"}
    signed = {**own, "dr_code": "D640100000012"}
    cases: list[tuple[list[dict[str, Any]], int]] = [
        ([], RX_NAMED),
        ([hospital], RX_NAMED | RX_HOSPITAL),
        ([own], RX_NAMED | RX_OWN),
        ([signed], RX_NAMED | RX_OTHERWISE),
        ([own, hospital], RX_NAMED | RX_OWN | RX_HOSPITAL),
    ]
    for scripts, by in cases:
        for records in ([_SALE, *scripts], [*scripts, _SALE]):
            month = _months(told(records))["P64010000001|2025-08"]
            assert month.bills[0].named is not None
            assert month.bills[0].named.by == by
