"""The files that follow from the boards and rules, by their place in this folder."""

from typing import Any, Final

import yaml

from dashboards import fund_risk, institutions, models, operations, supervision
from dashboards.alarms import FUND, MODELS, SUPERVISION
from dashboards.building import as_json
from dashboards.operation_alarms import OPERATIONS
from dashboards.panels import Board
from dashboards.recording import RECORDING
from dashboards.rules import Group, rules_of, tests_of

BOARDS: Final[tuple[Board, ...]] = (
    supervision.BOARD,
    fund_risk.BOARD,
    institutions.BOARD,
    models.BOARD,
    operations.BOARD,
)
GROUPS: Final[tuple[Group, ...]] = (RECORDING, OPERATIONS, SUPERVISION, FUND, MODELS)
RULES: Final = "rules.yaml"
_MADE: Final = "# Made by `python -m dashboards`; do not edit.\n"


def files() -> dict[str, str]:
    """Name and text of every generated file."""
    made = {f"grafana/{board.uid}.json": as_json(board) for board in BOARDS}
    made[f"prometheus/{RULES}"] = _yaml(rules_of(GROUPS))
    made["prometheus/rules.test.yaml"] = _yaml(tests_of(GROUPS, RULES))
    return made


def _yaml(content: dict[str, Any]) -> str:
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)
    return _MADE + text
