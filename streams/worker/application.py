"""The Faust application of a worker: five agents on four topics, two pages, no tables."""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import faust
import msgspec
from aiokafka import AIOKafkaProducer
from faust.streams import Stream
from faust.types import TP, EventT, StreamT
from faust.web import Request, Response, View
from sqlalchemy.exc import SQLAlchemyError

from alerts.ledger import Ledger, trials
from events.times import CST
from rules.engine import Engine
from streams.anomaly.comparing import Pair
from streams.anomaly.opening import panel_of, ranker_of
from streams.anomaly.panel import ModelPanel
from streams.assembly import Assembly
from streams.metrics import Metrics
from streams.prechecks.answering import Answering
from streams.reloading import PolicyWatch, enter
from streams.scheduling import exporter_of
from streams.settings import Settings
from streams.worker.archiving import Archive, Release
from streams.worker.counts import Counts
from streams.worker.history import KafkaLog, Place
from streams.worker.messages import Message
from streams.worker.outbox import Outbox
from streams.worker.partitions import Partitions
from streams.worker.ranking import rank_mine
from streams.worker.security import security_of
from streams.worker.sink import Sink
from streams.worker.stages import Persons, Places
from streams.worker.topics import MAX_MESSAGE, layout_of
from streams.worker.watch import Watch

_LOG: Final = logging.getLogger(__name__)
_MESSAGES: Final = 100
"""Messages an agent takes at once, and as many wait for it: each may hold hundreds of lines."""
_LOOK_SECONDS: Final = 2.0
Take = Callable[[Mapping[int, Sequence[Message]], Release], Awaitable[None]]
"""Takes messages by partition; whoever takes them calls the second when they are done with."""
Fault = Callable[[BaseException], Awaitable[None]]


class Parts:
    """What a worker is put together from; `app` is ready to be run."""

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        ledger: Ledger,
        folder: Path,
        web_port: int,
        assembly: Assembly,
    ) -> None:
        layout = layout_of(settings)
        self.layout = layout
        self.metrics = Metrics(engine.context.institutions)
        self._failures = engine.failures
        self._ledger = ledger
        self._panel = panel_of(engine, self.metrics, wanted=assembly.models is not None)
        self._ranker = ranker_of(self._panel)
        self.policy = PolicyWatch(engine.context, assembly, self.metrics)
        self.exporter = exporter_of(settings, assembly, self.metrics, None)
        self.watch = Watch(self.metrics, settings.stall_seconds)
        self.log = KafkaLog(layout.bootstrap, layout.prefix, layout.security)
        self.app = make_app(settings, folder, web_port)
        counts = Counts(self.metrics)
        outbox = Outbox(layout, self._produce)
        capacity = max(1000, settings.cache_histories // layout.partitions)

        def partitions(stage: Persons | Places) -> Partitions:
            return Partitions(
                stage,
                folder,
                engine,
                self.log,
                outbox,
                counts,
                lines=settings.batch_events,
                capacity=capacity,
            )

        topics = layout.topics
        self.sink = Sink(ledger, counts)
        self.archive = Archive(topics.events, layout.partitions, self.sink.events)
        self.persons = partitions(Persons(topics.events, layout.partitions, self.archive.note))
        self.places = partitions(Places(topics.facts, layout.partitions))
        self._voice: AIOKafkaProducer | None = None
        self.answering = Answering(
            engine,
            layout.asking,
            layout.partitions,
            self.persons.histories,
            self.places.histories,
            self._say,
        )

    async def _produce(
        self, topic: str, partition: int, key: bytes, value: bytes
    ) -> Awaitable[object]:
        return await self.app.producer.send(topic, key, value, partition, None, None)

    async def _say(self, topic: str, partition: int, value: bytes) -> None:
        """Send at once: the application's own producer waits a little for more to send."""
        if self._voice is None:
            voice = AIOKafkaProducer(
                bootstrap_servers=self.layout.bootstrap,
                acks=1,
                linger_ms=0,
                max_request_size=MAX_MESSAGE,
                **self.layout.security.clients,
            )
            await voice.start()
            self._voice = voice
        await self._voice.send(topic, value, key=b"%d" % partition, partition=partition)

    async def silence(self) -> None:
        """Answer no more."""
        voice, self._voice = self._voice, None
        if voice is not None:
            await voice.stop()

    def assigned(self, places: set[TP]) -> None:
        """Let go of what other workers have now."""
        for partitions in (self.persons, self.places):
            topic = partitions.stage.topic
            partitions.assigned(one.partition for one in places if one.topic == topic)

    async def prepare(self, places: set[TP]) -> None:
        """Bring the state of new partitions to where the group stands."""
        for partitions in (self.persons, self.places):
            topic = partitions.stage.topic
            await partitions.prepare(sorted(one.partition for one in places if one.topic == topic))

    async def refresh_policy(self) -> None:
        """Take up changed policy files before more is taken, and enter what they changed."""
        taken = self.policy.look()
        if taken is not None:
            now = int(time.time() * 1000)
            await self.sink.certainly(lambda connection: enter(connection, taken, now, "worker"))
            self.policy.told(taken)

    async def look(self) -> None:
        """Measure how far behind this worker is, and what it remembers."""
        places = [(one.topic, one.partition) for one in self.app.consumer.assignment()]
        ends = await self.log.ends(places) if places else {}
        known = self._positions()
        positions = {
            place: known[place] if place in known else await self.log.committed(*place)
            for place in ends
        }
        self.watch.look(positions, ends, time.monotonic())
        for partitions in (self.persons, self.places):
            self.metrics.remembered(partitions.sizes())
        self.metrics.broke(self._failures)
        if self._panel is not None:
            await self._keep(self._panel)

    async def _keep(self, panel: ModelPanel) -> None:
        """Keep what models say beside their alerts: agreement in trial, and ranks."""
        pairs = panel.take_pairs()
        if pairs:
            await asyncio.to_thread(self._add_pairs, pairs)
        if self._ranker is not None:
            try:
                await rank_mine(self._ranker, self._ledger, self.places, self.layout.partitions)
            except SQLAlchemyError:
                raise
            except Exception as error:
                self._ranker = None
                _LOG.warning("models: ranking broke (%s); alerts have none", type(error).__name__)

    def _add_pairs(self, pairs: Sequence[Pair]) -> None:
        with self._ledger.begin() as connection:
            trials.add_pairs(connection, [pair._asdict() for pair in pairs])

    def _positions(self) -> dict[Place, int]:
        known = dict(self.sink.positions)
        for partitions in (self.persons, self.places):
            topic = partitions.stage.topic
            known.update({(topic, number): at for number, at in partitions.positions.items()})
        return known

    def close(self) -> None:
        """Close the state files."""
        self.persons.close()
        self.places.close()


def make_app(settings: Settings, folder: Path, web_port: int) -> faust.App:
    """A Faust application without agents, tables and topics of its own."""
    return faust.App(
        settings.topic_prefix,
        broker=[f"kafka://{server.strip()}" for server in settings.kafka.split(",")],
        broker_credentials=security_of(settings).faust,
        autodiscover=False,
        datadir=folder / "faust",
        store="memory://",
        # Its own assignor leaves partitions where they are; it is in use only if this is above 0.
        table_standby_replicas=1,
        topic_allow_declare=False,
        topic_disable_leader=True,
        key_serializer="raw",
        value_serializer="raw",
        agent_supervisor="mode.CrashingSupervisor",
        stream_wait_empty=False,
        stream_buffer_maxsize=_MESSAGES,
        broker_session_timeout=settings.session_seconds,
        broker_heartbeat_interval=settings.session_seconds / 3,
        broker_commit_interval=1.0,
        broker_max_poll_records=500,
        producer_linger=0.005,
        producer_max_request_size=MAX_MESSAGE,
        producer_request_timeout=60.0,
        web_enabled=True,
        web_bind=settings.worker_bind,
        web_host="127.0.0.1",
        web_port=web_port,
        web_tables_enabled=False,
        web_router_enabled=False,
        web_stats_enabled=False,
        web_graph_enabled=False,
        web_metrics_enabled=False,
        worker_redirect_stdouts=False,
    )


def add_agents(parts: Parts, settings: Settings, fault: Fault) -> None:
    """Give the application its agents, its pages and what it does beside them."""
    app, topics = parts.app, parts.layout.topics

    def agent(name: str, topic: str, take: Take) -> None:
        channel = app.topic(topic, key_type=bytes, value_type=bytes)

        async def body(stream: StreamT[bytes]) -> None:
            assert isinstance(stream, Stream)
            await consume(stream, take, settings.batch_seconds, fault)

        app.agent(channel, name=name, concurrency=1)(body)

    async def persons(runs: Mapping[int, Sequence[Message]], release: Release) -> None:
        await parts.refresh_policy()
        parts.archive.expect(runs)
        await parts.persons.take(runs)
        # An offset of events is given back when both have it, the state and the archive.
        await parts.archive.add(runs, release)

    async def places(runs: Mapping[int, Sequence[Message]], release: Release) -> None:
        await parts.refresh_policy()
        await parts.places.take(runs)
        await release()

    async def ledger(runs: Mapping[int, Sequence[Message]], release: Release) -> None:
        await parts.sink.alerts(topics.alerts, runs)
        await release()

    async def refused(runs: Mapping[int, Sequence[Message]], release: Release) -> None:
        await parts.sink.dead_letters(topics.dead_letters, runs)
        await release()

    agent("persons", topics.events, persons)
    agent("places", topics.facts, places)
    agent("ledger", topics.alerts, ledger)
    agent("refused", topics.dead_letters, refused)
    _add_answers(parts)
    _add_pages(parts)
    _add_duties(parts, settings.archive_seconds, fault)


def _add_answers(parts: Parts) -> None:
    """The agent that answers before payment; the same partitions come to it as to the others."""
    app = parts.app
    channel = app.topic(parts.layout.asking.questions, key_type=bytes, value_type=bytes)

    async def body(stream: StreamT[bytes]) -> None:
        async for event in stream.events():
            await parts.answering.answer(event.message.partition, event.message.value or b"")

    app.agent(channel, name="questions", concurrency=1)(body)


async def consume(stream: Stream[Any], take: Take, within: float, fault: Fault) -> None:
    """The body of every agent: take messages in batches, each acknowledged when it is done.

    `noack_take`, because the others acknowledge a batch also when it was cut short.
    """
    async for batch in stream.noack_take(_MESSAGES, within):
        runs: defaultdict[int, list[Message]] = defaultdict(list)
        for event in batch:
            runs[event.message.partition].append(message_of(event))
        try:
            await take(runs, partial(acknowledge, stream, batch))
        except Exception as error:
            await fault(error)


async def acknowledge(stream: Stream[Any], batch: Sequence[EventT[Any]]) -> None:
    """Give the offsets of events back."""
    for event in batch:
        await stream.ack(event)


def message_of(event: EventT[Any]) -> Message:
    """What a stage needs of an event of Faust's."""
    message = event.message
    return Message(message.offset, int(message.timestamp), message.value or b"")


def _add_pages(parts: Parts) -> None:
    app = parts.app

    @app.page("/metrics")
    async def metrics(self: View, _: Request) -> Response:
        return self.bytes(parts.metrics.text(), content_type="text/plain; version=0.0.4")

    @app.page("/health")
    async def health(self: View, _: Request) -> Response:
        found = parts.watch.health(time.monotonic())
        return self.bytes(
            msgspec.json.encode(found),
            content_type="application/json",
            status=200 if found.status == "ok" else 503,
        )


def _add_duties(parts: Parts, archive_seconds: float, fault: Fault) -> None:
    app = parts.app
    arriving: set[asyncio.Task[None]] = set()

    async def assigned(_: Any, /, *told: Any, **__: Any) -> None:
        places: set[TP] = told[0]
        parts.assigned(places)
        task = asyncio.create_task(guarded(parts.prepare(places)))
        arriving.add(task)
        task.add_done_callback(arriving.discard)

    async def guarded(work: Awaitable[None]) -> None:
        try:
            await work
        except Exception as error:
            await fault(error)

    async def looking() -> None:
        try:
            while not app.should_stop:
                try:
                    await parts.look()
                except Exception as error:
                    # The next look may succeed; if none does, the health page says so.
                    _LOG.info("lag not measured: %s", type(error).__name__)
                await app.sleep(_LOOK_SECONDS)
        finally:
            await parts.silence()
            await parts.log.stop()

    app.on_partitions_assigned.connect(assigned)

    async def archiving() -> None:
        await guarded(parts.archive.run(archive_seconds))

    app.task(looking)
    app.task(archiving)
    exporter = parts.exporter
    if exporter is None:
        return

    @app.crontab(exporter.schedule.cron, timezone=CST)
    async def exporting() -> None:
        # Faust's own leader has a topic of its own; whose this partition is leads just as well.
        if TP(parts.layout.topics.events, 0) in app.consumer.assignment():
            await asyncio.to_thread(exporter.export, time.time())
