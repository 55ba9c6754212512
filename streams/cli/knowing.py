"""`fundwatch knowledge`: import, list and try the national knowledge points."""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console
from rich.table import Table

from rules.knowledge.index import Judged, judge_points
from rules.knowledge.store import Outcome, import_table, load_points
from streams.cli.options import FILE, NEW_FOLDER, progress_bar

_USUAL: Final = Path("knowledge")
_SHOWN: Final = 50
_STORE: Final = click.option(
    "--knowledge",
    "folder",
    type=NEW_FOLDER,
    envvar="FUNDWATCH_KNOWLEDGE",
    default=_USUAL,
    show_default=True,
    help="Store that `knowledge import` made.",
)


@click.group()
def knowledge() -> None:
    """The published knowledge points (国家医保局两库): import them, see which are checked."""


@knowledge.command("import")
@click.argument("file", type=FILE)
@click.option("--out", "--knowledge", "folder", required=True, type=NEW_FOLDER, help="The store.")
@click.option(
    "--valid-from",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Day from which the points hold; by default that of their publication.",
)
@click.option("--json", "as_json", is_flag=True)
def import_points(file: Path, folder: Path, valid_from: datetime | None, as_json: bool) -> None:
    """Take a published table (CSV or Excel) into the store; bad rows are told and left out."""
    outcome = import_table(file, folder, valid_from.date() if valid_from is not None else None)
    active = sum(one.reading.limit is not None for one in _latest(folder))
    if as_json:
        click.echo(json.dumps(_told(outcome, active), ensure_ascii=False))
        return
    for problem in outcome.problems[:_SHOWN]:
        left = "kept without it" if problem.kept else "row left out"
        click.echo(
            f"{file}:{problem.line}: {problem.field}: found {problem.found!r},"
            f" expected {problem.expected} ({left})",
            err=True,
        )
    if len(outcome.problems) > _SHOWN:
        click.echo(f"and {len(outcome.problems) - _SHOWN} more such problems", err=True)
    record = outcome.record
    if not outcome.changed:
        click.echo(f"{file} is import {record.version} of {folder} already; nothing changed")
        return
    click.echo(
        f"import {record.version}: {record.rows} rows, {record.points} points"
        f" ({outcome.new} new, {outcome.superseded} superseded), {record.refused} rows left out;"
        f" {active} points of {folder} are checked"
    )


def _told(outcome: Outcome, active: int) -> dict[str, Any]:
    record = outcome.record
    return {
        "version": record.version,
        "sha256": record.sha256,
        "changed": outcome.changed,
        "rows": record.rows,
        "points": record.points,
        "new": outcome.new,
        "superseded": outcome.superseded,
        "refused": record.refused,
        "active": active,
        "problems": [
            {name: getattr(problem, name) for name in problem.__struct_fields__}
            for problem in outcome.problems
        ],
    }


@knowledge.command("list")
@_STORE
@click.option("--json", "as_json", is_flag=True)
def list_points(folder: Path, as_json: bool) -> None:
    """Say of every point whether it is checked, by which rule, and why not."""
    judged = _latest(folder)
    if as_json:
        click.echo(json.dumps([_line(one) for one in judged], ensure_ascii=False))
        return
    table = Table(title="国家知识点 Knowledge points")
    for heading in ("规则 Class", "启用 Active", "条数 Points", "说明 Reason"):
        table.add_column(heading, overflow="fold")
    counted = Counter(
        (one.standing.point.rule_class, one.reading.rule or "-", _why(one)) for one in judged
    )
    for (rule_class, rule, why), number in sorted(counted.items()):
        table.add_row(rule_class, rule, str(number), why)
    Console().print(table)
    active = sum(one.reading.limit is not None for one in judged)
    click.echo(f"{active} of {len(judged)} points are checked")


def _why(one: Judged) -> str:
    return "" if one.reading.limit is not None else str(one.reading.reason)


def _line(one: Judged) -> dict[str, Any]:
    standing, reading = one.standing, one.reading
    point = standing.point
    return {
        "kp_id": point.kp_id,
        "rule_class": point.rule_class,
        "active": reading.limit is not None,
        "reason": str(reading.reason),
        "rule_id": reading.rule,
        "gz_code": point.gz_code,
        "item_name": point.item_name,
        "valid_from": standing.since.isoformat(),
        "import_version": standing.version,
    }


@knowledge.command("test")
@_STORE
@click.option("--json", "as_json", is_flag=True)
def test_points(folder: Path, as_json: bool) -> None:
    """Try every checked point on a settlement built to break it and on one built to keep it."""
    from rules.knowledge.trying import try_points

    judged = _latest(folder)
    trials = []
    with progress_bar("trying", len(judged)) as told:
        for trial in try_points(judged):
            trials.append(trial)
            told(len(trials))
    failed = [trial for trial in trials if not (trial.fired and trial.quiet)]
    classes = sorted({trial.rule_class for trial in trials})
    counted = {
        rule_class: {
            "active": len(of_class),
            "fired": sum(trial.fired for trial in of_class),
            "quiet": sum(trial.quiet for trial in of_class),
        }
        for rule_class in classes
        for of_class in [[trial for trial in trials if trial.rule_class == rule_class]]
    }
    if as_json:
        failing = [trial.kp_id for trial in failed]
        click.echo(json.dumps({"classes": counted, "failed": failing}, ensure_ascii=False))
    else:
        table = Table("规则 Class", "启用 Active", "违反时预警 Fired", "遵守时安静 Quiet")
        for rule_class, numbers in counted.items():
            table.add_row(rule_class, *map(str, numbers.values()))
        Console().print(table)
        for trial in failed[:_SHOWN]:
            click.echo(f"FAILED {trial.kp_id}: fired {trial.fired}, quiet {trial.quiet}")
        click.echo(f"{len(trials)} points tried, {len(failed)} failed")
    if failed:
        sys.exit(1)


def _latest(folder: Path) -> Sequence[Judged]:
    """What the newest version of every point says."""
    return judge_points(one for one in load_points(folder) if one.until is None)


COMMANDS: Final = (knowledge,)
