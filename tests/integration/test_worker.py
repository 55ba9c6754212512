"""Workers on a real Kafka and PostgreSQL end with the alert table of a replay, whatever happens."""

import json
import sqlite3
import subprocess
from functools import partial
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from alerts.table import AlertRow, difference, rows_of
from simulation import simulate
from streams.assembly import Assembly
from streams.replay import replay
from tests.integration.workers import COMMAND, Installation
from tests.services.kafka import Kafka
from tests.services.postgres import Postgres
from tests.services.processes import REPOSITORY, until

PERSONS: Final = 300
DAYS: Final = 30
KILLS: Final = 3


class Stream:
    """A simulated stream and what replaying it finds."""

    def __init__(self, folder: Path) -> None:
        simulate(folder, seed=11, persons=PERSONS, days=DAYS)
        self.events = folder / "events.ndjson"
        self.reference = folder / "reference"
        outcome = replay([self.events], Assembly(reference=self.reference), workers=1)
        self.number = outcome.events
        lines = self.events.read_bytes().splitlines()
        self.ids = sorted({json.loads(line)["event_id"] for line in lines})
        self.table: list[AlertRow] = rows_of(outcome.alerts)
        assert self.table

    def slices(self, number: int, folder: Path) -> list[Path]:
        """The stream in files of consecutive lines."""
        lines = self.events.read_bytes().splitlines(keepends=True)
        size = -(-len(lines) // number)
        files = []
        for part in range(number):
            file = folder / f"slice-{part}.ndjson"
            file.write_bytes(b"".join(lines[part * size : (part + 1) * size]))
            files.append(file)
        return files


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory) -> Stream:
    """One stream for all tests."""
    return Stream(tmp_path_factory.mktemp("stream"))


@pytest.fixture
def installation(kafka: Kafka, postgres_db: str, stream: Stream, tmp_path: Path) -> Installation:
    """Topics and a ledger for this test alone."""
    return Installation(kafka.bootstrap, postgres_db, stream.reference, tmp_path)


def test_one_worker_finds_what_a_replay_finds(
    installation: Installation, stream: Stream, tmp_path: Path
) -> None:
    with installation.worker(tmp_path / "data") as worker:
        fed = installation.feed(stream.events)
        installation.settle()
        until(
            lambda: all(one["lag"] == 0 for one in worker.health()["partitions"]),
            "no lag to be shown",
        )
        status, metrics = worker.page("/metrics")
        health = worker.health()

    assert fed["events"] == stream.number
    assert installation.archived() == stream.ids
    assert fed["rejected"] == 0
    assert not difference(stream.table, installation.table())
    assert health["status"] == "ok"
    assert len(health["partitions"]) == 5 * installation.partitions
    assert status == 200
    text = metrics.decode()
    assert "fundwatch_alert_changes_total{" in text
    assert (
        f'fundwatch_lag_records{{partition="0",source="{installation.topics.facts}"}} 0.0' in text
    )
    assert 'fundwatch_state_records{history="person"}' in text


def test_everything_delivered_twice_changes_nothing(
    installation: Installation, stream: Stream, tmp_path: Path
) -> None:
    with installation.worker(tmp_path / "data"):
        installation.feed(stream.events)
        installation.feed(stream.events)
        installation.settle()
        again = installation.table()

    assert not difference(stream.table, again)


def test_a_worker_killed_again_and_again_loses_and_doubles_nothing(
    installation: Installation, stream: Stream, tmp_path: Path
) -> None:
    slices = stream.slices(KILLS + 1, tmp_path)
    topics = installation.topics

    with installation.worker(tmp_path / "steady"):
        for part in slices[:-1]:
            with installation.worker(tmp_path / "mortal") as mortal:
                before = installation.taken(topics.events)
                installation.feed(part)
                until(partial(moved, installation, before), "a part of the slice to be taken")
                mortal.kill()
        installation.feed(slices[-1])
        installation.settle()

    assert not difference(stream.table, installation.table())
    assert installation.archived() == stream.ids


def moved(installation: Installation, before: list[int]) -> bool:
    """Whether events were committed beyond these offsets."""
    return sum(installation.taken(installation.topics.events)) > sum(before)


def test_a_worker_with_an_empty_folder_rebuilds_its_state_without_telling_again(
    installation: Installation, stream: Stream, tmp_path: Path
) -> None:
    first, second = stream.slices(2, tmp_path)
    with installation.worker(tmp_path / "lost"):
        installation.feed(first)
        installation.settle()
    facts = installation.ends(installation.topics.facts)
    alerts = installation.ends(installation.topics.alerts)

    data = tmp_path / "fresh"
    with installation.worker(data):
        events = installation.taken(installation.topics.events)
        until(lambda: positions(data, "persons") == events, "the state of persons")
        until(lambda: positions(data, "places") == facts, "the state of places")
        told = [installation.ends(topic) for topic in installation.topics[1:3]]
        installation.feed(second)
        installation.settle()

    assert told == [facts, alerts]
    assert not difference(stream.table, installation.table())


def positions(data: Path, stage: str) -> list[int]:
    """Next offset of every partition as the state files have it; 0 where there is none yet."""
    found = []
    for number in range(4):
        path = data / f"{stage}-{number}.sqlite"
        if not path.exists():
            return []
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            row = connection.execute("SELECT next FROM position").fetchone()
        except sqlite3.OperationalError:
            return []
        finally:
            connection.close()
        found.append(row[0] if row else 0)
    return found


def test_two_workers_may_share_a_folder(
    installation: Installation, stream: Stream, tmp_path: Path
) -> None:
    data = tmp_path / "shared"
    first, second, third = stream.slices(3, tmp_path)
    with installation.worker(data):
        installation.feed(first)
        with installation.worker(data) as other:
            installation.feed(second)
            installation.settle()
            other.kill()
            installation.feed(third)
            installation.settle()

    assert not difference(stream.table, installation.table())


def test_garbage_in_every_topic_is_kept_apart(
    installation: Installation, stream: Stream, tmp_path: Path
) -> None:
    topics = installation.topics
    garbage = [b"\xff\xfe\x00garbage", None, b"", b"[]", b"{" * 5000, b"\x93\x01\x02"]
    with installation.worker(tmp_path / "data") as worker:
        for topic in topics:
            installation.send(topic, garbage)
        installation.feed(stream.events)
        installation.settle()
        assert worker.process.child.poll() is None
        _, metrics = worker.page("/metrics")

    assert not difference(stream.table, installation.table())
    sources = [source.rpartition("/")[0] for source, _, _ in installation.letters()]
    for topic in topics:
        assert sources.count(f"{topic}/0") == len(garbage)
    assert b'fundwatch_rejected_total{reason="not_json"}' in metrics


def test_events_in_the_wrong_partition_reach_the_right_one(
    installation: Installation, stream: Stream, tmp_path: Path
) -> None:
    lines = stream.events.read_bytes().splitlines()
    with installation.worker(tmp_path / "data"):
        # Everything into one partition, as a producer with another partitioner might.
        runs = [b"\n".join(lines[start : start + 200]) for start in range(0, len(lines), 200)]
        installation.send(installation.topics.events, runs)
        installation.settle()

    assert not difference(stream.table, installation.table())


def test_a_hostile_file_is_fed_with_its_good_lines(
    installation: Installation, stream: Stream, tmp_path: Path
) -> None:
    hostile = tmp_path / "hostile.ndjson"
    bad = [
        b'{"event_type":"settlement"',
        b"\x00\x01\x02",
        b'{"event_type":"settlement","event_id":"' + b"x" * (2 << 20) + b'"}',
        b'{"event_type":"nothing","event_id":"1","event_time":"2024-01-01T00:00:00"}',
        b"[" * 100_000,
        b'{"event_type":"reversal","event_id":"\xff","event_time":"2024-01-01T00:00:00"}',
    ]
    lines = stream.events.read_bytes().splitlines()
    step = len(lines) // len(bad)
    mixed = [
        line
        for number, ill in enumerate(bad)
        for line in (ill, *lines[number * step : (number + 1) * step])
    ]
    mixed += lines[len(bad) * step :]
    hostile.write_bytes(b"\n".join(mixed) + b"\n")

    with installation.worker(tmp_path / "data"):
        fed = installation.feed(hostile)
        installation.settle()

    assert (fed["events"], fed["rejected"]) == (stream.number, len(bad))
    assert not difference(stream.table, installation.table())
    letters = installation.letters()
    assert [source for source, _, _ in letters] == [str(hostile)] * len(bad)
    assert [mixed[position - 1] for _, position, _ in letters] == bad


def test_alerts_wait_for_a_ledger_that_is_away(
    installation: Installation, postgres: Postgres, stream: Stream, tmp_path: Path
) -> None:
    name = make_url(installation.ledger).database
    administration = create_engine(postgres.url, isolation_level="AUTOCOMMIT", poolclass=NullPool)

    def say(statement: str) -> None:
        with administration.connect() as connection:
            connection.execute(text(statement), {"name": name})

    with installation.worker(tmp_path / "data") as worker:
        say(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        say("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
        installation.feed(stream.events)
        until(
            lambda: b"fundwatch_ledger_reachable 0.0" in worker.page("/metrics")[1],
            "the ledger to be missed",
        )
        say(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        installation.settle()
        assert b"fundwatch_ledger_reachable 1.0" in worker.page("/metrics")[1]

    assert not difference(stream.table, installation.table())


def test_a_worker_does_not_start_on_topics_that_do_not_fit(
    installation: Installation, kafka: Kafka, tmp_path: Path
) -> None:
    for topic in installation.topics:
        kafka.create_topic(topic, 3)

    done = subprocess.run(
        [*COMMAND, "worker", "--data", str(tmp_path / "data")],
        cwd=REPOSITORY,
        env=installation.environment,
        capture_output=True,
        check=False,
    )

    assert done.returncode == 1
    said = done.stderr.decode()
    assert f"{installation.topics.events}: found 3 partitions, expected 4" in said
    assert "Traceback" not in said


def test_a_worker_ends_when_its_state_is_of_other_topics(
    installation: Installation, stream: Stream, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    with installation.worker(data):
        installation.feed(stream.events)
        installation.settle()
    installation.prefix += "x"

    with installation.worker(data, ready=False) as worker:
        code = worker.process.child.wait(60)
        said = worker.process.tail()

    assert code == 1
    assert "give every FUNDWATCH_TOPIC_PREFIX a folder of its own" in said


def test_the_summary_of_feeding_is_readable(installation: Installation, stream: Stream) -> None:
    done = subprocess.run(
        [*COMMAND, "feed", "--batch", "50", str(stream.events)],
        cwd=REPOSITORY,
        env=installation.environment,
        capture_output=True,
        check=True,
    )

    assert f"{stream.number} events in " in done.stdout.decode()
    written = sum(installation.ends(installation.topics.events))
    assert written >= stream.number / 50
