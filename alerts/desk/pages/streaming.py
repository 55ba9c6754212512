"""The live feed: server-sent events from the journal, so that nothing is missed or lost.

Every message carries the number of the journal entry it reaches; a browser that comes back names
the last one it has and goes on from there. Each browser reads the ledger at its own pace, a step
at a time, and is waited for when it is slow; what looks for news is one task for all of them.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Iterable
from typing import Final

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from alerts.desk.pages.filtering import View
from alerts.desk.pages.listing import Reader, Row, rows_among
from alerts.ledger import Ledger
from alerts.ledger.journal import head_of
from alerts.ledger.schema import JOURNAL

STEP: Final = 100
"""Journal entries in a message."""
FAR: Final = 2000
"""A browser that is further behind reads the page anew."""
_PAUSE: Final = 0.5
_KEEP_ALIVE: Final = 15.0


class Pulse:
    """Knows how far the journal has come; one look at the ledger for all who wait."""

    def __init__(self, ledger: Ledger, pause: float = _PAUSE) -> None:
        self._ledger = ledger
        self._pause = pause
        self._end = 0
        self._waiting = 0
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.looks = 0

    async def beyond(self, after: int, seconds: float) -> int:
        """Wait until the journal has come beyond an entry, for a time at most; its end."""
        if self._end > after:
            return self._end
        self._waiting += 1
        try:
            if self._task is None or self._task.done():
                self._task = asyncio.create_task(self._look())
            async with asyncio.timeout(seconds):
                while self._end <= after:
                    await self._changed.wait()
        except TimeoutError:
            pass
        finally:
            self._waiting -= 1
        return self._end

    async def _look(self) -> None:
        """Look until nobody waits; a ledger that does not answer is asked again."""
        while self._waiting:
            self.looks += 1
            try:
                end = await run_in_threadpool(self._read)
            except SQLAlchemyError:
                end = self._end
            if end != self._end:
                self._end = end
                changed, self._changed = self._changed, asyncio.Event()
                changed.set()
            await asyncio.sleep(self._pause)

    def _read(self) -> int:
        with self._ledger.read() as connection:
            return head_of(connection).seq


class Step(Struct, frozen=True):
    """What changed up to an entry: rows of the page, alerts that are not (any more) on it."""

    upto: int
    rows: tuple[Row, ...]
    gone: tuple[str, ...]


def step(ledger: Ledger, after: int, view: View, reader: Reader) -> Step:
    """The next entries after one; `upto` is `after` where there are none."""
    columns = (JOURNAL.c.seq, JOURNAL.c.alert_id)
    statement = select(*columns).where(JOURNAL.c.seq > after).order_by(JOURNAL.c.seq).limit(STEP)
    with ledger.read() as connection:
        entries = connection.execute(statement).all()
        ids = {entry.alert_id for entry in entries if entry.alert_id}
        shown, others = rows_among(connection, ids, view, reader) if ids else ({}, set[str]())
    upto = entries[-1].seq if entries else after
    return Step(upto, tuple(sorted(shown.values(), key=_seq)), tuple(sorted(others)))


def _seq(row: Row) -> int:
    return row.seq


async def stream(
    ledger: Ledger,
    pulse: Pulse,
    after: int,
    view: View,
    reader: Callable[[], Reader | None],
    told: Callable[[Iterable[Row]], list[dict[str, str]]],
    summary: Callable[[], str],
    sent: Callable[[float], None] | None = None,
) -> AsyncGenerator[bytes, None]:
    """Messages for one browser, until it goes or `reader` says that it may not read any more.

    `reader` is asked before every message, `told` renders rows and `summary` the counters. Once
    the browser is abreast, `sent` is told how old in seconds every row is that goes out.
    """
    yield b"retry: 2000\n\n"
    abreast = False
    while True:
        end = await pulse.beyond(after, _KEEP_ALIVE)
        now = await run_in_threadpool(reader)
        if now is None:
            yield message("ended", {}, None)
            return
        if end - after > FAR:
            after = end
            yield message("reset", {}, after)
            continue
        if end > after:
            found = await run_in_threadpool(step, ledger, after, view, now)
            after = found.upto
            if found.rows or found.gone:
                rows = await run_in_threadpool(told, found.rows)
                yield message("rows", {"rows": rows, "gone": found.gone}, after)
            if sent is not None and abreast:
                for row in found.rows:
                    sent((now.now_ms - row.changed_ms) / 1000)
        if end <= after:
            abreast = True
            text = await run_in_threadpool(summary)
            yield message("summary", {"html": text}, after)


def message(name: str, data: object, seq: int | None) -> bytes:
    """A server-sent event; `seq` is what the browser names when it comes back."""
    place = "" if seq is None else f"id: {seq}\n"
    return f"{place}event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
