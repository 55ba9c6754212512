"""Every rule of the family says the same in the end, in whatever order events arrive."""

from pathlib import Path
from random import Random
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.kinds import Event
from rules.context import Context
from rules.documents import POLICY_DIR
from rules.histories.records import Claim
from rules.packs import Policy
from rules.reference import read_reference
from rules.registry import load_rules
from rules.rule import Rule
from tests.unit.rules.benefit_rules.stories import outcome, stories, years_with_claims

RULES = load_rules(["benefit"])
_PLACES: Final = [
    {
        "fixmedins_code": "H64010000001",
        "fixmedins_type": "1",
        "hosp_lv": "2",
        "accredited_dise": "M03900",
    },
    {"fixmedins_code": "H64010000002", "fixmedins_type": "1", "hosp_lv": "8"},
    {"fixmedins_code": "P64010000002", "fixmedins_type": "2", "hosp_lv": "11"},
]
CONTEXT = Context(
    read_reference(_PLACES, (), (), (), Path("institutions.csv")),
    Policy.load(sorted((POLICY_DIR / "overlays").glob("demonstration-*.yaml"))),
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
@settings(max_examples=80, deadline=None)
@given(events=stories, random=st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(
    rule: Rule, events: list[Event], random: Random
) -> None:
    told = outcome(events, rule, CONTEXT)
    for _ in range(3):
        again = [*events, *random.sample(events, random.randrange(len(events) + 1))]
        random.shuffle(again)
        assert outcome(again, rule, CONTEXT) == told


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES if Claim in rule.records], ids=lambda rule: rule.id
)
@settings(max_examples=150, deadline=None)
@given(events=years_with_claims, random=st.randoms(use_true_random=False))
def test_claims_and_categories_count_alike_in_any_order(
    rule: Rule, events: list[Event], random: Random
) -> None:
    told = outcome(events, rule, CONTEXT)
    for _ in range(2):
        again = [*events, *random.sample(events, random.randrange(len(events) + 1))]
        random.shuffle(again)
        assert outcome(again, rule, CONTEXT) == told
