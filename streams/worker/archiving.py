"""Archives the events that the first stage has taken, beside it, and says when that is done.

What the stage has read of a message is kept as it was read. A message that the stage passes over,
because its state has it already, is read here: after a crash the archive may not have it yet.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Final, NamedTuple

from alerts.ledger.archive import Kept
from streams.worker.messages import Message
from streams.worker.reading import Lines, read_events

MOST_BYTES: Final = 8 << 20
"""Bytes of events that make a block before its time; with twice as many waiting, who adds waits."""


class Filed(NamedTuple):
    """The events of a message: its offset, its append time (epoch seconds), what is kept of it."""

    offset: int
    stamp: int
    kept: list[Kept]


Keep = Callable[[str, Mapping[int, Sequence[Filed]]], Awaitable[None]]
"""Keeps the events of a topic by partition, in order; returns when they are committed."""
Release = Callable[[], Awaitable[None]]


class Archive:
    """The events on their way to the archive."""

    def __init__(self, topic: str, partitions: int, keep: Keep) -> None:
        self._topic = topic
        self._partitions = partitions
        self._keep = keep
        self._expected: set[tuple[int, int]] = set()
        self._read: dict[tuple[int, int], list[Kept]] = {}
        self._waiting: defaultdict[int, list[Filed]] = defaultdict(list)
        self._releases: list[Release] = []
        self._bytes = 0
        self._full = asyncio.Event()
        self._turn = asyncio.Lock()

    def expect(self, runs: Mapping[int, Sequence[Message]]) -> None:
        """These messages are about to be taken; of no others is `note` to remember anything."""
        self._expected = {(number, one.offset) for number, run in runs.items() for one in run}
        self._read.clear()

    def note(self, partition: int, message: Message, lines: Lines) -> None:
        """Remember what the stage has read of a message."""
        place = (partition, message.offset)
        if place in self._expected:
            self._read[place] = lines.kept

    async def add(self, runs: Mapping[int, Sequence[Message]], release: Release) -> None:
        """Archive messages that were taken; `release` is called when that is committed, later."""
        for number, run in runs.items():
            for message in run:
                kept = self._read.pop((number, message.offset), None)
                if kept is None:
                    kept = read_events(self._topic, number, self._partitions, message).kept
                self._waiting[number].append(Filed(message.offset, message.stamp, kept))
                self._bytes += len(message.value)
        self._releases.append(release)
        if self._bytes >= MOST_BYTES:
            self._full.set()
        while self._bytes >= 2 * MOST_BYTES:
            await self.flush()

    async def run(self, seconds: float) -> None:
        """Archive what waits whenever a block is full, or such a time has passed; never ends."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._full.wait(), seconds)
            self._full.clear()
            await self.flush()

    async def flush(self) -> None:
        """Archive what waits; return when it is committed."""
        async with self._turn:
            runs, releases = dict(self._waiting), self._releases
            self._waiting.clear()
            self._releases, self._bytes = [], 0
            if runs:
                await self._keep(self._topic, runs)
            for release in releases:
                await release()
