"""A real Prometheus answers every question of every board and rule, and answers it rightly."""

import math
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx2
import pytest

from alerts.ledger.reading import ALL, standing
from dashboards.files import BOARDS, GROUPS
from dashboards.panels import Board, Panel, Query
from events.kinds import AccountPayout, AccountPremium, Event, Reversal, Settlement
from events.readers import Record, open_source
from tests.conftest import obtained
from tests.integration.watched import (
    AMOUNTS,
    CONFIRMED,
    DISMISSED,
    WINDOW,
    Watched,
    promtool,
    watched,
)
from tests.services import prometheus as service
from tests.services.kafka import Kafka
from tests.services.postgres import Postgres

QUERIES: Final = [
    (board, panel, query) for board in BOARDS for panel in board.panels() for query in panel.queries
]
CHOICES: Final = {variable.name for board in BOARDS for variable in board.variables}
MOST_SERIES: Final = 50
SILENT: Final = {
    "growth_year": "nothing is known of the year before",
}
"""What in an expression this installation has no data of, and why."""
_METRIC: Final = re.compile(r"\b(fundwatch[:_][a-z0-9_:]+|process_[a-z_]+|up)\b")


@pytest.fixture(scope="module")
def found(
    kafka: Kafka, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Watched]:
    """What runs, for all tests of this module."""
    obtained(lambda: service.find("prometheus"))
    folder = tmp_path_factory.mktemp("watched")
    with postgres.database() as url, watched(folder, kafka.bootstrap, url) as installation:
        yield installation


def _asked(expression: str) -> str:
    """An expression with everything chosen, as Grafana would send it."""
    for name in CHOICES:
        expression = expression.replace(f"${name}", ".*")
    return expression.replace("$__rate_interval", WINDOW)


def _silent(expression: str) -> bool:
    return any(name in expression for name in SILENT)


@pytest.mark.parametrize(
    ("board", "panel", "query"),
    QUERIES,
    ids=[
        f"{board.uid}: {panel.title} {panel.queries.index(query)}"
        for board, panel, query in QUERIES
    ],
)
def test_every_question_of_a_board_is_answered(
    found: Watched, board: Board, panel: Panel, query: Query
) -> None:
    samples = found.server.query(_asked(query.expr))

    assert "$" not in _asked(query.expr)
    assert len(samples) <= MOST_SERIES
    told = [float(one.value[1]) for one in samples]
    if _silent(query.expr):
        assert not [value for value in told if value and math.isfinite(value)]
    else:
        assert any(math.isfinite(value) for value in told), f"{board.uid}: {panel.title}"


def test_every_rule_is_evaluated_and_its_metrics_are_there(found: Watched) -> None:
    answer = httpx2.get(f"{found.server.url}/api/v1/rules", timeout=10).json()
    rules = [rule for group in answer["data"]["groups"] for rule in group["rules"]]
    alarms = [alarm for group in GROUPS for alarm in group.alarms]

    assert {rule["name"] for rule in rules if rule["type"] == "alerting"} == {
        alarm.name for alarm in alarms
    }
    assert [rule["name"] for rule in rules if rule["health"] != "ok"] == []
    used = {name for alarm in alarms for name in _METRIC.findall(alarm.expr)}
    used |= {
        name for group in GROUPS for one in group.records for name in _METRIC.findall(one.expr)
    }
    absent = [name for name in sorted(used) if not found.server.query(f"count({name})")]
    # A rule that never broke has no series; the panel shows 0.
    assert [name for name in absent if not _silent(name)] == ["fundwatch_rule_failures"]


def test_every_choice_of_a_board_has_values(found: Watched) -> None:
    for board in BOARDS:
        for variable in board.variables:
            values = found.server.query(f"count by ({variable.values_of}) ({variable.metric})")
            assert values, f"{board.uid}: {variable.name}"


def test_alerts_of_the_board_are_those_of_the_ledger(found: Watched) -> None:
    with found.ledger() as ledger, ledger.read() as connection:
        alerts = [one for one in standing(connection, ALL) if one.status == "open"]
    rules = {
        one.metric["rule"]: float(one.value[1])
        for one in found.server.query("sum by (rule) (fundwatch:open_alerts)")
    }

    assert rules == Counter(alert.rule_id for alert in alerts)
    money = float(sum(alert.amount for alert in alerts))
    assert found.value("sum(fundwatch:open_amount_yuan)") == pytest.approx(money)
    grave = sum(alert.sev_deg == 1 for alert in alerts)
    assert found.value('sum(fundwatch:open_alerts{severity="1"})') == grave


def test_verdicts_and_money_are_those_that_were_given(found: Watched) -> None:
    told = {
        one.metric["verdict"]: float(one.value[1])
        for one in found.server.query("sum by (verdict) (fundwatch:verdicts)")
    }

    confirmed, recovered = (CONFIRMED * amount / 100 for amount in AMOUNTS)
    assert told == {"confirmed": CONFIRMED, "dismissed": DISMISSED}
    assert found.value("sum(fundwatch:confirmed_yuan)") == pytest.approx(confirmed)
    assert found.value("sum(fundwatch:recovered_yuan)") == pytest.approx(recovered)
    assert found.value("sum(fundwatch:cases)") == 1


def test_money_of_the_board_is_that_of_the_events(found: Watched) -> None:
    events = _events(found.events)
    settlements = [event for event in events if isinstance(event, Settlement)]
    here = f'instance="{found.embedded}"'

    assert found.value(f"sum(fundwatch_settlements_total{{{here}}})") == sum(
        event.__struct_config__.tag in {"settlement", "manual_claim"} for event in events
    )
    for payer, field in (
        ("account", "acct_pay"),
        ("shared_account", "acct_mulaid_pay"),
        ("cash", "psn_cash_pay"),
    ):
        paid = sum(getattr(event, field) for event in settlements) / 100
        shown = found.value(f'sum(fundwatch_paid_yuan_total{{{here}, payer="{payer}"}})')
        assert shown == pytest.approx(paid), payer
    returned = sum(event.fund_pay_sumamt for event in events if isinstance(event, Reversal)) / 100
    shown = found.value(f'sum(fundwatch_returned_yuan_total{{{here}, payer="pool"}})')
    assert shown == pytest.approx(returned)
    for kind, name in (("premium", AccountPremium), ("payout", AccountPayout)):
        left = sum(event.amt for event in events if isinstance(event, name)) / 100
        shown = found.value(
            f'sum(fundwatch_account_outflow_yuan_total{{{here}, kind="{kind}"}}) or vector(0)'
        )
        assert shown == pytest.approx(left), kind


def test_a_worker_counts_what_it_was_fed(found: Watched) -> None:
    there = f'instance!="{found.embedded}"'

    assert found.value(f"sum(fundwatch_events_total{{{there}}})") == found.worker_lines


def test_refused_records_and_repetitions_are_told(found: Watched) -> None:
    assert found.value("sum(fundwatch_rejected_total)") == found.refused
    assert found.value("sum(fundwatch:dead_letters)") == found.refused
    # One in the stream itself, and those of the fifteen put in again that belong to a person.
    assert 0 < found.value("sum(fundwatch_events_again_total)") <= 16


def test_promtool_finds_the_rules_right_and_every_alarm_fires_and_is_quiet(tmp_path: Path) -> None:
    binary = obtained(lambda: service.find("promtool"))
    checked = promtool(binary, "check", "rules", "rules.yaml")
    tested = promtool(binary, "test", "rules", "rules.test.yaml")

    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert tested.returncode == 0, tested.stdout + tested.stderr
    broken = (Path(dashboards_folder()) / "rules.test.yaml").read_text(encoding="utf-8")
    wrong = tmp_path / "wrong.yaml"
    rules = Path(dashboards_folder()) / "rules.yaml"
    text = broken.replace("severity: critical", "severity: other")
    wrong.write_text(text.replace("- rules.yaml", f"- {rules}"), encoding="utf-8")
    assert promtool(binary, "test", "rules", str(wrong)).returncode == 1


def dashboards_folder() -> str:
    """Where the committed rules are."""
    import dashboards

    return str(Path(dashboards.__file__).parent / "prometheus")


def _events(path: Path) -> list[Event]:
    """The events of a file, each once."""
    reads = (read for read in open_source(path) if isinstance(read, Record))
    return list({read.event.event_id: read.event for read in reads}.values())
