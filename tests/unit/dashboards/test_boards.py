"""Boards are complete, readable and bounded, and the committed files are those of the code."""

import json
import re
from pathlib import Path
from typing import Any, Final

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models import units
from grafana_foundation_sdk.models.dashboard import Dashboard

import dashboards
from dashboards.building import OF_INTERVALS
from dashboards.files import BOARDS, GROUPS, files
from dashboards.panels import Board, Panel
from tests.services.processes import REPOSITORY

HERE: Final = Path(dashboards.__file__).parent
PANELS: Final = [(board, panel) for board in BOARDS for panel in board.panels()]
SCHEMA_VERSION: Final = 42
WIDE: Final = frozenset({"rule", "area", "institution", "name", "feature", "partition", "source"})
"""Labels with many values: what is grouped by one must be cut to the first few."""
_UNITS: Final = {
    value for name, value in vars(units).items() if name[0].isupper() and isinstance(value, str)
}
_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")


def _made(board: Board) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files()[f"grafana/{board.uid}.json"])
    return found


def _names(pairs: list[tuple[Board, Panel]]) -> list[str]:
    return [f"{board.uid}: {panel.title}" for board, panel in pairs]


def test_committed_files_are_current() -> None:
    """Run `make dashboards` after a change."""
    made = files()
    there = {
        path.relative_to(HERE).as_posix(): path.read_text(encoding="utf-8")
        for folder in ("grafana", "prometheus")
        for path in (HERE / folder).iterdir()
    }

    assert there.keys() == made.keys()
    assert [name for name, text in made.items() if there[name] != text] == []


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.uid)
def test_the_json_is_what_the_schema_of_grafana_knows(board: Board) -> None:
    """Read by the SDK's types, which are made from Grafana's schema, nothing is lost or new."""
    register_default_plugins()
    made = _made(board)
    again = json.loads(JSONEncoder().encode(Dashboard.from_json(made)))

    for variable in again["templating"]["list"]:
        for name in OF_INTERVALS:
            del variable[name]
    assert made["schemaVersion"] == SCHEMA_VERSION
    assert again == made


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.uid)
def test_panels_stand_side_by_side_and_not_on_one_another(board: Board) -> None:
    taken: set[tuple[int, int]] = set()
    panels = _made(board)["panels"]
    for panel in panels:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert place["x"] + place["w"] <= 24, panel["title"]
        assert not cells & taken, panel["title"]
        taken |= cells

    assert len({panel["id"] for panel in panels}) == len(panels)


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.uid)
def test_everything_asks_the_chosen_data_source(board: Board) -> None:
    made = _made(board)
    asked = [target for panel in made["panels"] for target in panel.get("targets", ())]
    source = {"type": "prometheus", "uid": "${datasource}"}
    variables = {variable["name"]: variable for variable in made["templating"]["list"]}

    assert asked
    assert all(target["datasource"] == source for target in asked)
    assert variables["datasource"]["type"] == "datasource"
    assert variables["desk"]["type"] == "textbox"
    used = set(re.findall(r"\$\{?([a-z]+)\b", json.dumps(made)))
    assert used - {"datasource", "desk"} <= variables.keys()


@pytest.mark.parametrize(("board", "panel"), PANELS, ids=_names(PANELS))
def test_a_panel_says_what_it_shows(board: Board, panel: Panel) -> None:
    assert _CHINESE.search(panel.title), board.uid
    assert panel.description.endswith(".")
    assert not _CHINESE.search(panel.description)
    assert panel.unit in _UNITS or panel.unit.startswith("currency:")
    assert all(c.unit in {*_UNITS, "", panel.unit} or ":" in c.unit for c in panel.columns)
    assert panel.queries


@pytest.mark.parametrize(("board", "panel"), PANELS, ids=_names(PANELS))
def test_no_query_without_a_bound_on_its_series(board: Board, panel: Panel) -> None:
    for query in panel.queries:
        summed = re.search(r"\b(sum|max|min|avg|count)\b|histogram_quantile", query.expr)
        cut = re.search(r"\b(topk|bottomk)\(\d+,", query.expr)
        assert summed or cut or query.expr.startswith("fundwatch:"), f"{board.uid}: {query.expr}"
        kept = {
            label.strip()
            for labels in re.findall(r"\b(?:by|on) \(([^)]*)\)", query.expr)
            for label in labels.split(",")
        }
        assert cut or not kept & WIDE, f"{board.uid}: {query.expr}"


def test_titles_are_unique_within_a_board() -> None:
    for board in BOARDS:
        titles = [panel.title for panel in board.panels()]
        assert len(set(titles)) == len(titles), board.uid


def test_every_alarm_has_a_runbook_and_both_languages() -> None:
    text = (REPOSITORY / "docs" / "runbooks.md").read_text(encoding="utf-8")
    headings = {line[3:].strip() for line in text.splitlines() if line.startswith("## ")}
    alarms = [alarm for group in GROUPS for alarm in group.alarms]

    assert {alarm.name for alarm in alarms} == headings
    for alarm in alarms:
        assert _CHINESE.search(alarm.zh)
        assert alarm.en.endswith(".")
        assert alarm.fires != alarm.quiet
