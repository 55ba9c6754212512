"""Every rule of the family says the same in the end, in whatever order events arrive."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.kinds import Event
from rules.registry import load_rules
from rules.rule import Rule
from tests.unit.rules.institution.stories import context, lives, outcome

RULES = load_rules(["institution"])
CONTEXT = context()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
@settings(max_examples=40)
@given(events=lives, random=st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(
    rule: Rule, events: list[Event], random: Random
) -> None:
    told = outcome(events, rule, CONTEXT)
    for _ in range(3):
        again = [*events, *random.sample(events, random.randrange(len(events) + 1))]
        random.shuffle(again)
        assert outcome(again, rule, CONTEXT) == told
