"""A worker and the feed over TLS, with a user and a password, on a real broker."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from alerts.table import difference, rows_of
from simulation import simulate
from streams.assembly import Assembly
from streams.replay import replay
from tests.integration.workers import COMMAND, Installation
from tests.services.kafka import Guarded, Kafka
from tests.services.processes import REPOSITORY


def _settings(guarded: Guarded) -> dict[str, str]:
    return {
        "FUNDWATCH_KAFKA": guarded.bootstrap,
        "FUNDWATCH_KAFKA_PROTOCOL": "SASL_SSL",
        "FUNDWATCH_KAFKA_MECHANISM": "SCRAM-SHA-512",
        "FUNDWATCH_KAFKA_USER": guarded.user,
        "FUNDWATCH_KAFKA_PASSWORD": guarded.password,
        "FUNDWATCH_KAFKA_CA": str(guarded.ca),
    }


@pytest.fixture
def guarded(kafka: Kafka) -> Guarded:
    """The guarded listener of our own broker; somebody else's may have none."""
    if kafka.guarded is None:
        pytest.skip("FUNDWATCH_KAFKA names a broker whose guarded listener is not known")
    return kafka.guarded


def test_a_worker_works_over_tls_with_a_password(
    kafka: Kafka, guarded: Guarded, postgres_db: str, tmp_path: Path
) -> None:
    simulate(tmp_path / "made", seed=2, persons=300, days=20)
    events, reference = tmp_path / "made" / "events.ndjson", tmp_path / "made" / "reference"
    installation = Installation(
        kafka.bootstrap, postgres_db, reference, tmp_path, settings=_settings(guarded)
    )
    with installation.worker(tmp_path / "worker") as worker:
        fed = installation.feed(events)
        installation.settle()
        log = worker.process.log.read_text()
    expected = rows_of(replay([events], Assembly(reference=reference), workers=1).alerts)

    assert fed["events"] == len(events.read_bytes().splitlines())
    assert expected
    assert difference(expected, installation.table()) == []
    assert guarded.password not in log


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"FUNDWATCH_KAFKA_PASSWORD": "another"}, "Kafka at"),
        ({"FUNDWATCH_KAFKA_PASSWORD": ""}, "FUNDWATCH_KAFKA_PASSWORD"),
        ({"FUNDWATCH_KAFKA_CA": ""}, "Kafka at"),
    ],
)
def test_who_cannot_show_or_check_is_told_so(
    guarded: Guarded, tmp_path: Path, changed: Mapping[str, str], told: str
) -> None:
    environment = {**os.environ, **_settings(guarded), **changed}
    environment = {name: value for name, value in environment.items() if value}
    (tmp_path / "events.ndjson").write_text("{}\n")
    done = subprocess.run(
        [*COMMAND, "feed", str(tmp_path / "events.ndjson")],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert guarded.password not in done.stderr
