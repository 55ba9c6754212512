"""Asks the workers over Kafka: the owner of the person, and through it the owners of places."""

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import AsyncIterator
from typing import Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from alerts.prechecks.verdict import SEEN, Answer, Remark, in_order
from events.codec import encode_json
from events.deadletters import BadRecordError
from events.kinds import Event, key_of
from streams.prechecks.messages import Reply, pack_event, read_reply
from streams.worker.partitioning import home_of
from streams.worker.topics import Layout

_LOG: Final = logging.getLogger(__name__)
_AGAIN_SECONDS: Final = 1.0


class _Open:
    """A question that waits for its answers."""

    def __init__(self) -> None:
        self.remarks: list[Remark] = []
        self.onward: dict[int, list[str]] | None = None
        self.answered: set[int] = set()
        self.done = asyncio.Event()

    def hear(self, reply: Reply) -> None:
        """Take up an answer; those of places may come before the person's."""
        self.remarks += reply.remarks
        if reply.person:
            self.onward = reply.onward
        else:
            self.answered.add(reply.partition)
        if self.onward is not None and self.onward.keys() <= self.answered:
            self.done.set()

    def answer(self) -> Answer | None:
        """What is known so far; None as long as the person's owner has said nothing."""
        if self.onward is None:
            return None
        missed = {
            kind
            for partition, kinds in self.onward.items()
            if partition not in self.answered
            for kind in kinds
        }
        reached = tuple(kind for kind in SEEN if kind not in missed)
        return Answer(in_order(self.remarks), reached, tuple(sorted(missed)))


class KafkaAsker:
    """Implements `alerts.prechecks.api.Asker`; answers None until Kafka is reached."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._open: dict[str, _Open] = {}
        self._producer: AIOKafkaProducer | None = None

    async def ask(self, event: Event, seconds: float) -> Answer | None:
        """What the event would raise, as far as the owners said so in time."""
        producer = self._producer
        if producer is None or seconds <= 0:
            return None
        task = secrets.token_hex(8)
        opened = self._open[task] = _Open()
        try:
            async with asyncio.timeout(seconds):
                key = key_of(event)
                value = pack_event(
                    task, int(time.time() * 1000), event.event_id, encode_json(event)
                )
                await producer.send(
                    self._layout.asking.questions,
                    value,
                    key=key.encode(),
                    partition=home_of(key, self._layout.partitions),
                )
                await opened.done.wait()
        except TimeoutError:
            pass
        except KafkaError as error:
            _LOG.warning("question not sent: %s", type(error).__name__)
        finally:
            del self._open[task]
        return opened.answer()

    @contextlib.asynccontextmanager
    async def running(self, _: object = None) -> AsyncIterator[None]:
        """Be connected meanwhile; Kafka need not be there at the beginning."""
        listening = asyncio.create_task(self._listen())
        try:
            yield
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def _listen(self) -> None:
        while True:
            try:
                await self._connected()
            except (KafkaError, OSError) as error:
                _LOG.warning("no answers before payment: %s", type(error).__name__)
            await asyncio.sleep(_AGAIN_SECONDS)

    async def _connected(self) -> None:
        servers, security = self._layout.bootstrap, self._layout.security.clients
        answers = self._layout.asking.answers
        async with (
            AIOKafkaProducer(
                bootstrap_servers=servers, acks=1, linger_ms=0, **security
            ) as producer,
            AIOKafkaConsumer(bootstrap_servers=servers, **security) as consumer,
        ):
            # They are there when the first worker has started.
            parts = [TopicPartition(answers, n) for n in range(self._layout.partitions)]
            consumer.assign(parts)
            ends = await consumer.end_offsets(parts)
            for part, end in ends.items():
                consumer.seek(part, end)
            self._producer = producer
            try:
                while True:
                    found = await consumer.getmany(timeout_ms=1000)
                    for records in found.values():
                        for record in records:
                            self._hear(record.value or b"")
            finally:
                self._producer = None

    def _hear(self, value: bytes) -> None:
        try:
            reply = read_reply(value)
        except BadRecordError as bad:
            _LOG.info("answer not read: %s", bad.reason)
            return
        opened = self._open.get(reply.task)
        if opened is not None:
            opened.hear(reply)
