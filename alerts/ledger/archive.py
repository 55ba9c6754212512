"""The archive: every event that was taken, in compressed blocks of the lines they came in.

A block is what one batch kept. Beside it stand the check sums of its event ids, so that the events
of an alert are found without reading the rest. What was delivered twice stands there twice;
readers see each event once.

Lines hold people as they came: whoever shows them masks them, and exports only add them up.
"""

import zlib
from array import array
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, func, insert, select

from alerts.ledger.archive_tables import ARCHIVE, ARCHIVE_KEYS
from alerts.ledger.rows import storable
from alerts.ledger.schema import POSITIONS
from alerts.ledger.writing import inserting, move
from events.codec import decode
from events.kinds import Event
from events.times import day_of, epoch

_LEVEL: Final = 1
_AT_ONCE: Final = 8
_CHECKED_AT_ONCE: Final = 200
_EVER: Final = 2**62


class Kept(NamedTuple):
    """An event of the archive: its id, its time (epoch seconds) and its line of JSON."""

    event_id: str
    time: int
    line: bytes

    @property
    def event(self) -> Event:
        """The event itself."""
        return decode(self.line).event


class Extent(Struct, frozen=True):
    """What an archive holds; times epoch seconds, both included, 0 where it is empty.

    `events` counts what was delivered twice twice.
    """

    events: int
    blocks: int
    first: int
    last: int


class _Envelope(Struct):
    event_id: str
    event_time: datetime


_ENVELOPE: Final = msgspec.json.Decoder(_Envelope)


def keep(connection: Connection, kept: Sequence[Kept]) -> None:
    """Keep events as one block, in the caller's transaction; none make no block."""
    if not kept:
        return
    times = [one.time for one in kept]
    block = {
        "first_time": min(times),
        "last_time": max(times),
        "events": len(kept),
        "body": zlib.compress(b"\n".join(one.line for one in kept), _LEVEL),
    }
    batch = connection.execute(insert(ARCHIVE).returning(ARCHIVE.c.batch), block).scalar_one()
    ids = array("I", sorted({_mark(one.event_id) for one in kept})).tobytes()
    connection.execute(insert(ARCHIVE_KEYS), {"batch": batch, "ids": ids})


def resume(connection: Connection, source: str) -> tuple[int, int]:
    """Where a source that is delivered again and again goes on: next position, and its stamp.

    Until the transaction ends nobody else can go on there; `passed` says how far it came.
    """
    name = storable(f"archive:{source}")
    row = {"source": name, "position": 0, "fingerprint": "0"}
    connection.execute(inserting(connection, POSITIONS).on_conflict_do_nothing(), row)
    wanted = select(POSITIONS.c.position, POSITIONS.c.fingerprint).where(POSITIONS.c.source == name)
    position, stamp = connection.execute(wanted.with_for_update()).one()
    return int(position), int(stamp)


def passed(connection: Connection, source: str, position: int, stamp: int) -> None:
    """Remember that a source is kept up to a position, and the stamp of what was last kept."""
    move(connection, f"archive:{source}", position, str(stamp))


def extent(connection: Connection) -> Extent:
    """How much the archive holds."""
    block = ARCHIVE.c
    sums = (
        func.sum(block.events),
        func.count(),
        func.min(block.first_time),
        func.max(block.last_time),
    )
    found = connection.execute(select(*sums)).one()
    return Extent(*[int(value or 0) for value in found])


def blocks(
    connection: Connection, since: int | None = None, until: int | None = None
) -> Iterator[tuple[int, list[bytes]]]:
    """Blocks that may hold events of a span of event time, by their first times.

    Each comes with its first time: no later block holds anything earlier. Constant memory.
    """
    statement = _within(select(ARCHIVE.c.first_time, ARCHIVE.c.body), since, until)
    ordered = statement.order_by(ARCHIVE.c.first_time, ARCHIVE.c.batch)
    with connection.execute(ordered.execution_options(yield_per=_AT_ONCE)) as found:
        for first, body in found:
            yield first, zlib.decompress(body).split(b"\n")


class Unseen:
    """Tells whether an event of blocks in order comes for the first time.

    Remembers the ids of the days that the blocks still to come can reach, and no others.
    """

    def __init__(self) -> None:
        self._days: dict[int, set[str]] = {}

    def begin(self, first: int) -> None:
        """A block begins whose earliest event is at this time."""
        day = day_of(first)
        for gone in [known for known in self._days if known < day]:
            del self._days[gone]

    def __call__(self, event_id: str, time: int) -> bool:
        ids = self._days.setdefault(day_of(time), set())
        if event_id in ids:
            return False
        ids.add(event_id)
        return True


def stream(
    connection: Connection, since: int | None = None, until: int | None = None
) -> Iterator[Kept]:
    """The events of a span of event time, each once; `since` included, `until` not.

    Roughly in order of time: exactly so only within the reach of late arrivals.
    """
    begin, end = _bounds(since, until)
    unseen = Unseen()
    for first, lines in blocks(connection, since, until):
        unseen.begin(first)
        for line in lines:
            kept = kept_of(line)
            if begin <= kept.time < end and unseen(kept.event_id, kept.time):
                yield kept


def find(
    connection: Connection,
    event_ids: Collection[str],
    since: int | None = None,
    until: int | None = None,
) -> list[Kept]:
    """The events of these ids, each once, by time and id; what is not there is left out.

    `since` and `until` say where to look (an alert's first and last event time, the latter plus
    one): only blocks are opened that lie there and hold one of the ids.
    """
    wanted = set(event_ids)
    marks = {_mark(event_id) for event_id in wanted}
    found: dict[str, Kept] = {}
    for batch in _holding(connection, marks, since, until):
        if len(found) == len(wanted):
            break
        statement = select(ARCHIVE.c.body).where(ARCHIVE.c.batch == batch)
        for line in zlib.decompress(connection.execute(statement).scalar_one()).split(b"\n"):
            kept = kept_of(line)
            if kept.event_id in wanted:
                found.setdefault(kept.event_id, kept)
    return sorted(found.values(), key=lambda kept: (kept.time, kept.event_id))


def kept_of(line: bytes) -> Kept:
    """An archived line with its id and time."""
    try:
        head = _ENVELOPE.decode(line)
        return Kept(head.event_id, epoch(head.event_time), line)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        # It was forgiven something when it came: a number where an id is meant, a compact date.
        event = decode(line).event
        return Kept(event.event_id, epoch(event.event_time), line)


def _holding(
    connection: Connection, marks: set[int], since: int | None, until: int | None
) -> list[int]:
    """Blocks of a span that may hold an event with one of the check sums."""
    joined = ARCHIVE.outerjoin(ARCHIVE_KEYS, ARCHIVE.c.batch == ARCHIVE_KEYS.c.batch)
    columns = select(ARCHIVE.c.batch, ARCHIVE_KEYS.c.ids).select_from(joined)
    statement = _within(columns, since, until).order_by(ARCHIVE.c.first_time, ARCHIVE.c.batch)
    holding = []
    with connection.execute(statement.execution_options(yield_per=_CHECKED_AT_ONCE)) as found:
        for batch, ids in found:
            if ids is None or not marks.isdisjoint(array("I", ids)):
                holding.append(batch)
    return holding


def _within(statement: Any, since: int | None, until: int | None) -> Any:
    begin, end = _bounds(since, until)
    return statement.where(ARCHIVE.c.last_time >= begin, ARCHIVE.c.first_time < end)


def _bounds(since: int | None, until: int | None) -> tuple[int, int]:
    return (-_EVER if since is None else since, _EVER if until is None else until)


def _mark(event_id: str) -> int:
    return zlib.crc32(event_id.encode(errors="surrogatepass"))
