"""Every rule of the family says the same in the end, in whatever order events arrive."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.kinds import Event
from rules.context import Context
from rules.registry import load_rules
from rules.rule import Rule
from tests.unit.rules.duplicates.stories import outcome, stories, two_disease_stories

RULES = load_rules(["duplicates"])
CONTEXT = Context()


def same_in_any_order(rule: Rule, events: list[Event], random: Random) -> None:
    told = outcome(events, rule, CONTEXT)
    for _ in range(3):
        again = [*events, *random.sample(events, random.randrange(len(events) + 1))]
        random.shuffle(again)
        assert outcome(again, rule, CONTEXT) == told


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
@settings(max_examples=60)
@given(events=stories, random=st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(
    rule: Rule, events: list[Event], random: Random
) -> None:
    same_in_any_order(rule, events, random)


@settings(max_examples=150)
@given(events=two_disease_stories, random=st.randoms(use_true_random=False))
def test_order_changes_nothing_about_the_two_benefits(events: list[Event], random: Random) -> None:
    rule = next(rule for rule in RULES if rule.id == "duplicates.two_disease_and_chronic")
    same_in_any_order(rule, events, random)
