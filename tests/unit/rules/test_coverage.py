"""No clause loses the rule or the report that meets it, and none is missing without a reason."""

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
