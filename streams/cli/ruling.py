"""`fundwatch rules`: list, show and test the rules."""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Final

import click
import msgspec
from rich.table import Table

from rules.coverage import coverage
from rules.packs import Policy
from rules.registry import load_anomalies, load_rules
from rules.rule import SEVERITIES
from streams.cases import run_cases
from streams.cli.options import FILE
from streams.cli.showing import console


@click.group()
def rules() -> None:
    """The rules: what they check, what they cite, whether their cases hold."""


@rules.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_rules(as_json: bool) -> None:
    """All rules with family, severity, maturity and clauses."""
    known = [*load_rules(shadow=True), *load_anomalies()]
    if as_json:
        told = [
            {
                "id": rule.id,
                "version": rule.version,
                "name_zh": rule.meta.name.zh,
                "name_en": rule.meta.name.en,
                "family": rule.meta.family,
                "severity": rule.meta.severity,
                "maturity": rule.meta.maturity,
                "clauses": rule.meta.clauses,
                "cases": len(rule.meta.cases),
            }
            for rule in known
        ]
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    table = Table("id", "名称", "级别", "状态", "依据", "案例")
    for rule in known:
        table.add_row(
            rule.id,
            rule.meta.name.zh,
            str(rule.meta.severity),
            rule.meta.maturity,
            " ".join(rule.meta.clauses),
            str(len(rule.meta.cases)),
        )
    console().print(table)


@rules.command()
@click.argument("rule_id")
def show(rule_id: str) -> None:
    """One rule: parameters with their sources, limits, what to look at, cases."""
    (rule,) = (load_anomalies([rule_id]) or load_rules([rule_id]))[:1]
    meta = rule.meta
    click.echo(f"{rule.id} v{rule.version}  {meta.name.zh} / {meta.name.en}")
    click.echo(f"severity {meta.severity} ({SEVERITIES[meta.severity]}), {meta.maturity}")
    click.echo(f"clauses: {' '.join(meta.clauses)}  {'; '.join(meta.law)}")
    for name, parameter in meta.parameters.items():
        for dated in parameter.values:
            value = f"{dated.value} {parameter.unit} from {dated.since}"
            click.echo(f"  {name} = {value}: {parameter.description} [{dated.source}]")
    for path in meta.policy:
        click.echo(f"  needs policy {path}")
    for limit in meta.does_not_apply:
        click.echo(f"does not apply: {limit.zh}\n                {limit.en}")
    click.echo(f"look at: {meta.look_at.zh}\n         {meta.look_at.en}")
    for case in meta.cases:
        click.echo(f"case ({case.kind}): {case.name}")


@rules.command("test")
@click.argument("names", nargs=-1)
def test_rules(names: tuple[str, ...]) -> None:
    """Run the cases of the rules (all, or those named), each in several orders of arrival."""
    failed = passed = 0
    for result in run_cases(load_rules(names, shadow=True)):
        if result.problems:
            failed += 1
            click.echo(f"FAILED {result.rule_id}: {result.case}")
            for problem in result.problems:
                click.echo(f"       {problem}")
        else:
            passed += 1
    click.echo(f"{passed} cases hold, {failed} do not")
    if failed:
        sys.exit(1)


@rules.command("coverage")
@click.option("--policy", "overlays", type=FILE, multiple=True, help="Overlay to fill open values.")
@click.option("--json", "as_json", is_flag=True)
def show_coverage(overlays: tuple[Path, ...], as_json: bool) -> None:
    """Clause by clause of the policy documents: what enforces or reports it, what is missing."""
    rows = coverage(load_rules(shadow=True), Policy.load(overlays))
    if as_json:
        click.echo(msgspec.json.encode(rows).decode())
        return
    table = Table("clause", "document", "status", "by", "note", show_lines=True)
    for row in rows:
        table.add_row(
            f"{row.id}\n{row.article}", row.document, row.status, "\n".join(row.by), row.note
        )
    console().print(table)
    counted = Counter(row.status for row in rows)
    click.echo(", ".join(f"{number} {status}" for status, number in sorted(counted.items())))


COMMANDS: Final = (rules,)
