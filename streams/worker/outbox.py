"""Sends what a stage has to tell, and returns when the brokers have it."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final, NamedTuple, Protocol

from aiokafka.errors import KafkaConnectionError, KafkaError, KafkaTimeoutError
from faust.exceptions import ProducerSendError

from alerts.ledger.lines import alert_line
from streams.worker.messages import Told, pack_facts, pack_letter
from streams.worker.partitioning import home_of, partition_of, place_of
from streams.worker.stages import Taken
from streams.worker.topics import Layout

_LOG: Final = logging.getLogger(__name__)
_FIRST_WAIT: Final = 0.2
_LONGEST_WAIT: Final = 10.0


class Outgoing(NamedTuple):
    """A message to send."""

    topic: str
    partition: int
    key: bytes
    value: bytes


class Producer(Protocol):
    """What is asked of a producer: the awaited call returns when the message is in order, what it
    returns when the brokers have it."""

    async def __call__(
        self, topic: str, partition: int, key: bytes, value: bytes
    ) -> Awaitable[object]:
        """Put a message in line to be sent."""
        ...


class Outbox:
    """Sends with all partitions side by side, again and again while the brokers are away."""

    def __init__(self, layout: Layout, produce: Producer) -> None:
        self._layout = layout
        self._produce = produce

    async def tell(self, source: int, taken: Taken) -> None:
        """Send everything that messages of a partition (`source`) led to."""
        topics, partitions = self._layout.topics, self._layout.partitions
        loose = [
            Outgoing(topics.alerts, partition_of(key, partitions), key, alert_line(alert))
            for alert in taken.alerts
            for key in (alert.alert_id.encode(),)
        ]
        # Partition 0 exists however many partitions dead letters have.
        loose += [
            Outgoing(topics.dead_letters, 0, letter.source.encode(), pack_letter(letter))
            for letter in taken.letters
        ]
        loose += [
            Outgoing(topics.events, home_of(key, partitions), key.encode(), line)
            for key, line in taken.strays
        ]
        placed: defaultdict[int, list[Told]] = defaultdict(list)
        for told in taken.onward:
            placed[place_of(told.fact, partitions)].append(told)
        sent = [self._certainly(partial(self._together, loose))] if loose else []
        sent += [
            self._facts(source, partition, taken.position.watermark, told)
            for partition, told in placed.items()
        ]
        if sent:
            await asyncio.gather(*sent)

    async def _facts(
        self, source: int, partition: int, watermark: int, told: Sequence[Told]
    ) -> None:
        """Facts for one partition, each message after the one before has arrived: the receiver
        takes what comes behind a later fact for a repetition."""
        for value in pack_facts(source, watermark, told):
            message = Outgoing(self._layout.topics.facts, partition, b"%d" % source, value)
            await self._certainly(partial(self._together, [message]))

    async def _together(self, messages: Sequence[Outgoing]) -> None:
        waiting = [
            await self._produce(one.topic, one.partition, one.key, one.value) for one in messages
        ]
        await asyncio.gather(*waiting)

    async def _certainly(self, send: Callable[[], Awaitable[None]]) -> None:
        wait = _FIRST_WAIT
        while True:
            try:
                await send()
            except (KafkaError, ProducerSendError) as error:
                if not _passing(error):
                    raise
                _LOG.warning(
                    "sending failed (%s), trying again in %.1f s", type(error).__name__, wait
                )
            else:
                return
            await asyncio.sleep(wait)
            wait = min(2 * wait, _LONGEST_WAIT)


def _passing(error: BaseException) -> bool:
    """Whether an error is about the connection or the brokers, not about the message."""
    cause = error.__cause__ if isinstance(error, ProducerSendError) else error
    if isinstance(cause, (KafkaConnectionError, KafkaTimeoutError)):
        return True
    return bool(getattr(cause, "retriable", False))
