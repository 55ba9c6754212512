"""What models may find is described like rules, but never as a clear breach and without cases."""

import re
from pathlib import Path

import pytest

import rules.anomaly
from rules.registry import load_anomalies, load_rules
from rules.rule import Rule, read_meta
from rules.strict_yaml import DataFileError

FOLDER = Path(rules.anomaly.__file__).parent
EVIDENCE = {
    "detector",
    "doctor",
    "fee",
    "model",
    "one_in",
    "period",
    "person",
    "place",
    "score",
    "settled_at",
    "settlements",
    "threshold",
    "why_en",
    "why_zh",
}
"""Names of the evidence that every alert of a model has, as messages show them."""


def test_there_are_six_and_none_of_them_is_a_rule_that_runs_by_itself() -> None:
    found = {rule.id for rule in load_anomalies()}
    assert found == {
        "anomaly.co_visit",
        "anomaly.institution",
        "anomaly.institution_drift",
        "anomaly.person",
        "anomaly.physician",
        "anomaly.settlement",
    }
    assert not found & {rule.id for rule in load_rules(shadow=True)}


def test_they_can_be_picked_by_id_and_by_family() -> None:
    assert [rule.id for rule in load_anomalies(["anomaly.person"])] == ["anomaly.person"]
    assert len(load_anomalies(["anomaly"])) == 6
    assert load_anomalies(["cash_out"]) == []


@pytest.mark.parametrize("rule", load_anomalies(), ids=lambda rule: rule.id)
def test_messages_say_why_in_both_languages(rule: Rule) -> None:
    meta = rule.meta
    for text, why in ((meta.message.zh, "why_zh"), (meta.message.en, "why_en")):
        names = set(re.findall(r"{(\w+)}", text))
        assert names <= EVIDENCE
        assert why in names
    assert meta.severity in {2, 3}
    assert meta.law
    assert meta.does_not_apply


def test_a_clear_breach_is_refused(tmp_path: Path) -> None:
    text = (FOLDER / "person.yaml").read_text(encoding="utf-8")
    wrong = tmp_path / "person.yaml"
    wrong.write_text(text.replace("severity: 3", "severity: 1"), encoding="utf-8")
    with pytest.raises(DataFileError, match="severity of 2 or 3"):
        read_meta(wrong)
