"""Workers on a real Kafka with a trained model: the table of a replay, also when one is killed."""

from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import create_engine, func, select

from alerts.ledger.schema import ALERTS
from alerts.ledger.triage_tables import TRIAGE
from alerts.table import AlertRow, difference, rows_of
from simulation import simulate
from streams.assembly import Assembly
from streams.replay import replay
from tests.integration.workers import Installation
from tests.models.trained import trained
from tests.services.kafka import Kafka
from tests.services.processes import until

PERSONS: Final = 300
DAYS: Final = 45


class Watched:
    """A simulated stream, a model trained on it, and what replaying it with the model finds."""

    def __init__(self, folder: Path) -> None:
        simulate(folder, seed=11, persons=PERSONS, days=DAYS)
        self.events = folder / "events.ndjson"
        self.reference = folder / "reference"
        self.models = folder / "models"
        self.model = trained(self.models, "one", folder)
        assembly = Assembly(reference=self.reference, models=self.models)
        outcome = replay([self.events], assembly, workers=1)
        self.table: list[AlertRow] = rows_of(outcome.alerts)
        assert sum(row.rule_id.startswith("anomaly.") for row in self.table) > 20

    def halves(self, folder: Path) -> tuple[Path, Path]:
        """The stream in two files."""
        lines = self.events.read_bytes().splitlines(keepends=True)
        first, second = folder / "first.ndjson", folder / "second.ndjson"
        first.write_bytes(b"".join(lines[: len(lines) // 2]))
        second.write_bytes(b"".join(lines[len(lines) // 2 :]))
        return first, second


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    """One stream and model for all tests."""
    return Watched(tmp_path_factory.mktemp("stream"))


@pytest.fixture
def installation(kafka: Kafka, postgres_db: str, watched: Watched, tmp_path: Path) -> Installation:
    """Topics and a ledger for this test alone, and the models for its workers."""
    return Installation(
        kafka.bootstrap,
        postgres_db,
        watched.reference,
        tmp_path,
        settings={"FUNDWATCH_MODELS": str(watched.models)},
    )


def ranked(installation: Installation, model: str) -> int:
    """How many open alerts of the ledger have a rank of a model."""
    engine = create_engine(installation.ledger.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        found = connection.execute(
            select(func.count())
            .select_from(ALERTS)
            .join(TRIAGE, TRIAGE.c.alert_id == ALERTS.c.alert_id)
            .where(ALERTS.c.status == "open", TRIAGE.c.model == model)
        ).scalar_one()
    engine.dispose()
    return found


def test_workers_with_a_model_find_what_a_replay_finds(
    installation: Installation, watched: Watched, tmp_path: Path
) -> None:
    """One is killed half way, another goes on from its state; alerts of rules and models agree."""
    first, second = watched.halves(tmp_path)
    data = tmp_path / "data"
    with installation.worker(data) as worker:
        installation.feed(first)
        worker.process.until(
            lambda: sum(installation.taken(installation.topics.facts)) > 0, "some facts", 120
        )
        worker.kill()
    with installation.worker(data) as worker:
        installation.feed(second)
        installation.settle()
        until(
            lambda: ranked(installation, watched.model) > len(watched.table) // 2,
            "most alerts to be ranked",
            120,
        )
        _, metrics = worker.page("/metrics")

    assert difference(watched.table, installation.table()) == []
    text = metrics.decode()
    assert 'fundwatch_model_available{detector="settlement"} 1.0' in text
    assert f'fundwatch_model_trained_seconds{{model="{watched.model}"}}' in text
    assert "fundwatch_model_scoring_seconds_count" in text
    assert 'fundwatch_model_drift_psi{detector="own_past",feature="score"}' in text
