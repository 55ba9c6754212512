"""Money in metrics is the money of the events, each counted once."""

from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from events.kinds import AccountCredit, Event, Settlement
from events.readers import Record, open_sources
from simulation import simulate
from streams.assembly import Assembly
from streams.flow_metrics import LEVELS, PAYERS, Flow, level_label
from streams.metrics import Metrics
from streams.monitor import Monitor
from streams.settings import Settings
from tests.unit.alerts.made import an_alert


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small simulated stream."""
    folder = tmp_path_factory.mktemp("stream")
    simulate(folder, seed=2, persons=300, days=20)
    return folder


@pytest.fixture(scope="module")
def events(stream: Path) -> list[Event]:
    """Its events."""
    return [
        read.event for read in open_sources([stream / "events.ndjson"]) if isinstance(read, Record)
    ]


def _total(registry: CollectorRegistry, name: str, **labels: str) -> float:
    return sum(
        sample.value
        for family in registry.collect()
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


def test_payments_are_those_of_the_settlements(events: list[Event]) -> None:
    metrics = Metrics()
    metrics.flow.taken(events)
    settlements = [event for event in events if isinstance(event, Settlement)]
    here = metrics.registry

    assert settlements
    for payer, field in (("account", "acct_pay"), ("cash", "psn_cash_pay")):
        paid = sum(getattr(event, field) for event in settlements) / 100
        assert _total(here, "fundwatch_paid_yuan_total", payer=payer) == pytest.approx(paid)
    own = sum(event.acct_pay for event in settlements) / 100
    assert _total(here, "fundwatch_account_outflow_yuan_total", kind="own") == pytest.approx(own)


def test_labels_are_only_the_known_ones(events: list[Event]) -> None:
    metrics = Metrics()
    metrics.flow.taken(events)
    seen = [sample.labels for family in metrics.registry.collect() for sample in family.samples]

    assert {labels["level"] for labels in seen if "level" in labels} <= set(LEVELS)
    assert {labels["payer"] for labels in seen if "payer" in labels} <= set(PAYERS)


def test_an_event_that_comes_again_is_money_once(stream: Path, tmp_path: Path) -> None:
    monitor = Monitor(
        tmp_path / "data",
        Assembly(reference=stream / "reference"),
        Settings(figures_seconds=1),
    )
    reads = list(open_sources([stream / "events.ndjson"]))
    names = (
        "fundwatch_settlements_total",
        "fundwatch_paid_yuan_total",
        "fundwatch_account_outflow_yuan_total",
        "fundwatch_account_income_yuan_total",
    )
    try:
        monitor.take(reads)
        once = [_total(monitor.metrics.registry, name) for name in names]
        monitor.take(reads)
        twice = [_total(monitor.metrics.registry, name) for name in names]
    finally:
        monitor.close()

    income = {
        read.event.event_id: read.event.amt
        for read in reads
        if isinstance(read, Record) and isinstance(read.event, AccountCredit)
    }
    assert once == twice
    assert min(once) > 0
    assert once[-1] == pytest.approx(sum(income.values()) / 100)


def test_the_level_of_an_alert_is_that_of_the_event_behind_it(events: list[Event]) -> None:
    metrics = Metrics()
    settlement = next(event for event in events if isinstance(event, Settlement))
    alert = an_alert(event_ids=("absent", settlement.event_id))
    metrics.flow.raised([alert, an_alert("00a2", revision=2, event_ids=())], [settlement])
    level = metrics.flow.level(settlement)

    assert level != "unknown"
    assert _total(metrics.registry, "fundwatch_level_alerts_total") == 1
    assert _total(metrics.registry, "fundwatch_level_at_risk_yuan_total", level=level) == 120.5


def test_grades_are_tiers_not_their_order() -> None:
    told = [level_label(*pair) for pair in (("12", "1"), ("10", "1"), ("11", "1"), ("2", "2"))]

    assert told == ["tertiary", "primary", "ungraded", "pharmacy"]
    assert level_label("99", "") == "unknown"


def test_flow_needs_no_reference() -> None:
    flow = Flow(CollectorRegistry(), str, {})

    flow.taken([])
    flow.raised([an_alert()], [])
