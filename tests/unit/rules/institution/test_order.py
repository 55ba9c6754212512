"""Every rule of the family says the same in the end, in whatever order events arrive."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.kinds import Event
from rules.histories.keyed import NEIGHBOURS
from rules.registry import load_rules
from rules.rule import Rule
from tests.unit.rules.institution.stories import (
    cities,
    context,
    counters,
    lives,
    outcome,
    outside,
)

RULES = load_rules(["institution"])
OUTSIDE = next(rule for rule in RULES if rule.id.endswith("bought_outside_during_stay"))
BESIDE = [rule for rule in RULES if rule.kind == NEIGHBOURS]
CONTEXT = context()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
@settings(max_examples=40)
@given(events=lives, random=st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(
    rule: Rule, events: list[Event], random: Random
) -> None:
    _check(rule, events, random)


@pytest.mark.parametrize("rule", BESIDE, ids=lambda rule: rule.id)
@settings(max_examples=60)
@given(events=cities, random=st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing_of_a_city(
    rule: Rule, events: list[Event], random: Random
) -> None:
    _check(rule, events, random)


@pytest.mark.parametrize("rule", BESIDE, ids=lambda rule: rule.id)
@settings(max_examples=40)
@given(events=counters, random=st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing_of_what_a_city_fills(
    rule: Rule, events: list[Event], random: Random
) -> None:
    _check(rule, events, random)


@settings(max_examples=100)
@given(events=outside, random=st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing_of_purchases_outside(
    events: list[Event], random: Random
) -> None:
    _check(OUTSIDE, events, random)


def _check(rule: Rule, events: list[Event], random: Random) -> None:
    told = outcome(events, rule, CONTEXT)
    for _ in range(3):
        again = [*events, *random.sample(events, random.randrange(len(events) + 1))]
        random.shuffle(again)
        assert outcome(again, rule, CONTEXT) == told
