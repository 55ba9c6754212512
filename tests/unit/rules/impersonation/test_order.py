"""Every rule of the family says the same in the end, in whatever order events arrive."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.kinds import Event
from rules.context import Context
from rules.registry import load_rules
from rules.rule import Rule
from tests.unit.rules.impersonation.stories import lives, outcome, rushes, tills, world

RULES = load_rules(["impersonation"])
HURRIED = ("credential_mismatch", "credential_two_devices", "impossible_travel")
CONTEXT = Context(world())


@pytest.mark.parametrize("rule", [r for r in RULES if r.kind == "person"], ids=lambda r: r.id)
@settings(max_examples=50)
@given(events=lives, random=st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing_of_a_life(
    rule: Rule, events: list[Event], random: Random
) -> None:
    _check(rule, events, random)


@pytest.mark.parametrize("rule", [r for r in RULES if r.id.endswith(HURRIED)], ids=lambda r: r.id)
@settings(max_examples=50)
@given(events=rushes, random=st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing_of_a_rush(
    rule: Rule, events: list[Event], random: Random
) -> None:
    _check(rule, events, random)


@pytest.mark.parametrize("rule", [r for r in RULES if r.kind == "terminal"], ids=lambda r: r.id)
@settings(max_examples=50)
@given(events=tills, random=st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing_at_a_till(
    rule: Rule, events: list[Event], random: Random
) -> None:
    _check(rule, events, random)


def _check(rule: Rule, events: list[Event], random: Random) -> None:
    told = outcome(events, rule, CONTEXT)
    for _ in range(3):
        again = [*events, *random.sample(events, random.randrange(len(events) + 1))]
        random.shuffle(again)
        assert outcome(again, rule, CONTEXT) == told
