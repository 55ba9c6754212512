"""Queues at a busy till stay quiet and stacks of cards are caught, over many made-up days."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

import pytest

from events.codec import decode_object
from events.kinds import Event
from events.times import CST
from rules.context import Context
from rules.registry import load_rules
from tests.unit.rules.impersonation.stories import outcome, world

RULE = load_rules(["impersonation.terminal_many_credentials"])[0]
CONTEXT = Context(world())
NOON = datetime(2024, 3, 1, 12, tzinfo=CST)
DAYS = 30


def _events(moments: list[float], random: Random) -> Iterator[Event]:
    for at, seconds in enumerate(sorted(moments)):
        moment = NOON + timedelta(seconds=int(seconds))
        fee = f"{random.randrange(900, 18000) / 100:.2f}"
        yield decode_object(
            {
                "event_type": "settlement",
                "event_id": f"e{at}",
                "event_time": moment.isoformat(),
                "psn_no": f"PERSON-{at}",
                "insuplc_admdvs": "640100",
                "fixmedins_code": "P64010000001",
                "dev_no": "D1",
                "med_type": "41",
                "setl_id": f"S{at}",
                "medfee_sumamt": fee,
                "acct_pay": fee,
            }
        ).event


def _independent(random: Random) -> list[float]:
    """Forty customers in an hour, each when he likes."""
    return [random.uniform(0, 3600) for _ in range(40)]


def _served(random: Random) -> list[float]:
    """Customers queue, and each is served for three quarters of a minute to a minute and a half."""
    moments = [0.0]
    for _ in range(30):
        moments.append(moments[-1] + random.uniform(45, 90))
    return moments


def _stack(random: Random) -> list[float]:
    """Nine to fifteen cards, read ten to thirty-five seconds apart, between a few customers."""
    moments = [1800.0]
    for _ in range(random.randrange(8, 15)):
        moments.append(moments[-1] + random.uniform(10, 35))
    return moments + [random.uniform(-1800, 5400) for _ in range(10)]


@pytest.mark.parametrize(
    ("make", "least", "most"),
    [(_independent, 0, 3), (_served, 0, 0), (_stack, DAYS - 2, DAYS)],
)
def test_alerts_over_many_days(make: object, least: int, most: int) -> None:
    assert callable(make)
    alerts = 0
    for day in range(DAYS):
        random = Random(day)
        alerts += bool(outcome(list(_events(make(random), random)), RULE, CONTEXT))
    assert least <= alerts <= most
