"""The knowledge points from the command line to the alerts of a replay."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner

from rules.knowledge.index import judge_points
from rules.knowledge.store import load_points
from rules.knowledge.trials import breaking, keeping
from streams.assembly import Assembly, assemble
from streams.cli.knowing import knowledge
from streams.replay import replay

TABLE: Final = Path(__file__).parents[1] / "unit" / "rules" / "knowledge" / "points.csv"
ACTIVE: Final = 39


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(knowledge, arguments)
    return result.exit_code, result.stdout


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """The made-up table, imported."""
    folder = tmp_path / "store"
    code, out = run("import", str(TABLE), "--out", str(folder))
    assert (code, f"{ACTIVE} points" in out) == (0, True)
    return folder


def told(folder: Path, story: list[dict[str, Any]], data: Path) -> list[str]:
    """Ids of the points that the alerts of a replay name."""
    events = data / "events.ndjson"
    events.write_text("\n".join(json.dumps(event) for event in story), encoding="utf-8")
    outcome = replay((events,), Assembly(knowledge=folder, rules=("knowledge",)), workers=1)
    return [kp_id for alert in outcome.alerts for kp_id in alert.evidence["kp_ids"]]


def test_list_says_of_every_point_whether_and_why(store: Path) -> None:
    code, out = run("list", "--json", "--knowledge", str(store))
    listed = json.loads(out)

    assert code == 0
    assert len(listed) == 52
    assert all({"kp_id", "rule_class", "active", "reason"} <= one.keys() for one in listed)
    assert sum(one["active"] for one in listed) == ACTIVE
    assert all(bool(one["reason"]) for one in listed)


def test_importing_again_is_told_and_changes_nothing(store: Path) -> None:
    code, out = run("import", str(TABLE), "--out", str(store), "--json")

    assert (code, json.loads(out)["changed"]) == (0, False)


def test_bad_rows_are_told_as_json(tmp_path: Path) -> None:
    source = tmp_path / "points.csv"
    source.write_text("kp_id,rule_class,constraint,med_codes\n,甲,限,T900000001\n", "utf-8")
    code, out = run("import", str(source), "--out", str(tmp_path / "store"), "--json")

    assert code == 0
    (problem,) = json.loads(out)["problems"]
    assert (problem["line"], problem["field"], problem["kept"]) == (2, "kp_id", False)


def test_every_checked_point_is_tried(store: Path) -> None:
    code, out = run("test", "--knowledge", str(store), "--json")
    outcome = json.loads(out)

    assert (code, outcome["failed"]) == (0, [])
    assert sum(numbers["fired"] for numbers in outcome["classes"].values()) == ACTIVE


def test_a_replay_names_the_point_that_was_broken(store: Path, tmp_path: Path) -> None:
    point = next(one.point for one in load_points(store) if one.point.kp_id == "KP-024")

    assert told(store, breaking(point), tmp_path) == ["KP-024"]
    assert told(store, keeping(point), tmp_path) == []


def test_rules_of_points_run_only_where_points_were_imported(store: Path) -> None:
    without, with_points = assemble(Assembly()), assemble(Assembly(knowledge=store))

    assert not any(rule.meta.family == "knowledge" for rule in without.rules)
    assert any(rule.meta.family == "knowledge" for rule in with_points.rules)
    assert len(judge_points(load_points(store))) == 52
