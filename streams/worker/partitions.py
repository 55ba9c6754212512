"""Takes messages of the partitions of one stage: what is missing first, each only once.

The order is fixed: alerts, dead letters and facts are sent and acknowledged, then the state is
committed with its position, then the caller gives the offset back. What Kafka delivers again is
below the position; what it does not deliver any more is read from the log.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from rules.engine import Engine
from streams.state import SqliteHistories
from streams.worker.counts import Counts
from streams.worker.history import Log
from streams.worker.messages import Message, chunks
from streams.worker.outbox import Outbox
from streams.worker.stages import Stage, answered
from streams.worker.store import MovedOnError, Position, Store, StoreError

_LOG: Final = logging.getLogger(__name__)


class Partitions:
    """The partitions of a stage that this process takes."""

    def __init__(
        self,
        stage: Stage,
        folder: Path,
        engine: Engine,
        log: Log,
        outbox: Outbox,
        counts: Counts,
        *,
        lines: int,
        capacity: int,
    ) -> None:
        self.stage = stage
        self._folder = folder
        self._engine = engine
        self._log = log
        self._outbox = outbox
        self._counts = counts
        self._lines = lines
        self._capacity = capacity
        self._stores: dict[int, Store] = {}
        self._locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._mine: set[int] | None = None
        self.positions: dict[int, int] = {}
        """Next offset by partition, as of the last commit here."""

    async def take(self, messages: Mapping[int, Sequence[Message]]) -> None:
        """Take messages by partition, each partition's in order; return when all are committed."""
        await asyncio.gather(*[self._take(number, run) for number, run in messages.items()])

    async def _take(self, number: int, messages: Sequence[Message]) -> None:
        await self._alone(number, partial(self._deliver, number, messages))

    async def prepare(self, partitions: Iterable[int]) -> None:
        """Bring the state of partitions to where the group stands, before messages come."""
        for number in partitions:
            await self._alone(number, partial(self._arrive, number))

    async def look(self, number: int, work: Callable[[Store], None]) -> None:
        """Let something look at what is remembered in a partition; nothing of it is kept.

        Only where its file is open here: what other workers have is theirs to look at.
        """
        async with self._locks[number]:
            store = self._stores.get(number)
            if store is not None and (self._mine is None or number in self._mine):
                store.begin()
                try:
                    work(store)
                finally:
                    store.release()

    def assigned(self, partitions: Iterable[int]) -> None:
        """Close the state files of partitions that this process has no longer."""
        self._mine = set(partitions)
        for number in list(self._stores):
            self._close_foreign(number)

    def close(self) -> None:
        """Close all state files."""
        for store in self._stores.values():
            store.close()
        self._stores.clear()

    def histories(self, number: int) -> SqliteHistories | None:
        """The histories of a partition as they stand between two steps; None where it is not here.

        To be looked at only, without awaiting anything meanwhile.
        """
        store = self._stores.get(number)
        here = store is not None and (self._mine is None or number in self._mine)
        return store.histories if store is not None and here else None

    def sizes(self) -> dict[str, int]:
        """Records remembered, by kind of history, in the files that are open."""
        total = dict.fromkeys(self.stage.kinds, 0)
        for store in self._stores.values():
            sizes = store.sizes()
            for kind in total:
                total[kind] += sizes[kind]
        return total

    async def _alone(self, number: int, work: Callable[[Store], Coroutine[Any, Any, None]]) -> None:
        """Work with the store of a partition, again where another process was at the file too."""
        async with self._locks[number]:
            store = await self._open(number)
            try:
                while True:
                    try:
                        await work(store)
                    except MovedOnError:
                        _LOG.info("%s was written by another process, going on there", store.path)
                        store.abandon()
                    else:
                        return
            except BaseException:
                store.abandon()
                raise
            finally:
                self.positions[number] = store.position.next
                self._close_foreign(number, busy=False)

    async def _deliver(self, number: int, messages: Sequence[Message], store: Store) -> None:
        position = self._look(store)
        coming = [message for message in messages if message.offset >= position.next]
        if coming and coming[0].offset > position.next:
            position = await self._catch_up(store, number, position, coming[0].offset)
        await self._all(store, number, position, coming)

    async def _arrive(self, number: int, store: Store) -> None:
        position = self._look(store)
        until = await self._log.committed(self.stage.topic, number)
        if until > position.next:
            await self._catch_up(store, number, position, until)

    def _look(self, store: Store) -> Position:
        position = store.begin()
        store.release()
        return position

    async def _catch_up(
        self, store: Store, number: int, position: Position, until: int
    ) -> Position:
        """Take from the log what was not delivered here, because it was delivered elsewhere.

        What the group has committed was told by whoever processed it, and is not told again.
        """
        topic, start = self.stage.topic, position.next
        first = await self._log.beginning(topic, number)
        if 0 < start < first:
            self._counts.missed.labels(self.stage.name).inc(first - start)
            _LOG.error(
                "%s/%d: messages %d to %d were deleted before this state had seen them; a message"
                " must be kept for longer than a worker's data may be away",
                topic,
                number,
                start,
                first - 1,
            )
        told = await self._log.committed(topic, number)
        _LOG.info("%s/%d: catching up from %d to %d", topic, number, start, until)
        async for run in self._log.read(topic, number, start, until):
            quiet = [message for message in run if message.offset < told]
            position = await self._all(store, number, position, quiet, quiet=True)
            position = await self._all(store, number, position, run[len(quiet) :])
        if position.next < until:
            # The last offsets hold no messages any more.
            self._begin(store, position)
            position = position._replace(next=until)
            store.commit(position, [])
        return position

    def _begin(self, store: Store, expected: Position) -> None:
        if store.begin() != expected:
            raise MovedOnError(str(store.path))

    async def _all(
        self,
        store: Store,
        number: int,
        position: Position,
        messages: Sequence[Message],
        *,
        quiet: bool = False,
    ) -> Position:
        """Take messages chunk by chunk; return the position after them."""
        for chunk in chunks(messages, self._lines):
            left = chunk
            while left:
                position = await self._commit(store, number, position, left, quiet=quiet)
                left = [message for message in left if message.offset >= position.next]
        return position

    async def _commit(
        self,
        store: Store,
        number: int,
        position: Position,
        messages: Sequence[Message],
        *,
        quiet: bool = False,
    ) -> Position:
        """Take, tell and commit messages, all or the first of them; return the position then."""
        begun = perf_counter()
        self._begin(store, position)
        taken = self.stage.take(store, number, position, messages)
        panel = self._engine.panel
        if panel is not None and taken.asked:
            # Beside the loop, which has heartbeats to send and other partitions to take.
            answered(store, taken, await asyncio.to_thread(panel.judge, taken.asked))
        working = perf_counter() - begun
        if not quiet:
            await self._outbox.tell(number, taken)
        commit = partial(store.commit, taken.position, taken.changes, taken.forget_at)
        if taken.forget_at is None:
            await _undisturbed(commit)
        else:
            # Others look at the histories that it shortens between two steps of this loop.
            commit()
        self.positions[number] = taken.position.next
        again, store.pipeline.again = store.pipeline.again, 0
        if not quiet:
            self._counts.took(self.stage, taken, again, working, perf_counter() - begun)
        # Catching up must not keep everything else on this loop waiting.
        await asyncio.sleep(0)
        return taken.position

    async def _open(self, number: int) -> Store:
        store = self._stores.get(number)
        if store is not None:
            return store
        path = self._folder / f"{self.stage.name}-{number}.sqlite"
        store = Store(path, f"{self.stage.topic}/{number}", self._engine, self._capacity)
        try:
            position = self._look(store)
            place = (self.stage.topic, number)
            end = (await self._log.ends([place]))[place]
            if position.next > end:
                raise StoreError(
                    f"{path}: found the state of {position.next} messages, but"
                    f" {self.stage.topic}/{number} has only {end}: the topic was made anew. Remove"
                    " the file, or use the folder that belongs to this topic"
                )
        except BaseException:
            store.close()
            raise
        self._stores[number] = store
        return store

    def _close_foreign(self, number: int, *, busy: bool | None = None) -> None:
        if self._mine is None or number in self._mine:
            return
        if busy is None:
            busy = self._locks[number].locked()
        if not busy and (store := self._stores.pop(number, None)) is not None:
            store.close()
            self.positions.pop(number, None)


async def _undisturbed(work: Callable[[], None]) -> None:
    """Do something beside the loop, to its end also where whoever waits is told to stop."""
    # Begun at once: until it is done, another process that writes must wait.
    done = asyncio.get_running_loop().run_in_executor(None, work)
    try:
        await asyncio.shield(done)
    except asyncio.CancelledError:
        await asyncio.wait([done])
        raise
