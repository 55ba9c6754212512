"""Limits over time find the same, however late and in whatever order settlements arrive."""

from datetime import date, timedelta
from itertools import permutations
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from events.codec import decode_object
from rules.context import Context
from rules.engine import Change, Engine
from rules.histories.intake import home
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.knowledge.index import knowledge_of
from rules.knowledge.points import Point, Standing
from rules.packs import Policy
from rules.registry import load_rules

CODE: Final = "XA01AZZ001A001010000001"
ITEM: Final = "009900015000000"
FIRST: Final = date(2025, 6, 1)
KNOWLEDGE: Final = knowledge_of(
    Standing(point, FIRST, None, 1)
    for point in (
        Point("KP-1", "药品限支付疗程", constraint="支付不超过14天。", codes=(CODE,)),
        Point("KP-2", "医疗服务项目周期超频次", constraint="间隔不短于14天", codes=(ITEM,)),
        Point("KP-3", "医疗服务项目限定频次", constraint="日", codes=(ITEM,)),
    )
)
ENGINE: Final = Engine(
    load_rules(["knowledge.days_of_supply", "knowledge.frequency"]),
    Context(policy=Policy.load(), knowledge=KNOWLEDGE),
)


def settlement(number: int, day: int, supply: int) -> dict[str, Any]:
    return {
        "event_type": "settlement",
        "event_id": f"S{number}",
        "event_time": f"{FIRST + timedelta(days=day)}T10:00:00",
        "psn_no": "P",
        "setl_id": f"S{number}",
        "fixmedins_code": "H64010000001",
        "insuplc_admdvs": "640100",
        "med_type": "11",
        "medfee_sumamt": "100.00",
        "fund_pay_sumamt": "60.00",
        "psn_cash_pay": "40.00",
        "feedetail": [
            {"med_list_codg": CODE, "det_item_fee_sumamt": "50.00", "prd_days": supply},
            {"med_list_codg": ITEM, "det_item_fee_sumamt": "50.00", "cnt": 1},
        ],
    }


def told(events: tuple[dict[str, Any], ...]) -> dict[tuple[str, str], tuple[Any, ...]]:
    person = Person("P")
    changes: list[Change] = []
    for event in events:
        for fact in home(decode_object(event).event):
            changed = person.take(fact.record) if fact.kind == PERSON else None
            if changed:
                ENGINE.look(PERSON, person, changed, changes)
    last = {(change.rule.id, change.about): change.finding for change in changes}
    return {
        key: (found.event_ids, found.amount, found.withdrawn)
        for key, found in last.items()
        if found is not None
    }


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.integers(0, 70), st.integers(1, 16)), min_size=1, max_size=4),
    st.none() | st.tuples(st.integers(0, 3), st.integers(0, 80)),
)
def test_every_order_of_arrival_finds_the_same(
    supplies: list[tuple[int, int]], reversal: tuple[int, int] | None
) -> None:
    events = [settlement(number, *supply) for number, supply in enumerate(supplies)]
    if reversal is not None:
        target, day = reversal
        events.append(
            {
                "event_type": "reversal",
                "event_id": "R",
                "event_time": f"{FIRST + timedelta(days=day)}T18:00:00",
                "psn_no": "P",
                "setl_id": f"S{target}",
            }
        )
    outcomes = [told(order) for order in permutations(events)]

    assert all(outcome == outcomes[0] for outcome in outcomes)
