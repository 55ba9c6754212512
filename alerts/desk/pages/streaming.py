"""The live feed: server-sent events from the journal, so that nothing is missed or lost.

Every message carries the number of the journal entry it reaches; a browser that comes back names
the last one it has and goes on from there. Each browser reads the ledger at its own pace, a step
at a time, and is waited for when it is slow; what looks for news is one task for all of them.
"""

import asyncio
import json
import threading
from collections.abc import AsyncGenerator, Callable
from typing import Final

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from alerts.desk.pages.filtering import View
from alerts.desk.pages.listing import Reader, Row, rows_among
from alerts.desk.pages.wording import Language
from alerts.ledger import Ledger
from alerts.ledger.journal import head_of
from alerts.ledger.schema import JOURNAL

STEP: Final = 100
"""Journal entries in a message."""
FAR: Final = 2000
"""A browser that is further behind reads the page anew."""
_PAUSE: Final = 0.5
_KEEP_ALIVE: Final = 15.0
_SHARED_MS: Final = 1000
_MOST_KEPT: Final = 64


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


class Told(Struct, frozen=True):
    """A step as the message that goes out, None where there is nothing to tell.

    `changed_ms` is when each of its alerts was last written.
    """

    upto: int
    message: bytes | None
    changed_ms: tuple[int, ...]


class Messages:
    """Makes the messages; browsers that ask for the same at the same time share one."""

    def __init__(self, ledger: Ledger, render: Callable[[Row, Language], str]) -> None:
        self._ledger = ledger
        self._render = render
        self._kept: dict[tuple[object, ...], tuple[int, Told]] = {}
        self._lock = threading.Lock()
        self.made = 0

    def after(self, after: int, view: View, reader: Reader, language: Language) -> Told:
        """The message that follows an entry."""
        # Only who asks for their own alerts sees others than those of the same areas.
        name = reader.name if view.handling == "mine" else ""
        key = (after, view, reader.areas, name, language)
        with self._lock:
            known = self._kept.get(key)
            if known is not None and 0 <= reader.now_ms - known[0] < _SHARED_MS:
                return known[1]
            told = self._made(after, view, reader, language)
            while len(self._kept) >= _MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept.pop(key, None)
            self._kept[key] = (reader.now_ms, told)
            return told

    def _made(self, after: int, view: View, reader: Reader, language: Language) -> Told:
        self.made += 1
        found = step(self._ledger, after, view, reader)
        if not found.rows and not found.gone:
            return Told(found.upto, None, ())
        rows = [
            {"id": row.alert.alert_id, "html": self._render(row, language)} for row in found.rows
        ]
        content = {"rows": rows, "gone": found.gone}
        changed = tuple(row.changed_ms for row in found.rows)
        return Told(found.upto, message("rows", content, found.upto), changed)


async def stream(
    pulse: Pulse,
    after: int,
    reader: Callable[[], Reader | None],
    told: Callable[[int, Reader], Told],
    summary: Callable[[], str],
    sent: Callable[[float], None] | None = None,
) -> AsyncGenerator[bytes, None]:
    """Messages for one browser, until it goes or `reader` says that it may not read any more.

    `reader` is asked before every message, `told` makes the one that follows an entry and
    `summary` renders the counters. Once the browser is abreast, `sent` is told how old in seconds
    every alert is that goes out.
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
            found = await run_in_threadpool(told, after, now)
            after = found.upto
            if found.message is not None:
                yield found.message
            if sent is not None and abreast:
                for changed_ms in found.changed_ms:
                    sent((now.now_ms - changed_ms) / 1000)
        if end <= after:
            abreast = True
            text = await run_in_threadpool(summary)
            yield message("summary", {"html": text}, after)


def message(name: str, data: object, seq: int | None) -> bytes:
    """A server-sent event; `seq` is what the browser names when it comes back."""
    place = "" if seq is None else f"id: {seq}\n"
    return f"{place}event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
