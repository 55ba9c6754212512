"""The verdict before payment from workers on a real Kafka, asked through a desk."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from alerts.access import tokens, users
from alerts.access.users import User
from alerts.ledger import Ledger
from alerts.prechecks.verdict import remarks_of
from events.deadletters import DeadLetter
from events.kinds import Event, Settlement
from events.readers import Record, open_source
from rules.engine import Change
from simulation import simulate
from streams.assembly import Assembly, assemble
from streams.memory import Memory
from streams.pipeline import Pipeline
from tests.integration.workers import COMMAND, Installation
from tests.services.kafka import Kafka
from tests.services.processes import free_port, running, until

WAIT = "10"


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small stream."""
    folder = tmp_path_factory.mktemp("stream")
    simulate(folder, seed=8, persons=300, days=30)
    return folder


@pytest.fixture
def installation(kafka: Kafka, postgres_db: str, stream: Path, tmp_path: Path) -> Installation:
    """Topics and a ledger for this test alone."""
    return Installation(kafka.bootstrap, postgres_db, stream / "reference", tmp_path)


def _expected(stream: Path, before: list[Event], asked: list[Event]) -> dict[str, set[str]]:
    """Alerts that each event would raise after those before, by its id."""
    expected = {}
    engine = assemble(Assembly(reference=stream / "reference"))
    for event in asked:
        pipeline, changes = Pipeline(engine, Memory()), list[Change]()
        for earlier in before:
            pipeline.process(earlier, changes)
        changes.clear()
        pipeline.process(event, changes)
        remarks = remarks_of(changes, event.event_id)
        expected[event.event_id] = {remark.alert.alert_id for remark in remarks}
    return expected


def test_workers_answer_what_the_settlement_would_raise(
    installation: Installation, stream: Path, tmp_path: Path
) -> None:
    """Two workers share persons and places, so that answers need both of them."""
    reads = [
        one for one in open_source(stream / "events.ndjson") if not isinstance(one, DeadLetter)
    ]
    cut = len(reads) * 4 // 5
    before, after = reads[:cut], reads[cut:]
    known = tmp_path / "known.ndjson"
    known.write_bytes(b"\n".join(read.raw for read in before) + b"\n")

    payments = [read for read in after if isinstance(read.event, Settlement)]
    asked = payments[:6] + _raising(stream, before, payments)[:6]
    expected = _expected(stream, [read.event for read in before], [read.event for read in asked])
    assert sum(map(bool, expected.values())) >= 2

    port, environment = (
        free_port(),
        {**installation.environment, "FUNDWATCH_PRECHECK_SECONDS": WAIT},
    )
    command = [*COMMAND, "desk", "--reference", str(installation.reference)]
    command += ["--listen", f"127.0.0.1:{port}"]
    with (
        installation.worker(tmp_path / "one"),
        installation.worker(tmp_path / "two", ready=False) as second,
        running(command, tmp_path / "desk.log", env=environment) as desk,
    ):
        desk.until(lambda: _health(port), "the desk")
        second.process.until(lambda: second.health().get("partitions"), "partitions", 180)
        installation.feed(known)
        installation.settle()
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}",
            headers={"Authorization": f"Bearer {_token(installation.ledger)}"},
            timeout=30,
        ) as client:
            # The first answer comes when the desk has found the brokers.
            until(lambda: _ask(client, asked[0].raw)["verdict"] != "unknown", "an answer", 60)
            answers = {read.event.event_id: _ask(client, read.raw) for read in asked}
            metrics = client.get("/metrics").text
    assert all(answer["missed"] == [] for answer in answers.values())
    told = {name: {one["alert_id"] for one in answer["result"]} for name, answer in answers.items()}
    assert told == expected
    assert 'fundwatch_prechecks_total{verdict="pass"}' in metrics
    assert installation.archived() == sorted({read.event.event_id for read in before})


def _raising(stream: Path, before: list[Record], payments: list[Record]) -> list[Record]:
    """Those of the payments that raise something when everything is taken in turn."""
    engine = assemble(Assembly(reference=stream / "reference"))
    pipeline, changes = Pipeline(engine, Memory()), list[Change]()
    for read in before:
        pipeline.process(read.event, changes)
    raising = []
    for read in payments:
        changes.clear()
        pipeline.process(read.event, changes)
        if remarks_of(changes, read.event.event_id):
            raising.append(read)
    return raising


def _token(url: str) -> str:
    with Ledger.open(url) as ledger, ledger.begin() as connection:
        users.add(connection, User("counter", "viewer"), 1, "test")
        return tokens.make(connection, "counter", "", 1, "test", scope="send")[1]


def _ask(client: httpx.Client, body: bytes) -> Mapping[str, Any]:
    answered = client.post("/v1/prechecks", content=body)
    assert answered.status_code == 200, answered.text
    found: Mapping[str, Any] = answered.json()
    return found


def _health(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False
