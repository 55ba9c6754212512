"""The engine tells what changed, and a rule that breaks stops nobody else."""

from collections.abc import Iterator
from typing import Any

import pytest

from events.codec import decode_object
from rules.context import Context
from rules.engine import Change, Engine
from rules.findings import Finding, Verdict
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Visit
from rules.registry import load_rules
from rules.rule import Rule
from streams.memory import Memory
from streams.pipeline import Pipeline

META = load_rules(["cash_out.refund_other_channel"])[0].meta


def _rule(verdicts: dict[str, list[Finding | None]]) -> Rule:
    """A rule that says of each event's matter what it is told to, one after another."""

    def check(_rule: Rule, _context: Context, _: Person, visit: Visit) -> Iterator[Verdict]:
        yield Verdict("matter", verdicts[visit.event_id].pop(0))

    return Rule(META, check, PERSON, (Visit,), "person")


def _finding(amount: int, *, withdrawn: bool = False) -> Finding:
    return Finding(("e1",), (), amount, 1, 2, "640100", {}, withdrawn=withdrawn)


def _event(event_id: str, minute: int) -> Any:
    return decode_object(
        {
            "event_type": "settlement",
            "event_id": event_id,
            "event_time": f"2024-01-01T08:{minute:02}:00",
            "psn_no": "PERSON-1",
            "fixmedins_code": "P64010000001",
            "setl_id": event_id,
            "medfee_sumamt": "1.00",
        }
    ).event


def _told(rules: list[Rule], events: int, *, strict: bool = True) -> tuple[list[Change], Engine]:
    engine = Engine(rules, Context(), strict=strict)
    pipeline = Pipeline(engine, Memory())
    changes: list[Change] = []
    for number in range(events):
        pipeline.process(_event(f"e{number}", number), changes)
    return changes, engine


def test_each_change_is_told_once() -> None:
    """Raised, the same again, revised, withdrawn, raised again, retracted, still nothing."""
    findings = [
        _finding(100),
        _finding(100),
        _finding(200),
        _finding(200, withdrawn=True),
        _finding(300),
        None,
        None,
    ]
    rule = _rule({f"e{number}": [finding] for number, finding in enumerate(findings)})
    changes, _ = _told([rule], len(findings))
    assert [(change.action, change.revision) for change in changes] == [
        ("raised", 1),
        ("revised", 2),
        ("withdrawn", 3),
        ("raised", 4),
        ("retracted", 5),
    ]


def test_a_rule_that_breaks_stops_no_other(caplog: pytest.LogCaptureFixture) -> None:
    """It is counted and logged by name and place, without what it looked at."""

    def broken(_rule: Rule, _context: Context, person: Person, _: Visit) -> Iterator[Verdict]:
        raise ValueError(person.key)

    rules = [
        Rule(META, broken, PERSON, (Visit,), "person"),
        _rule({"e0": [_finding(100)], "e1": [_finding(100)]}),
    ]
    changes, engine = _told(rules, 2, strict=False)
    assert [change.action for change in changes] == ["raised"]
    assert engine.failures == {META.id: 2}
    assert "ValueError at broken" in caplog.text
    assert "PERSON-1" not in caplog.text
    with pytest.raises(ValueError, match="PERSON-1"):
        _told(rules, 1)
