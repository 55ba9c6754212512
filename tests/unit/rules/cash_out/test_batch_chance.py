"""Busy noons made by chance are no batches; batches in them are found whatever stands between."""

from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

import pytest

from events.times import CST
from rules.context import Context
from rules.registry import load_rules
from tests.unit.rules.cash_out.stories import outcome, told, world

RULE = load_rules(["cash_out.batch_swiping"])[0]
EQUAL = load_rules(["cash_out.same_amounts_institution"])[0]
CONTEXT = Context(world())
PRICES: Final = (980, 1160, 1290, 1480, 1650, 2280, 2780, 3340, 3680, 3900, 6130, 8600, 9800)
_NOON: Final = datetime(2024, 3, 1, 11, 40, tzinfo=CST)


def _paid(at: int, moment: datetime, fen: int) -> dict[str, Any]:
    return {
        "event_type": "settlement",
        "event_time": moment.isoformat(),
        "psn_no": f"PERSON-{at}",
        "fixmedins_code": "P64010000001",
        "dev_no": "D1",
        "med_type": "41",
        "medfee_sumamt": f"{fen / 100:.2f}",
        "acct_pay": f"{fen / 100:.2f}",
    }


def _noon(random: Random, customers: int) -> list[dict[str, Any]]:
    """Customers within eighty minutes with one to three packs of one to three drugs."""
    return [
        _paid(
            at,
            _NOON + timedelta(seconds=random.randrange(80 * 60)),
            sum(random.randrange(1, 4) * price for price in random.sample(PRICES, at % 3 + 1)),
        )
        for at in range(customers)
    ]


@pytest.mark.parametrize("customers", [15, 30, 45])
def test_a_busy_noon_is_quiet(customers: int) -> None:
    found = 0
    for seed in range(60):
        events = told(_noon(Random(seed), customers))
        found += len(outcome(events, RULE, CONTEXT)) + len(outcome(events, EQUAL, CONTEXT))
    assert found <= 1


@pytest.mark.parametrize("gap", [15, 40, 90, 200])
def test_a_batch_before_noon_is_found_at_any_pace(gap: int) -> None:
    for seed in range(20):
        random = Random(seed)
        begin = _NOON - timedelta(hours=2)
        batch = [
            _paid(100 + at, begin + timedelta(seconds=gap * at), 20000 + random.randrange(0, 500))
            for at in range(8)
        ]
        alerts = outcome(told([*batch, *_noon(random, 20)]), RULE, CONTEXT)
        named = {event_id for alert in alerts for event_id in alert[3]}
        assert {f"e{at}" for at in range(8)} <= named
