"""Feeds events from files into the events topic, several lines of one partition in a message."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from aiokafka import AIOKafkaProducer
from msgspec import Struct

from events.codec import encode_json
from events.deadletters import DeadLetter
from events.kinds import key_of
from events.readers import Read, open_sources
from streams.worker.messages import pack_letter
from streams.worker.partitioning import home_of
from streams.worker.topics import MAX_MESSAGE, Layout, ensure_topics

MESSAGE_BYTES: Final = 512 << 10
"""Most bytes of one message, unless a single event has more."""
_IN_FLIGHT: Final = 2000
_STEP: Final = 500


class Fed(Struct):
    """What was sent: events, the messages they made, records refused, bytes of events."""

    events: int = 0
    messages: int = 0
    rejected: int = 0
    bytes: int = 0


class Bundle:
    """Lines on their way to one partition, in their order."""

    def __init__(self, most_lines: int, most_bytes: int = MESSAGE_BYTES) -> None:
        self._most_lines = most_lines
        self._most_bytes = most_bytes
        self._key = ""
        self._lines: list[bytes] = []
        self._size = 0

    def put(self, key: str, line: bytes) -> tuple[bytes, bytes] | None:
        """Add a line; returns key and value of the message that is full because of it."""
        full = None
        if self._lines and self._size + len(line) + 1 > self._most_bytes:
            full = self.take()
        if not self._lines:
            self._key = key
        self._lines.append(line)
        self._size += len(line) + 1
        if full is None and len(self._lines) >= self._most_lines:
            full = self.take()
        return full

    def take(self) -> tuple[bytes, bytes] | None:
        """Key and value of the message so far, which is begun anew."""
        if not self._lines:
            return None
        message = (self._key.encode(), b"\n".join(self._lines))
        self._lines, self._size = [], 0
        return message


async def feed(
    layout: Layout,
    sources: Sequence[Path],
    *,
    batch: int = 200,
    progress: Callable[[int], None] = lambda _: None,
) -> Fed:
    """Send files and folders of events; what is no event goes to the dead letters.

    Makes the topics if they are not there. Events of one key stay in their order. Returns when
    the brokers have everything. Raises TopicError, KafkaError.
    """
    await ensure_topics(layout)
    return await feed_reads(layout, open_sources(sources), batch=batch, progress=progress)


async def feed_reads(
    layout: Layout,
    reads: Iterable[Read],
    *,
    batch: int = 200,
    progress: Callable[[int], None] = lambda _: None,
) -> Fed:
    """Send records as `feed` does, to topics that are there."""
    async with AIOKafkaProducer(
        bootstrap_servers=layout.bootstrap,
        **layout.security.clients,
        enable_idempotence=True,
        acks="all",
        linger_ms=5,
        max_request_size=MAX_MESSAGE,
    ) as producer:
        feeder = _Feeder(layout, producer, batch)
        for number, read in enumerate(reads, 1):
            await feeder.put(read)
            if number % _STEP == 0:
                progress(number)
        await feeder.finish()
        progress(feeder.fed.events + feeder.fed.rejected)
        return feeder.fed


class _Feeder:
    """Bundles by partition, and what has been sent but not acknowledged."""

    def __init__(self, layout: Layout, producer: AIOKafkaProducer, batch: int) -> None:
        self._topics = layout.topics
        self._partitions = layout.partitions
        self._producer = producer
        self._bundles = [Bundle(batch) for _ in range(layout.partitions)]
        self._waiting: deque[asyncio.Future[object]] = deque()
        self.fed = Fed()

    async def put(self, read: Read) -> None:
        """Send a record, now or with others of its partition."""
        if isinstance(read, DeadLetter):
            self.fed.rejected += 1
            key = read.source.encode()
            await self._send(self._topics.dead_letters, 0, key, pack_letter(read))
            return
        self.fed.events += 1
        key_text = key_of(read.event)
        partition = home_of(key_text, self._partitions)
        line = read.raw.strip() or encode_json(read.event)
        await self._bundled(partition, self._bundles[partition].put(key_text, line))

    async def finish(self) -> None:
        """Send what is left, and wait for everything."""
        for partition, bundle in enumerate(self._bundles):
            await self._bundled(partition, bundle.take())
        await self._settle(0)

    async def _bundled(self, partition: int, message: tuple[bytes, bytes] | None) -> None:
        if message is not None:
            self.fed.messages += 1
            self.fed.bytes += len(message[1])
            await self._send(self._topics.events, partition, *message)

    async def _send(self, topic: str, partition: int, key: bytes, value: bytes) -> None:
        sent = await self._producer.send(topic, value, key=key, partition=partition)
        self._waiting.append(asyncio.ensure_future(sent))
        await self._settle(_IN_FLIGHT)

    async def _settle(self, most: int) -> None:
        while len(self._waiting) > most:
            await self._waiting.popleft()
