"""State in SQLite: the records of every history, in one file, under the caller's transaction.

A history is kept as its records, one row each, and read back by taking them up again in the order
of their times; one that was told anew has two rows, and is told anew once more. What follows from
other records (a visit's reversal, for one) is derived and not stored. Rows are written once, so a
long history costs no more to extend than a short one. Histories in use stay in memory, the least
recently used are dropped.

One thread takes records up; it does so within `turns`. Others may look at histories meanwhile, see
`SqliteReader`.
"""

import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final
from zlib import crc32

import msgspec

from events.times import DAY
from rules.engine import Change
from rules.histories import keyed
from rules.histories.facts import Fact
from rules.histories.forking import fork
from rules.histories.history import History, Standing
from rules.histories.keyed import forget
from rules.histories.records import SERIES, AnyRecord, Record
from streams.turns import Turns

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS state_records (
    place INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    key TEXT NOT NULL,
    time INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    body BLOB NOT NULL,
    lasting INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS state_standing (
    kind INTEGER NOT NULL,
    key TEXT NOT NULL,
    matter TEXT NOT NULL,
    digest INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    time INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL,
    PRIMARY KEY (kind, key, matter)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS state_records_place ON state_records (place);
CREATE INDEX IF NOT EXISTS state_records_age ON state_records (kind, time);
"""
_SORTED: Final = """
ALTER TABLE state_records RENAME TO state_records_sorted;
DROP INDEX state_records_age;
"""
_UNSORTED: Final = """
INSERT INTO state_records
    SELECT place_of(kind, key), kind, key, time, event_id, body, lasting FROM state_records_sorted;
DROP TABLE state_records_sorted;
"""
NUMBERS: Final = {kind: number for number, kind in enumerate(keyed.KINDS)}
_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(AnyRecord)
_LASTING: Final = frozenset(keyed.LASTING)
_CHUNK: Final = 400
_SHORT: Final = 500
"""Records of one key that are read in a few milliseconds."""
_AT_ONCE: Final = f"""
SELECT json_group_array(json_array(
    (SELECT group_concat(hex(body)) FROM (
        SELECT body FROM state_records
        WHERE place = json_extract(asked.value, '$[2]')
        AND kind = json_extract(asked.value, '$[0]') AND key = json_extract(asked.value, '$[1]')
        ORDER BY time, event_id, rowid LIMIT {_SHORT + 1})),
    json((SELECT json_group_array(json_array(matter, digest, revision, time, withdrawn))
        FROM state_standing
        WHERE kind = json_extract(asked.value, '$[0]') AND key = json_extract(asked.value, '$[1]')
    ))
)) FROM json_each(?) AS asked
"""
_JSON: Final = msgspec.json.Encoder()
_TOLD: Final = msgspec.json.Decoder(list[tuple[str | None, list[tuple[str, int, int, int, int]]]])
_SPARE: Final = 20
"""A cache may be fuller than its capacity by this part of it until it is trimmed."""
SLACK_DAYS: Final = 30
"""Days beyond retention before rows are deleted, so that late events still meet their like."""


Place = tuple[str, str]
"""Kind and key of a history."""


class SqliteHistories:
    """Histories over a SQLite connection. The caller begins and commits; see `save`."""

    def __init__(self, connection: sqlite3.Connection, capacity: int = 200_000) -> None:
        self._connection = connection
        self._capacity = capacity
        self._cache: OrderedDict[Place, History] = OrderedDict()
        self._rows: list[tuple[int, int, str, int, str, bytes, int]] = []
        self._crowded: set[Place] = set()
        """Histories that have come to hold more than their bound."""
        self.turns = Turns()
        self.saves = 0
        """How often something was saved; what was read since the same number is still so."""

    def get(self, kind: str, key: str) -> History:
        """The history of a key; read from the file if it is not in memory."""
        place = (kind, key)
        history = self._cache.get(place)
        if history is None:
            self.prefetch(kind, (key,))
            history = self._cache[place]
        else:
            self._cache.move_to_end(place)
        return history

    def prefetch(self, kind: str, keys: Iterable[str]) -> None:
        """Read the histories of many keys at once."""
        missing = {key for key in keys if (kind, key) not in self._cache}
        for key, history in load(self._connection, kind, missing):
            self._cache[kind, key] = history

    def take(self, fact: Fact) -> tuple[History, Sequence[Record]] | None:
        """Take a record up into its history; the row is written by the next `save`."""
        record = fact.record
        history = self.get(fact.kind, fact.key)
        changed = history.take(record)
        if changed is None:
            return None
        kind, number = type(record), NUMBERS[fact.kind]
        self._rows.append(
            (
                place_of(number, fact.key),
                number,
                fact.key,
                record.time,
                record.event_id,
                _ENCODER.encode(record),
                int(kind in _LASTING),
            )
        )
        if len(getattr(history, SERIES[kind], ())) > keyed.MOST[fact.kind]:
            self._crowded.add((fact.kind, fact.key))
        return (history, changed) if changed else None

    def save(self, changes: Sequence[Change]) -> None:
        """Write what changed since the last save into the open transaction."""
        for begin in range(0, len(self._rows), _CHUNK):
            rows = self._rows[begin : begin + _CHUNK]
            # One statement for many rows: after each, a thread must wait for the interpreter.
            marks = ",".join(["(?, ?, ?, ?, ?, ?, ?)"] * len(rows))
            self._connection.execute(
                f"INSERT INTO state_records VALUES {marks}", list(chain.from_iterable(rows))
            )
        self._connection.executemany(
            "INSERT OR REPLACE INTO state_standing VALUES (?, ?, ?, ?, ?, ?, ?)",
            list(self._standing(changes)),
        )
        self._rows.clear()
        self.saves += 1

    def trim(self) -> None:
        """Drop the least recently used histories beyond the capacity, all of them saved ones.

        To be called when what was saved is committed: a history that others do not find in memory
        stands in the file as it is.
        """
        while len(self._cache) > self._capacity:
            self._cache.popitem(last=False)

    def known(self, places: Iterable[Place]) -> dict[Place, History]:
        """Copies of those of the histories that are in memory; within `turns`."""
        found = ((place, self._cache.get(place)) for place in places)
        return {place: fork(history) for place, history in found if history is not None}

    def offer(self, histories: Mapping[Place, History], saves: int) -> None:
        """Keep what another connection read since so many saves; within `turns`."""
        if self.saves != saves:
            return
        room = self._capacity + self._capacity // _SPARE - len(self._cache)
        for place, history in islice(histories.items(), max(0, room)):
            self._cache.setdefault(place, history)

    def _standing(self, changes: Sequence[Change]) -> Iterator[tuple[Any, ...]]:
        for kind, key, matter in {
            (change.kind, change.key, f"{change.rule.id}|{change.about}") for change in changes
        }:
            known = self.get(kind, key).standing.get(matter)
            if known is not None:
                yield (
                    NUMBERS[kind],
                    key,
                    matter,
                    known.digest,
                    known.revision,
                    known.time,
                    int(known.withdrawn),
                )

    def forget(self, watermark: int) -> int:
        """Delete rows whose retention ended before an event time; returns how many."""
        gone = 0
        places, self._crowded = self._crowded, set()
        for kind, number in NUMBERS.items():
            oldest = keyed.oldest_kept(kind, watermark - SLACK_DAYS * DAY)
            for table in ("state_records WHERE lasting = 0 AND", "state_standing WHERE"):
                keys = self._connection.execute(
                    f"DELETE FROM {table} kind = ? AND time < ? RETURNING key", (number, oldest)
                ).fetchall()
                gone += len(keys)
                places.update((kind, key) for (key,) in keys)
        # What a history in memory has to drop has a row that went: all others stay as they are.
        for kind, key in places:
            history = self._cache.get((kind, key))
            if history is not None:
                with self.turns:
                    forget(history, kind, watermark - SLACK_DAYS * DAY)
        return gone

    def abandon(self) -> None:
        """Forget everything in memory, after a transaction that was rolled back."""
        self._cache.clear()
        self._rows.clear()
        self._crowded.clear()

    def sizes(self) -> dict[str, int]:
        """Records kept, by kind of history."""
        counted = dict(
            self._connection.execute("SELECT kind, count(*) FROM state_records GROUP BY kind")
        )
        return {kind: counted.get(number, 0) for kind, number in NUMBERS.items()}


class LongReadError(LookupError):
    """More records would have to be read than there is time for."""


class SqliteReader:
    """Looks at histories of a `SqliteHistories` from other threads, at what is committed if need
    be, and never waits for a batch that is being processed or committed."""

    def __init__(self, path: Path, histories: SqliteHistories) -> None:
        self._histories = histories
        # One for each way of reading: nobody who wants little waits for who wants much.
        self._patient, self._quick = [
            sqlite3.connect(
                f"{path.resolve().as_uri()}?mode=ro",
                uri=True,
                isolation_level=None,
                check_same_thread=False,
            )
            for _ in range(2)
        ]
        self._reading = threading.Lock()

    def copies(self, places: Iterable[Place]) -> dict[Place, History]:
        """Copies of histories, the caller's own; what is read for them is left in memory."""
        return self._copies(places, self._read)

    def quick_copies(self, places: Iterable[Place]) -> dict[Place, History]:
        """The same, for one thread. Raises LongReadError where there is much to read."""
        return self._copies(places, self._read_quickly)

    def _copies(
        self, places: Iterable[Place], read: Callable[[list[Place]], dict[Place, History]]
    ) -> dict[Place, History]:
        wanted = list(dict.fromkeys(places))
        histories = self._histories
        with histories.turns:
            found = histories.known(wanted)
            saves = histories.saves
        missing = [place for place in wanted if place not in found]
        if missing:
            fresh = read(missing)
            with histories.turns:
                histories.offer(fresh, saves)
                # What a batch has brought into memory meanwhile is newer than what was read.
                found |= histories.known(missing)
            for place, history in fresh.items():
                found.setdefault(place, history)
        return found

    def _read(self, places: list[Place]) -> dict[Place, History]:
        keys: dict[str, list[str]] = {}
        for kind, key in places:
            keys.setdefault(kind, []).append(key)
        with self._reading:
            # One moment for records and what they had raised.
            self._patient.execute("BEGIN")
            try:
                return {
                    (kind, key): history
                    for kind, wanted in keys.items()
                    for key, history in load(self._patient, kind, wanted)
                }
            finally:
                self._patient.execute("ROLLBACK")

    def _read_quickly(self, places: list[Place]) -> dict[Place, History]:
        """Everything in one step of SQLite: after each step a thread may have to wait in line
        for the interpreter, behind a batch."""
        asked = _JSON.encode(
            [(NUMBERS[kind], key, place_of(NUMBERS[kind], key)) for kind, key in places]
        ).decode()
        (told,) = self._quick.execute(_AT_ONCE, (asked,)).fetchone()
        found: dict[Place, History] = {}
        for (kind, key), (bodies, standing) in zip(places, _TOLD.decode(told), strict=True):
            history = keyed.KINDS[kind](key)
            if bodies:
                parts = bodies.split(",")
                if len(parts) > _SHORT:
                    raise LongReadError
                for part in parts:
                    history.take(_DECODER.decode(bytes.fromhex(part)))
            for matter, digest, revision, time, gone in standing:
                history.stand(matter, Standing(digest, revision, time, bool(gone)))
            found[kind, key] = history
        return found

    def close(self) -> None:
        """Close the connections."""
        with self._reading:
            self._patient.close()
            self._quick.close()


def load(
    connection: sqlite3.Connection, kind: str, keys: Iterable[str]
) -> Iterator[tuple[str, History]]:
    """Read histories of one kind; a key that has no rows has an empty one."""
    number = NUMBERS[kind]
    wanted = iter(keys)
    while chunk := list(islice(wanted, _CHUNK)):
        histories = {key: keyed.KINDS[kind](key) for key in chunk}
        marks = ",".join("?" * len(chunk))
        for key, body in connection.execute(
            f"SELECT key, body FROM state_records WHERE place IN ({marks}) AND kind = ?"
            " ORDER BY key, time, event_id, rowid",
            (*[place_of(number, key) for key in chunk], number),
        ):
            # Others may have the same place.
            if key in histories:
                histories[key].take(_DECODER.decode(body))
        for key, matter, digest, revision, time, gone in connection.execute(
            "SELECT key, matter, digest, revision, time, withdrawn FROM state_standing"
            f" WHERE kind = ? AND key IN ({marks})",
            (number, *chunk),
        ):
            histories[key].stand(matter, Standing(digest, revision, time, bool(gone)))
        yield from histories.items()


def place_of(kind: int, key: str) -> int:
    """Where the records of a history are looked up: CRC-32 of the number of its kind and its key.

    Rows lie in the order they came in, and an index of short numbers tells where: rows in the order
    of their keys would each change a page of their own.
    """
    return crc32(b"%d|%b" % (kind, key.encode()))


def prepare(connection: sqlite3.Connection) -> None:
    """Create the tables if they are not there; rows in the order of their keys are put anew."""
    if is_earlier(connection):
        connection.create_function("place_of", 2, place_of, deterministic=True)
        connection.execute("BEGIN IMMEDIATE")
        # Another process may have done it before this one's turn.
        if is_earlier(connection):
            for step in f"{_SORTED}{SCHEMA}{_UNSORTED}".split(";"):
                connection.execute(step)
        connection.execute("COMMIT")
    connection.executescript(SCHEMA)


def is_earlier(connection: sqlite3.Connection) -> bool:
    """Whether a file is an earlier version's, with records in the order of their keys."""
    columns = {row[1] for row in connection.execute("PRAGMA table_info(state_records)")}
    return bool(columns) and "place" not in columns
