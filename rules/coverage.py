"""Clause by clause: which rule enforces it, what reports it, what is missing."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Literal

from msgspec import Struct

from rules.clauses import Clause, load_clauses
from rules.packs import Policy
from rules.rule import Rule
from rules.strict_yaml import DataFileError, read_mapping

CoverageStatus = Literal["enforced", "reported", "open", "absent"]
"""`enforced` by a rule, `reported` by something to read or a property of the system, `open` where a
rule waits for a value that is left to the area, `absent` where nothing does it yet."""

_REPORTS: Final = Path(__file__).parent / "policy" / "reports.yaml"


class Row(Struct, frozen=True):
    """One clause and what becomes of it."""

    id: str
    document: str
    article: str
    status: CoverageStatus
    by: tuple[str, ...]
    note: str
    demand_zh: str
    demand_en: str
    cases: tuple[str, ...]


def coverage(rules: Sequence[Rule], policy: Policy) -> list[Row]:
    """A row for each clause, in the order of the documents.

    Open values are those that no overlay of the policy fills, on the day the packs were last
    checked. Raises DataFileError where a rule or report names a clause that is not known.
    """
    clauses = load_clauses()
    reports = read_mapping(_REPORTS)
    unknown = {name for rule in rules for name in rule.meta.clauses} | reports.keys()
    if unknown - clauses.keys():
        raise DataFileError(f"rules or reports cite unknown clauses {unknown - clauses.keys()}")
    return [_row(clause, rules, policy, reports.get(name)) for name, clause in clauses.items()]


def _row(clause: Clause, rules: Sequence[Rule], policy: Policy, report: object) -> Row:
    citing = [rule for rule in rules if clause.id in rule.meta.clauses]
    waiting = {
        rule.id: [
            path
            for path in rule.meta.policy
            if policy.status(clause.area, path, policy.checked) == "open"
        ]
        for rule in citing
    }
    ready = [rule for rule in citing if not waiting[rule.id]]
    by = tuple(rule.id for rule in citing)
    notes: list[str] = []
    status: CoverageStatus = "absent"
    if isinstance(report, Mapping):
        notes.append(str(report["note"]))
        if "by" in report:
            by += tuple(str(name) for name in report["by"])
            status = "reported"
    if ready:
        status = "enforced"
        if all(rule.meta.maturity == "shadow" for rule in ready):
            notes.append("in trial: runs with --shadow")
    elif citing:
        status = "open"
    missing = sorted({path for paths in waiting.values() for path in paths})
    if missing:
        notes.append("left to the pooling area: " + ", ".join(missing))
    return Row(
        id=clause.id,
        document=clause.document_name,
        article=clause.article,
        status=status,
        by=by,
        note="; ".join(notes),
        demand_zh=clause.demand_zh,
        demand_en=clause.demand_en,
        cases=tuple(
            f"{rule.id}: {case.name}"
            for rule in citing
            for case in rule.meta.cases
            if case.kind == "hit"
        )[:3],
    )
