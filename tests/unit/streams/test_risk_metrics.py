"""Fund risk in metrics is what an export of the same ledger says, and comes by itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from alerts.risk.budget import load_budget
from events.readers import open_sources
from rules.packs import Policy
from rules.reference import EMPTY, load_reference
from simulation import simulate
from streams.assembly import Assembly
from streams.ledger_metrics import LedgerMetrics
from streams.monitor import Monitor, open_ledger
from streams.risk_metrics import Risk, RiskWatch, risk_families, work_out
from streams.settings import Settings
from tests.services.processes import until


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of a run that has read a small stream."""
    folder = tmp_path_factory.mktemp("risk")
    simulate(folder, seed=7, persons=300, days=30)
    monitor = Monitor(folder / "run", Assembly(reference=folder / "reference"), Settings())
    try:
        monitor.take(list(open_sources([folder / "events.ndjson"])))
    finally:
        monitor.close()
    yield folder


def test_an_empty_ledger_has_no_risk(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger, ledger.read() as connection:
        found = work_out(connection, Policy.load(), EMPTY, load_budget(None), at=5.0)

    assert found == Risk(at=5.0)


def test_it_is_worked_out_beside_everything_else_and_shown(filled: Path) -> None:
    reference = load_reference(filled / "reference")
    budget = load_budget(filled / "reference")
    with open_ledger(filled / "run", create=False) as ledger:
        watch = RiskWatch(ledger, Policy.load(), reference, budget, seconds=3600)
        registry = CollectorRegistry()
        registry.register(LedgerMetrics(ledger, [watch.reading(str)], 0))
        shown = {"indicator": "run_rate", "area": "640100", "fund": "pooling", "view": "month"}
        assert registry.get_sample_value("fundwatch_fund_indicator", shown) is None
        watch.start()
        try:
            until(lambda: registry.get_sample_value("fundwatch_fund_worked_out_seconds"), "risk")
        finally:
            watch.stop()
        with ledger.read() as connection:
            again = work_out(connection, Policy.load(), reference, budget, at=1.0)
        value = registry.get_sample_value("fundwatch_fund_indicator", shown)
        level = registry.get_sample_value("fundwatch_fund_level", shown)
    (expected,) = (
        one
        for one in again.indicators
        if (one.area, one.fund, one.view, one.name) == ("640100", "pooling", "month", "run_rate")
    )

    assert again.events > 0
    assert value == float(expected.value)
    assert level == {"green": 0, "amber": 1, "red": 2}[expected.level]


def test_institutions_with_the_fewest_points_come_first(filled: Path) -> None:
    reference = load_reference(filled / "reference")
    with open_ledger(filled / "run", create=False) as ledger, ledger.read() as connection:
        found = work_out(connection, Policy.load(), reference, load_budget(None), at=1.0)
    families = {family.name: family for family in risk_families(found, str, reference)}
    points = [sample.value for sample in families["fundwatch_credit_points"].samples]

    assert {account.holder for account in found.points} <= {"institution"}
    assert points == sorted(points)
    grades = families["fundwatch_credit_grades"].samples
    assert sum(sample.value for sample in grades) == len(found.points)
