"""Every rule of the family says the same in the end, in whatever order events arrive."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.kinds import Event
from rules.context import Context
from rules.registry import load_rules
from rules.rule import Rule
from tests.unit.rules.cash_out.stories import (
    counters,
    cycles,
    families,
    lives,
    outcome,
    reported,
    shelves,
    world,
)

RULES = load_rules(["cash_out"])
CONTEXT = Context(world())


def _of(*kinds: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "rule", [rule for rule in RULES if rule.kind in kinds], ids=lambda rule: rule.id
    )


@_of("person", "account")
@settings(max_examples=40)
@given(events=lives, random=st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing_of_a_life(
    rule: Rule, events: list[Event], random: Random
) -> None:
    _check(rule, events, random)


@_of("person", "institution_month", "institution_day", "sales")
@settings(max_examples=30)
@given(events=cycles, random=st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing_of_what_is_taken_back(
    rule: Rule, events: list[Event], random: Random
) -> None:
    _check(rule, events, random)


@_of("sales")
@settings(max_examples=40)
@given(events=reported, random=st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing_of_what_is_reported(
    rule: Rule, events: list[Event], random: Random
) -> None:
    _check(rule, events, random)


@_of("account")
@settings(max_examples=40)
@given(events=families, random=st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing_of_a_family(
    rule: Rule, events: list[Event], random: Random
) -> None:
    _check(rule, events, random)


@_of("terminal", "institution_day", "institution_month", "sales")
@settings(max_examples=40)
@given(events=counters, random=st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing_at_a_counter(
    rule: Rule, events: list[Event], random: Random
) -> None:
    _check(rule, events, random)


@_of("stock", "sales")
@settings(max_examples=40)
@given(events=shelves, random=st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing_on_a_shelf(
    rule: Rule, events: list[Event], random: Random
) -> None:
    _check(rule, events, random)


def _check(rule: Rule, events: list[Event], random: Random) -> None:
    told = outcome(events, rule, CONTEXT)
    for _ in range(3):
        again = [*events, *random.sample(events, random.randrange(len(events) + 1))]
        random.shuffle(again)
        assert outcome(again, rule, CONTEXT) == told
