"""Faust on a real Kafka: a worker with all rules beside one that only decodes and keeps 400 bytes.

Both wait idle, are given the same messages at once, and are done when everything that follows from
them is on the brokers: the table's changelog here, alerts and facts with the state files of both
stages there. The figure is the ratio of the two, from the same run. The messages are the stream as
it is; of settlements alone, without the authorisations, registrations and reports of insurance that
they rest on, very many would raise an alert.
"""

import asyncio
import itertools
import os
import sqlite3
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple
from uuid import uuid4

import faust
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from faust.streams import Stream
from faust.types import StreamT

from events.codec import decode
from events.kinds import Settlement, key_of
from events.readers import lines
from simulation import simulate
from streams.worker.feeding import Bundle
from streams.worker.partitioning import home_of
from streams.worker.topics import Layout, ensure_topics
from tests.services import kafka as kafka_service
from tests.services.processes import running, until

PARTITIONS: Final = 4
KEPT_BYTES: Final = 400
_LIMIT_SECONDS: Final = 600.0
_READY: Final = "benchmark ready"


class Round(NamedTuple):
    """Events a second of both workers over the same messages, and their ratio."""

    lines: int
    keeping: float
    rules: float

    @property
    def ratio(self) -> float:
        """The worker with all rules over the one that only keeps 400 bytes."""
        return self.rules / self.keeping


class Piece(NamedTuple):
    """A message of the stream: partition, key, value."""

    partition: int
    key: bytes
    value: bytes


def ratio(
    broker: str,
    events: Path,
    reference: Path,
    *,
    most: int = 100_000,
    batch: int = 200,
    settlements: bool = False,
) -> Round:
    """Measure both workers once on a broker (`host:port`) with events of a file.

    `most` is how many events are taken, `batch` how many stand in one message, `settlements`
    whether all others are left out.
    """
    taken = _settlements(events) if settlements else (line for _, line in lines(events))
    pieces = messages(itertools.islice(taken, most), batch)
    number = sum(piece.value.count(b"\n") + 1 for piece in pieces)
    with TemporaryDirectory(prefix="fundwatch-bench-") as place:
        folder = Path(place)
        keeping = _keeping(broker, pieces, number, folder)
        rules = _with_rules(broker, pieces, reference, folder)
    return Round(batch, number / keeping, number / rules)


def messages(events: Iterable[bytes], batch: int) -> list[Piece]:
    """Lines of events as `fundwatch feed` puts them into messages."""
    bundles = [Bundle(batch) for _ in range(PARTITIONS)]
    pieces: list[Piece] = []
    for line in events:
        key = key_of(decode(line).event)
        partition = home_of(key, PARTITIONS)
        if (full := bundles[partition].put(key, line)) is not None:
            pieces.append(Piece(partition, *full))
    for partition, bundle in enumerate(bundles):
        if (rest := bundle.take()) is not None:
            pieces.append(Piece(partition, *rest))
    return pieces


def _settlements(events: Path) -> Iterator[bytes]:
    for _, line in lines(events):
        if isinstance(decode(line).event, Settlement):
            yield line


def _keeping(broker: str, pieces: Sequence[Piece], number: int, folder: Path) -> float:
    """Seconds of the worker that decodes and keeps 400 bytes a key."""
    prefix = f"bench-{uuid4().hex[:8]}"
    layout = Layout(broker, prefix, PARTITIONS)
    asyncio.run(ensure_topics(layout))
    log = folder / "keeping.log"
    command = [sys.executable, "-m", "benchmarks.worker", broker, prefix, str(folder / "keeping")]
    with running(command, log) as process:
        process.until(lambda: _READY in process.tail(), "the worker to be ready")
        changelog = f"{prefix}-kept-changelog"
        return _timed(layout, pieces, lambda: _written(broker, changelog) >= number)


def _with_rules(broker: str, pieces: Sequence[Piece], reference: Path, folder: Path) -> float:
    """Seconds of `fundwatch worker` with all rules."""
    prefix = f"bench-{uuid4().hex[:8]}"
    layout = Layout(broker, prefix, PARTITIONS)
    data = folder / "rules"
    data.mkdir()
    environment = {
        **os.environ,
        "FUNDWATCH_KAFKA": broker,
        "FUNDWATCH_TOPIC_PREFIX": prefix,
        "FUNDWATCH_PARTITIONS": str(PARTITIONS),
        "FUNDWATCH_POSTGRES": f"sqlite:///{folder / 'ledger.sqlite'}",
    }
    command: list[str | Path] = [sys.executable, "-c", "from streams.cli import main; main()"]
    command += ["worker", "--data", data, "--reference", reference]
    wanted = [sum(1 for piece in pieces if piece.partition == n) for n in range(PARTITIONS)]

    def done() -> bool:
        if _positions(data, "persons") != wanted:
            return False
        return sum(_positions(data, "places")) == _written(broker, layout.topics.facts)

    with running(command, folder / "rules.log", env=environment) as process:
        process.until(lambda: len(list(data.glob("*.sqlite"))) == 2 * PARTITIONS, "its state")
        return _timed(layout, pieces, done)


def _timed(layout: Layout, pieces: Sequence[Piece], done: Callable[[], bool]) -> float:
    begun = time.perf_counter()
    asyncio.run(_send(layout, pieces))
    until(done, "the worker to be done", _LIMIT_SECONDS)
    return time.perf_counter() - begun


async def _send(layout: Layout, pieces: Sequence[Piece]) -> None:
    async with AIOKafkaProducer(
        bootstrap_servers=layout.bootstrap, linger_ms=5, max_request_size=4 << 20
    ) as producer:
        sent = [
            await producer.send(
                layout.topics.events, piece.value, key=piece.key, partition=piece.partition
            )
            for piece in pieces
        ]
        await asyncio.gather(*sent)


def _written(broker: str, topic: str) -> int:
    async def ends() -> int:
        async with AIOKafkaConsumer(bootstrap_servers=broker) as consumer:
            places = [TopicPartition(topic, number) for number in range(PARTITIONS)]
            return sum((await consumer.end_offsets(places)).values())

    return asyncio.run(ends())


def _positions(data: Path, stage: str) -> list[int]:
    found = []
    for number in range(PARTITIONS):
        connection = sqlite3.connect(data / f"{stage}-{number}.sqlite")
        try:
            row = connection.execute("SELECT next FROM position").fetchone()
        finally:
            connection.close()
        found.append(row[0] if row is not None else 0)
    return found


def keep(broker: str, prefix: str, folder: Path) -> None:
    """Run the worker that only decodes and keeps 400 bytes a key, until it is told to stop."""
    app = faust.App(
        prefix,
        broker=f"kafka://{broker}",
        autodiscover=False,
        datadir=folder,
        store="memory://",
        topic_partitions=PARTITIONS,
        topic_disable_leader=True,
        key_serializer="raw",
        value_serializer="raw",
        producer_linger=0.005,
        web_enabled=False,
        worker_redirect_stdouts=False,
    )
    events = app.topic(f"{prefix}.events", key_type=bytes, value_type=bytes)
    kept = app.Table(
        "kept", key_type=bytes, value_type=bytes, partitions=PARTITIONS, use_partitioner=True
    )
    content = b"0" * KEPT_BYTES

    async def keeping(stream: StreamT[bytes]) -> None:
        assert isinstance(stream, Stream)
        async for batch in stream.take_events(100, 0.25):
            for event in batch:
                for line in event.value.split(b"\n"):
                    kept[key_of(decode(line).event).encode()] = content
                # A table's writes wait in a buffer for a turn of the loop.
                await asyncio.sleep(0)

    async def ready(*_: object, **__: object) -> None:
        sys.stderr.write(f"{_READY}\n")
        sys.stderr.flush()

    app.agent(events, name="keeping")(keeping)
    app.task(ready)
    worker = faust.Worker(app, loop=asyncio.new_event_loop(), loglevel="warning", quiet=True)
    worker.execute_from_commandline()


@contextmanager
def _stream(persons: int, days: int) -> Iterator[Path]:
    with TemporaryDirectory(prefix="fundwatch-bench-") as place:
        simulate(Path(place), seed=3, persons=persons, days=days)
        yield Path(place)


def main(
    *, rounds: int = 3, persons: int = 3000, days: int = 60, settlements: bool = False
) -> None:
    """Start a broker, measure, print a table."""
    with _stream(persons, days) as folder, kafka_service.start() as broker:
        print(f"{'in a message':>14}{'keeping 400 bytes':>20}{'all rules':>12}{'ratio':>8}")
        for batch in (200, 1):
            found = [
                ratio(
                    broker.bootstrap,
                    folder / "events.ndjson",
                    folder / "reference",
                    batch=batch,
                    settlements=settlements,
                )
                for _ in range(rounds)
            ]
            middle = sorted(found, key=lambda one: one.ratio)[len(found) // 2]
            keeping = median(one.keeping for one in found)
            rules = median(one.rules for one in found)
            print(f"{batch:14}{keeping:18,.0f}/s{rules:10,.0f}/s{middle.ratio:8.2f} (goal 0.7)")


if __name__ == "__main__":
    keep(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
