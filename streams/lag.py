"""How many messages of each partition of the events topic wait, as the desk of a cluster asks.

The ledger knows up to where a partition was taken and archived, Kafka where it ends.
"""

import asyncio
import time
from collections.abc import Mapping
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from alerts.ledger import Ledger, reading
from streams.worker.topics import Layout

_FRESH: Final = 10.0
_PATIENCE: Final = 5.0


class KafkaLag:
    """Answers what `/v1/health` tells of the runtime; asks Kafka every ten seconds at most."""

    def __init__(self, layout: Layout, ledger: Ledger) -> None:
        self._layout = layout
        topic = layout.topics.events
        self._places = [TopicPartition(topic, number) for number in range(layout.partitions)]
        self._ledger = ledger
        self._ends: dict[TopicPartition, int] = {}
        self._asked = float("-inf")
        self._reached = False

    def __call__(self) -> Mapping[str, Any]:
        """`kafka` is whether it answered, `lag` the messages that wait by source of the ledger."""
        if time.monotonic() - self._asked >= _FRESH:
            self._asked = time.monotonic()
            self._reached = self._ask()
        with self._ledger.read() as connection:
            taken = {one.source: one.position for one in reading.positions(connection)}
        sources = {
            f"archive:{place.topic}/{place.partition}": end for place, end in self._ends.items()
        }
        lag = {source: max(0, end - taken.get(source, 0)) for source, end in sources.items()}
        status = "ok" if self._reached else "kafka does not answer"
        return {"status": status, "kafka": self._reached, "waiting": sum(lag.values()), "lag": lag}

    def _ask(self) -> bool:
        try:
            self._ends = asyncio.run(asyncio.wait_for(self._ends_now(), _PATIENCE))
        except (KafkaError, OSError, TimeoutError):
            return False
        return True

    async def _ends_now(self) -> dict[TopicPartition, int]:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._layout.bootstrap, **self._layout.security.clients
        )
        try:
            await consumer.start()
            return dict(await consumer.end_offsets(self._places))
        finally:
            await consumer.stop()
