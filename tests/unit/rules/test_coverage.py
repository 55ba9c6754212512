"""No clause loses the rule or the report that meets it, and none is missing without a reason."""

import re
from pathlib import Path
from typing import Final

import pytest

from rules.clauses import load_clauses
from rules.coverage import Row, coverage
from rules.packs import Policy
from rules.registry import load_rules

_LOCK: Final = Path(__file__).with_name("coverage_lock.txt")
_BETTER: Final = ("absent", "open", "reported", "enforced")
_RULES: Final = {rule.id: rule for rule in load_rules(shadow=True)}
_ROWS: Final = {row.id: row for row in coverage(list(_RULES.values()), Policy.load())}


def _locked() -> list[tuple[str, str, frozenset[str]]]:
    lines = _LOCK.read_text(encoding="utf-8").splitlines()
    parted = [line.split() for line in lines if line and not line.startswith("#")]
    return [(name, status, frozenset(by)) for name, status, *by in parted]


def test_every_clause_is_locked() -> None:
    assert {name for name, _, _ in _locked()} == set(_ROWS) == set(load_clauses())


@pytest.mark.parametrize(("name", "status", "by"), _locked(), ids=lambda value: str(value)[:24])
def test_a_row_keeps_what_meets_it(name: str, status: str, by: frozenset[str]) -> None:
    row = _ROWS[name]
    assert not by - set(row.by), f"{name} lost {sorted(by - set(row.by))}"
    assert _BETTER.index(row.status) >= _BETTER.index(status), f"{name} fell to {row.status}"


@pytest.mark.parametrize("row", _ROWS.values(), ids=lambda row: row.id)
def test_what_is_missing_says_why(row: Row) -> None:
    if row.status in ("absent", "open"):
        assert row.note
    if row.status == "enforced":
        assert any(name in _RULES and _RULES[name].meta.maturity == "stable" for name in row.by)
        assert row.cases


def test_what_an_export_reports_it_says_itself() -> None:
    """A table names the clauses it answers to; a row may not rest on one that does not."""
    root = Path(__file__).parents[3] / "alerts" / "exports"
    source = "".join(path.read_text(encoding="utf-8") for path in sorted(root.glob("*.py")))
    named = set(re.findall(r'"([A-Z]{2,3}[\w.-]*-[\w.]+)"', source))
    exported = {row.id for row in _ROWS.values() if any(x.startswith("exports.") for x in row.by)}
    assert exported - named <= {"NXC-12"}
    for row in _ROWS.values():
        for by in row.by:
            if by.startswith("exports."):
                assert f'"{by.removeprefix("exports.")}' in source, by


def test_clauses_of_tips_and_hand_over_have_their_module() -> None:
    root = Path(__file__).parents[3] / "alerts" / "cases"
    texts = {path.stem: path.read_text(encoding="utf-8") for path in root.glob("*.py")}
    assert "def " in texts["tips"]
    assert any("hand_over" in text or "handed_over" in text for text in texts.values())
