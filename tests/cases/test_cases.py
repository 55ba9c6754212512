"""Every case of every rule holds, in every order of arrival."""

import pytest

from rules.registry import load_rules
from rules.rule import Case, Rule
from streams.cases import CaseRunner

RULES = load_rules(shadow=True)
RUNNER = CaseRunner()


@pytest.mark.parametrize(
    ("rule", "case"),
    [
        pytest.param(rule, case, id=f"{rule.id}: {case.name}")
        for rule in RULES
        for case in rule.meta.cases
    ],
)
def test_case_holds(rule: Rule, case: Case) -> None:
    """The rule raises exactly the alerts that the case expects."""
    assert RUNNER.run(rule, case) == ()


def test_case_events_exist_in_expectations() -> None:
    """An expectation that names an event which the case does not tell is a slip of the pen."""
    offenders = [
        f"{rule.id}: {case.name}: {event}"
        for rule in RULES
        for case in rule.meta.cases
        for expected in case.expect
        for event in expected.events
        if event not in {entry.get("event_id") for entry in case.events}
    ]
    assert offenders == []


def test_cases_expect_what_their_kind_says() -> None:
    """A hit expects an alert, a near-miss none."""
    offenders = [
        f"{rule.id}: {case.name}"
        for rule in RULES
        for case in rule.meta.cases
        if (case.kind == "hit" and not case.expect) or (case.kind == "near_miss" and case.expect)
    ]
    assert offenders == []
