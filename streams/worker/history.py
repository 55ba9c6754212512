"""The log itself, past the consumer group: what was committed, where it ends, what is missing."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Final, Protocol

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.worker.messages import Message
from streams.worker.security import PLAIN, Security

_WAIT_MS: Final = 1000
_MOST: Final = 200
Place = tuple[str, int]
"""Topic and partition."""


class Log(Protocol):
    """The log of every partition, and how far the group has come in it."""

    async def committed(self, topic: str, partition: int) -> int:
        """The offset the group goes on at: everything below it was processed and told."""
        ...

    async def beginning(self, topic: str, partition: int) -> int:
        """The first offset that is kept."""
        ...

    async def ends(self, places: Iterable[Place]) -> Mapping[Place, int]:
        """The offset after the last message, by topic and partition."""
        ...

    def read(
        self, topic: str, partition: int, start: int, until: int
    ) -> AsyncIterator[list[Message]]:
        """The messages from one offset to before another, in runs; fewer where some are gone."""
        ...


class KafkaLog:
    """The log on Kafka, read without being a member of the group."""

    def __init__(self, bootstrap: str, group: str, security: Security = PLAIN) -> None:
        self._bootstrap = bootstrap
        self._security = security
        self._group = group
        self._asking: AIOKafkaConsumer | None = None
        self._connecting = asyncio.Lock()

    async def stop(self) -> None:
        """Disconnect."""
        if self._asking is not None:
            await self._asking.stop()
            self._asking = None

    def _consumer(self) -> AIOKafkaConsumer:
        return AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap,
            group_id=self._group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            **self._security.clients,
        )

    async def _connected(self) -> AIOKafkaConsumer:
        async with self._connecting:
            if self._asking is None:
                consumer = self._consumer()
                await consumer.start()
                self._asking = consumer
            return self._asking

    async def committed(self, topic: str, partition: int) -> int:
        """The offset the group goes on at: everything below it was processed and told."""
        consumer = await self._connected()
        return await consumer.committed(TopicPartition(topic, partition)) or 0

    async def beginning(self, topic: str, partition: int) -> int:
        """The first offset that is kept."""
        place = TopicPartition(topic, partition)
        return (await (await self._connected()).beginning_offsets([place]))[place]

    async def ends(self, places: Iterable[Place]) -> Mapping[Place, int]:
        """The offset after the last message, by topic and partition."""
        wanted = [TopicPartition(*place) for place in places]
        found = await (await self._connected()).end_offsets(wanted)
        return {(place.topic, place.partition): end for place, end in found.items()}

    async def read(
        self, topic: str, partition: int, start: int, until: int
    ) -> AsyncIterator[list[Message]]:
        """The messages from one offset to before another, in runs; fewer where some are gone."""
        place = TopicPartition(topic, partition)
        consumer = self._consumer()
        async with consumer:
            consumer.assign([place])
            first = (await consumer.beginning_offsets([place]))[place]
            at = max(start, first)
            consumer.seek(place, at)
            while at < until:
                found = await consumer.getmany(place, timeout_ms=_WAIT_MS, max_records=_MOST)
                records = [one for one in found.get(place, ()) if one.offset < until]
                if records:
                    yield [
                        Message(one.offset, one.timestamp // 1000, one.value or b"")
                        for one in records
                    ]
                # Past compacted or aborted messages the position moves without any record.
                at = await consumer.position(place)
