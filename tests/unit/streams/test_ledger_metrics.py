"""Metrics of the ledger say what its tables say, and do not read them at every scrape."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import GaugeMetricFamily
from sqlalchemy import Connection, insert

from alerts.ledger import Ledger
from alerts.ledger.case_tables import CASES, WORK
from alerts.ledger.figures import Figures, read_figures
from alerts.ledger.writing import record
from streams.ledger_metrics import LedgerMetrics, families, serve_ledger
from tests.unit.alerts.made import an_alert

DAY_MS = 86_400_000


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger in SQLite."""
    with Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}") as opened:
        yield opened


def _row(table: Any, **values: Any) -> dict[str, Any]:
    """A row of a table: what is not given is empty, 0, or -1 for amounts."""
    row: dict[str, Any] = {}
    for column in table.columns:
        number = column.type.python_type is int
        blank: Any = -1 if column.name.startswith("amount_") else 0 if number else ""
        row[column.name] = values.get(column.name, blank)
    return row


def _filled(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        alerts = [
            an_alert("00a1", amount=Decimal("100.00")),
            an_alert("00a2", amount=Decimal("50.50"), area="640200"),
            an_alert("00a3", rule_id="other", amount=Decimal("7.00")),
            an_alert("00a4", status="withdrawn"),
            an_alert("00a5", subject_type="institution", subject="H64010010001"),
        ]
        record(connection, alerts, at_ms=1)
        confirmed = {"verdict": "confirmed", "verdict_ms": 1 + 2 * DAY_MS}
        connection.execute(
            insert(CASES),
            [
                _row(
                    CASES,
                    case_id="c1",
                    status="closed",
                    area="64",
                    verdict="confirmed",
                    amount_confirmed=9000,
                    amount_recovered=4000,
                )
            ],
        )
        connection.execute(
            insert(WORK),
            [
                _row(WORK, alert_id="00a1", amount_confirmed=10000, case_id="c1", **confirmed),
                _row(
                    WORK,
                    alert_id="00a2",
                    amount_confirmed=5000,
                    amount_recovered=2500,
                    **confirmed,
                ),
                _row(WORK, alert_id="00a3", verdict="dismissed", verdict_ms=1 + 60 * 1000),
                _row(WORK, alert_id="00a5", **confirmed),
            ],
        )


def test_figures_are_the_sums_of_the_tables(ledger: Ledger) -> None:
    _filled(ledger)
    with ledger.read() as connection:
        figures = read_figures(connection)

    assert sum(one.alerts for one in figures.open) == 4
    assert sum(one.amount for one in figures.open) == 10000 + 5050 + 700 + 12050
    assert [(one.code, one.alerts) for one in figures.institutions] == [("H64010010001", 1)]
    assert figures.cases == (("closed", "64", 1),)
    assert {(one.rule, one.verdict, one.alerts) for one in figures.verdicts} == {
        ("batch_swiping", "confirmed", 3),
        ("other", "dismissed", 1),
    }
    # The case's amount stands for its alert's; the alert in no case stands for itself, and one
    # without a named amount for what it amounts to.
    assert dict(figures.confirmed) == {"64": 9000, "640100": 12050, "640200": 5000}
    assert dict(figures.recovered) == {"64": 4000, "640200": 2500}
    assert figures.times.up_to == (1, 1, 1, 4, 4, 4, 4, 4)
    assert figures.times.seconds == 3 * 2 * 86400 + 60
    assert figures.journal == 5


def test_an_empty_ledger_has_every_family_and_no_alert(ledger: Ledger) -> None:
    with ledger.read() as connection:
        figures = read_figures(connection)

    assert figures == Figures()
    assert {family.name for family in families(figures, str, {})} >= {
        "fundwatch_open_alerts",
        "fundwatch_time_to_verdict_seconds",
    }


def test_the_registry_tells_what_the_ledger_holds(ledger: Ledger) -> None:
    _filled(ledger)
    registry = CollectorRegistry()
    serve_ledger(registry, ledger, str, {}, 60)

    value = registry.get_sample_value(
        "fundwatch_open_amount_yuan",
        {"rule": "batch_swiping", "family": "cash_out", "severity": "2", "area": "640200"},
    )
    assert value == 50.5
    bucket = {"le": "259200.0"}
    assert registry.get_sample_value("fundwatch_time_to_verdict_seconds_bucket", bucket) == 4


def test_a_scrape_within_the_seconds_reads_nothing(ledger: Ledger) -> None:
    read: list[int] = []

    def reading(_: Connection) -> Iterable[Metric]:
        read.append(1)
        return [GaugeMetricFamily("told", "", len(read))]

    hasty, patient = CollectorRegistry(), CollectorRegistry()
    hasty.register(LedgerMetrics(ledger, [reading], 0))
    patient.register(LedgerMetrics(ledger, [reading], 3600))

    assert read == []
    assert [hasty.get_sample_value("told") for _ in range(2)] == [1, 2]
    assert [patient.get_sample_value("told") for _ in range(2)] == [3, 3]


def test_a_ledger_that_does_not_answer_leaves_the_last_figures(ledger: Ledger) -> None:
    def reading(connection: Connection) -> Iterable[Metric]:
        found = connection.exec_driver_sql("SELECT seq FROM journal_head").scalar_one()
        return [GaugeMetricFamily("told", "", found)]

    registry = CollectorRegistry()
    registry.register(LedgerMetrics(ledger, [reading], 0))
    before = registry.get_sample_value("told")
    with ledger.begin() as connection:
        connection.exec_driver_sql("DROP TABLE journal_head")

    assert before == 0
    assert registry.get_sample_value("told") == 0
    assert registry.get_sample_value("fundwatch_ledger_read_seconds")
