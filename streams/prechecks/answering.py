"""Answers questions in the worker that owns the person, and asks the owners of places in turn.

What a worker has itself it answers with the same message. Nothing here may stop the worker or
change its state: a question that cannot be read or answered stays without an answer.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Final

from alerts.prechecks.verdict import remarks_of
from events.codec import decode
from events.deadletters import BadRecordError
from rules.engine import Change, Engine
from rules.histories.facts import Fact
from rules.histories.forking import fork
from rules.histories.history import History
from streams.prechecks.messages import LONGEST_MS, Ask, pack_facts, pack_reply, read_ask
from streams.prechecks.overlay import Copies, enter, receive
from streams.state import Place, SqliteHistories
from streams.worker.partitioning import place_of
from streams.worker.topics import Asking

_LOG: Final = logging.getLogger(__name__)
Send = Callable[[str, int, bytes], Awaitable[None]]
"""Sends a value to a topic's partition, without waiting for the brokers to have it."""
Owned = Callable[[int], SqliteHistories | None]
"""The histories of a partition; None where another worker has it."""


class Answering:
    """Answers for the partitions of persons and places that this worker has."""

    def __init__(
        self,
        engine: Engine,
        topics: Asking,
        partitions: int,
        persons: Owned,
        places: Owned,
        send: Send,
    ) -> None:
        # Only asked, not taken: what judges in batches must not hear of it.
        self._engine = engine.plain()
        self._topics = topics
        self._partitions = partitions
        self._persons = persons
        self._places = places
        self._send = send

    async def answer(self, partition: int, value: bytes) -> None:
        """Answer one question that came to a partition."""
        try:
            asked = read_ask(value)
            if time.time() * 1000 - asked.sent_ms > LONGEST_MS:
                return
            if asked.line:
                await self._event(partition, asked)
            else:
                await self._facts(partition, asked)
        except BadRecordError as bad:
            _LOG.info("question not answered: %s", bad.reason)
        except Exception as error:
            _LOG.warning("question not answered: %s", type(error).__name__)

    async def _event(self, partition: int, asked: Ask) -> None:
        histories = self._persons(partition)
        if histories is None:
            return
        changes: list[Change] = []
        event = decode(asked.line).event
        facts = enter(self._engine, _copies(histories), event, changes)
        placed: defaultdict[int, list[Fact]] = defaultdict(list)
        for fact in facts:
            placed[place_of(fact, self._partitions)].append(fact)
        onward: dict[int, list[str]] = {}
        for number, some in placed.items():
            own = self._places(number)
            if own is not None:
                receive(self._engine, _copies(own), some, changes)
            else:
                onward[number] = sorted({fact.kind for fact in some})
                await self._send(self._topics.questions, number, pack_facts(asked, some))
        await self._reply(partition, asked, changes, onward)

    async def _facts(self, partition: int, asked: Ask) -> None:
        histories = self._places(partition)
        if histories is None:
            return
        changes: list[Change] = []
        receive(self._engine, _copies(histories), asked.facts, changes)
        await self._reply(partition, asked, changes, {})

    async def _reply(
        self,
        partition: int,
        asked: Ask,
        changes: Iterable[Change],
        onward: dict[int, list[str]],
    ) -> None:
        remarks = remarks_of(changes, asked.event_id)
        value = pack_reply(asked, partition, remarks, onward)
        await self._send(self._topics.answers, partition, value)


def _copies(histories: SqliteHistories) -> Copies:
    def copies(places: Iterable[Place]) -> Mapping[Place, History]:
        return {place: fork(histories.get(*place)) for place in places}

    return copies
