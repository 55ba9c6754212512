"""State in SQLite: the records of every history, in one file, under the caller's transaction.

A history is kept as its records, one row each, and read back by taking them up again in order; what
follows from other records (a visit's reversal, for one) is derived and not stored. Rows are
written once, so a long history costs no more to extend than a short one. Histories in use stay in
memory, the least recently used are dropped.
"""

import sqlite3
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

import msgspec

from events.times import DAY
from rules.engine import Change
from rules.histories import keyed
from rules.histories.facts import Fact
from rules.histories.keyed import History, Standing, forget
from rules.histories.records import AnyRecord, Record

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS state_records (
    kind INTEGER NOT NULL,
    key TEXT NOT NULL,
    time INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    body BLOB NOT NULL,
    lasting INTEGER NOT NULL,
    PRIMARY KEY (kind, key, time, event_id)
) WITHOUT ROWID;
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
CREATE INDEX IF NOT EXISTS state_records_age ON state_records (kind, time);
"""
NUMBERS: Final = {kind: number for number, kind in enumerate(keyed.KINDS)}
_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(AnyRecord)
_CHUNK: Final = 400
SLACK_DAYS: Final = 30
"""Days beyond retention before rows are deleted, so that late events still meet their like."""


class SqliteHistories:
    """Histories over a SQLite connection. The caller begins and commits; see `save`."""

    def __init__(self, connection: sqlite3.Connection, capacity: int = 200_000) -> None:
        self._connection = connection
        self._capacity = capacity
        self._cache: OrderedDict[tuple[str, str], History] = OrderedDict()
        self._rows: dict[tuple[int, str, int, str], tuple[bytes, int]] = {}

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
        number = NUMBERS[kind]
        missing = iter({key for key in keys if (kind, key) not in self._cache})
        while chunk := list(islice(missing, _CHUNK)):
            histories = {key: keyed.KINDS[kind](key) for key in chunk}
            marks = ",".join("?" * len(chunk))
            for key, body in self._connection.execute(
                f"SELECT key, body FROM state_records WHERE kind = ? AND key IN ({marks})"
                " ORDER BY key, time, event_id",
                (number, *chunk),
            ):
                histories[key].take(_DECODER.decode(body))
            for key, matter, digest, revision, time, gone in self._connection.execute(
                "SELECT key, matter, digest, revision, time, withdrawn FROM state_standing"
                f" WHERE kind = ? AND key IN ({marks})",
                (number, *chunk),
            ):
                histories[key].standing[matter] = Standing(digest, revision, time, bool(gone))
            for key, history in histories.items():
                self._cache[kind, key] = history

    def take(self, fact: Fact) -> tuple[History, Sequence[Record]] | None:
        """Take a record up into its history; the row is written by the next `save`."""
        record = fact.record
        history = self.get(fact.kind, fact.key)
        changed = history.take(record)
        if changed is None:
            return None
        row = (NUMBERS[fact.kind], fact.key, record.time, record.event_id)
        self._rows[row] = (_ENCODER.encode(record), int(isinstance(record, keyed.LASTING)))
        return (history, changed) if changed else None

    def save(self, changes: Sequence[Change]) -> None:
        """Write what changed since the last save into the open transaction."""
        self._connection.executemany(
            "INSERT OR REPLACE INTO state_records VALUES (?, ?, ?, ?, ?, ?)",
            [(*row, *kept) for row, kept in self._rows.items()],
        )
        self._connection.executemany(
            "INSERT OR REPLACE INTO state_standing VALUES (?, ?, ?, ?, ?, ?, ?)",
            list(self._standing(changes)),
        )
        self._rows.clear()
        while len(self._cache) > self._capacity:
            self._cache.popitem(last=False)

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
        for kind, number in NUMBERS.items():
            oldest = watermark - (keyed.KEPT[kind] + SLACK_DAYS) * DAY
            for table in ("state_records WHERE lasting = 0 AND", "state_standing WHERE"):
                gone += self._connection.execute(
                    f"DELETE FROM {table} kind = ? AND time < ?", (number, oldest)
                ).rowcount
        for (kind, _), history in self._cache.items():
            forget(history, kind, watermark - SLACK_DAYS * DAY)
        return gone

    def abandon(self) -> None:
        """Forget everything in memory, after a transaction that was rolled back."""
        self._cache.clear()
        self._rows.clear()

    def sizes(self) -> dict[str, int]:
        """Records kept, by kind of history."""
        counted = dict(
            self._connection.execute("SELECT kind, count(*) FROM state_records GROUP BY kind")
        )
        return {kind: counted.get(number, 0) for kind, number in NUMBERS.items()}


def prepare(connection: sqlite3.Connection) -> None:
    """Create the tables if they are not there."""
    connection.executescript(SCHEMA)
