"""Whatever is cut short, delivered twice, moved or lost: alerts and state follow the log alone."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Iterable, Mapping
from pathlib import Path

import pytest
from aiokafka.errors import KafkaConnectionError

from alerts.alert import Alert
from alerts.ledger.lines import alert_from_line
from alerts.table import AlertRow, difference, rows_of
from events.readers import open_sources
from rules.engine import Engine
from simulation import simulate
from streams.assembly import Assembly, assemble
from streams.metrics import Metrics
from streams.replay import replay
from streams.worker.counts import Counts
from streams.worker.feeding import Bundle
from streams.worker.history import Place
from streams.worker.messages import Message
from streams.worker.outbox import Outbox
from streams.worker.partitioning import home_of
from streams.worker.partitions import Partitions
from streams.worker.stages import Persons, Places
from streams.worker.store import StoreError
from streams.worker.topics import Layout

PARTITIONS = 3
STAMP = 1_900_000_000
LAYOUT = Layout("memory", "t", PARTITIONS)


class PowerCutError(Exception):
    """The process is gone."""


class Cluster:
    """Kafka in memory: a log of every partition, what the group committed, and power cuts."""

    def __init__(self) -> None:
        self.logs: defaultdict[Place, list[Message]] = defaultdict(list)
        self.offsets: defaultdict[Place, int] = defaultdict(int)
        self.sends_until_cut = -1
        self.refusals = 0
        self.first: defaultdict[Place, int] = defaultdict(int)
        self.read_again = 0

    async def produce(
        self, topic: str, partition: int, key: bytes, value: bytes
    ) -> Awaitable[object]:
        assert key
        if self.sends_until_cut == 0:
            raise PowerCutError
        if self.refusals:
            self.refusals -= 1
            raise KafkaConnectionError
        self.sends_until_cut -= 1
        log = self.logs[topic, partition]
        log.append(Message(len(log), STAMP + len(log), value))
        done: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done

    async def committed(self, topic: str, partition: int) -> int:
        return self.offsets[topic, partition]

    async def beginning(self, topic: str, partition: int) -> int:
        return self.first[topic, partition]

    async def ends(self, places: Iterable[Place]) -> Mapping[Place, int]:
        return {place: len(self.logs[place]) for place in places}

    async def read(
        self, topic: str, partition: int, start: int, until: int
    ) -> AsyncIterator[list[Message]]:
        start = max(start, self.first[topic, partition])
        found = self.logs[topic, partition][start:until]
        self.read_again += len(found)
        for at in range(0, len(found), 2):
            yield found[at : at + 2]

    def alerts(self) -> list[Alert]:
        return [
            alert_from_line(message.value)
            for (topic, _), log in self.logs.items()
            if topic == LAYOUT.topics.alerts
            for message in log
        ]


class Stream:
    """A small stream and what replaying it finds."""

    def __init__(self, folder: Path) -> None:
        simulate(folder, seed=11, persons=300, days=30)
        self.assembly = Assembly(reference=folder / "reference")
        self.engine: Engine = assemble(self.assembly)
        source = folder / "events.ndjson"
        self.table: list[AlertRow] = rows_of(replay([source], self.assembly, workers=1).alerts)
        self.lines = [
            (one.event.psn_no or one.event.fixmedins_code, one.raw)
            for one in open_sources([source])
            if hasattr(one, "event")
        ]
        assert len(self.table) > 5

    def fed(self) -> Cluster:
        """A cluster whose events topic holds the stream."""
        cluster = Cluster()
        bundles = [Bundle(40) for _ in range(PARTITIONS)]

        def write(partition: int, piece: tuple[bytes, bytes] | None) -> None:
            if piece is not None:
                log = cluster.logs[LAYOUT.topics.events, partition]
                log.append(Message(len(log), STAMP, piece[1]))

        for key, line in self.lines:
            partition = home_of(key, PARTITIONS)
            write(partition, bundles[partition].put(key, line))
        for partition, bundle in enumerate(bundles):
            write(partition, bundle.take())
        return cluster


class Worker:
    """Both stages over a folder, as one process has them."""

    def __init__(self, cluster: Cluster, stream: Stream, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._cluster = cluster
        outbox = Outbox(LAYOUT, cluster.produce)
        counts = Counts(Metrics())
        self.counts = counts
        stages = (
            Persons(LAYOUT.topics.events, PARTITIONS),
            Places(LAYOUT.topics.facts, PARTITIONS),
        )
        self.stages = [
            Partitions(
                stage, folder, stream.engine, cluster, outbox, counts, lines=100, capacity=1000
            )
            for stage in stages
        ]

    async def take(self, most: int, order: random.Random, *, back: int = 0) -> bool:
        """Deliver some messages of each partition from where the group stands, or before.

        Returns whether there is anything left to deliver.
        """
        left = False
        for partitions in self.stages:
            topic = partitions.stage.topic
            for number in range(PARTITIONS):
                place = (topic, number)
                start = max(0, self._cluster.offsets[place] - order.randint(0, back))
                run = self._cluster.logs[place][start : start + order.randint(1, most)]
                if not run:
                    continue
                await partitions.take({number: run})
                at = max(self._cluster.offsets[place], run[-1].offset + 1)
                self._cluster.offsets[place] = at
                left = left or at < len(self._cluster.logs[place])
        return left

    def close(self) -> None:
        for partitions in self.stages:
            partitions.close()


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory) -> Stream:
    """One stream for all tests."""
    return Stream(tmp_path_factory.mktemp("stream"))


async def to_the_end(worker: Worker, order: random.Random, *, back: int = 0) -> None:
    while await worker.take(5, order, back=back):
        pass


@pytest.mark.parametrize("most", [1, 3, 100])
def test_any_size_of_batch_finds_what_a_replay_finds(
    stream: Stream, tmp_path: Path, most: int
) -> None:
    cluster = stream.fed()
    worker = Worker(cluster, stream, tmp_path)

    async def run() -> None:
        while await worker.take(most, random.Random(1)):
            pass

    asyncio.run(run())
    worker.close()

    assert not difference(stream.table, rows_of(cluster.alerts()))
    assert cluster.read_again == 0


@pytest.mark.parametrize("seed", range(4))
def test_power_cuts_at_any_send_lose_and_double_nothing(
    stream: Stream, tmp_path: Path, seed: int
) -> None:
    order = random.Random(seed)
    cluster = stream.fed()
    folders = [tmp_path / "a", tmp_path / "b"]
    cuts = 0
    while True:
        worker = Worker(cluster, stream, order.choice(folders))
        cluster.sends_until_cut = order.randint(1, 40) if cuts < 12 else -1
        try:
            asyncio.run(to_the_end(worker, order, back=3))
        except PowerCutError:
            cuts += 1
        else:
            break
        finally:
            worker.close()

    assert cuts > 5
    assert cluster.read_again > 0
    assert not difference(stream.table, rows_of(cluster.alerts()))


def test_what_is_rebuilt_is_not_told_again(stream: Stream, tmp_path: Path) -> None:
    cluster = stream.fed()
    first = Worker(cluster, stream, tmp_path / "first")
    asyncio.run(to_the_end(first, random.Random(1)))
    sizes = [partitions.sizes() for partitions in first.stages]
    first.close()
    written = {place: len(log) for place, log in cluster.logs.items()}

    second = Worker(cluster, stream, tmp_path / "second")

    async def prepare() -> None:
        for partitions in second.stages:
            await partitions.prepare(range(PARTITIONS))

    asyncio.run(prepare())

    assert {place: len(log) for place, log in cluster.logs.items()} == written
    assert [partitions.sizes() for partitions in second.stages] == sizes
    assert sum(second.stages[0].positions.values()) == sum(
        written[LAYOUT.topics.events, number] for number in range(PARTITIONS)
    )
    second.close()


def test_two_processes_at_one_folder_take_turns(stream: Stream, tmp_path: Path) -> None:
    cluster = stream.fed()
    ours, theirs = (Worker(cluster, stream, tmp_path) for _ in range(2))

    async def run() -> None:
        order = random.Random(3)
        left = (True, True)
        while any(left):
            left = await asyncio.gather(ours.take(4, order, back=2), theirs.take(4, order, back=2))

    asyncio.run(run())
    ours.close()
    theirs.close()

    assert not difference(stream.table, rows_of(cluster.alerts()))


def test_messages_that_retention_took_are_counted(stream: Stream, tmp_path: Path) -> None:
    cluster = stream.fed()
    worker = Worker(cluster, stream, tmp_path)
    place = (LAYOUT.topics.events, 0)
    log = cluster.logs[place]

    async def run() -> None:
        await worker.stages[0].take({0: log[:1]})
        cluster.first[place] = 3
        await worker.stages[0].take({0: log[4:]})

    asyncio.run(run())
    at = worker.stages[0].positions[0]
    worker.close()

    assert at == len(log)
    assert cluster.read_again == 1
    assert worker.counts.missed.labels("persons")._value.get() == 2


def test_the_state_of_a_longer_topic_is_refused(stream: Stream, tmp_path: Path) -> None:
    cluster = stream.fed()
    worker = Worker(cluster, stream, tmp_path)
    asyncio.run(to_the_end(worker, random.Random(1)))
    worker.close()
    other = Worker(Cluster(), stream, tmp_path)

    with pytest.raises(StoreError, match="the topic was made anew"):
        asyncio.run(other.stages[0].prepare([0]))
    other.close()


def test_partitions_of_others_are_closed(stream: Stream, tmp_path: Path) -> None:
    cluster = stream.fed()
    worker = Worker(cluster, stream, tmp_path)
    asyncio.run(to_the_end(worker, random.Random(1)))
    persons = worker.stages[0]
    whole = persons.sizes()["person"]

    persons.assigned([1])

    assert set(persons.positions) == {1}
    assert 0 < persons.sizes()["person"] < whole
    worker.close()


def test_sending_goes_on_when_the_brokers_are_back(stream: Stream, tmp_path: Path) -> None:
    cluster = stream.fed()
    cluster.refusals = 2
    worker = Worker(cluster, stream, tmp_path)
    asyncio.run(to_the_end(worker, random.Random(1)))
    worker.close()

    assert cluster.refusals == 0
    assert not difference(stream.table, rows_of(cluster.alerts()))
