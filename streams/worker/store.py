"""The state of one partition in one SQLite file, with the position that it is the state of.

A store is read and written in transactions that see one moment. Should another process that
shares the folder have moved the same file on meanwhile, the write is refused by SQLite, what is
in memory is dropped, and the new position is where to go on.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from rules.engine import Change, Engine
from streams.pipeline import Pipeline
from streams.state import SqliteHistories, prepare

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS position (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    topic TEXT NOT NULL,
    next INTEGER NOT NULL,
    stamp INTEGER NOT NULL,
    watermark INTEGER NOT NULL,
    swept INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS heard (
    source INTEGER PRIMARY KEY,
    last_offset INTEGER NOT NULL,
    last_number INTEGER NOT NULL,
    watermark INTEGER NOT NULL
);
"""
_WAIT_SECONDS: Final = 30.0
_PRAGMAS: Final = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "temp_store=MEMORY",
    # KiB: SQLite's own two MiB hold no more than a batch touches.
    "cache_size=-8192",
)


class StoreError(RuntimeError):
    """A state file that does not belong to what is on Kafka; says what to do."""


class MovedOnError(RuntimeError):
    """Another process wrote the state file meanwhile."""


class Position(NamedTuple):
    """How far a partition was taken.

    `next` is the next offset, `stamp` the latest append time and `watermark` the latest event
    time seen (epoch seconds), `swept` the last day (number) on which old records were deleted.
    """

    next: int = 0
    stamp: int = 0
    watermark: int = 0
    swept: int = 0


class Heard(NamedTuple):
    """The last fact heard from a partition of events: its origin, and that partition's time."""

    offset: int = -1
    number: int = -1
    watermark: int = 0


class Store:
    """An open state file. `begin`, work with `pipeline`, then `commit` or `abandon`."""

    def __init__(self, path: Path, topic: str, engine: Engine, capacity: int) -> None:
        self.path = path
        self.topic = topic
        self._connection = sqlite3.connect(
            path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            for pragma in _PRAGMAS:
                self._connection.execute(f"PRAGMA {pragma}")
            prepare(self._connection)
            self._connection.executescript(_SCHEMA)
        except sqlite3.Error:
            self._connection.close()
            raise
        self.histories = SqliteHistories(self._connection, capacity)
        self.pipeline = Pipeline(engine, self.histories)
        self.heard: dict[int, Heard] = {}
        self._known: Position | None = None
        self.position = Position()
        """As of the last look or commit."""

    def begin(self) -> Position:
        """Begin a transaction and return the position it starts from. Raises StoreError."""
        self._connection.execute("BEGIN")
        row = self._connection.execute(
            "SELECT topic, next, stamp, watermark, swept FROM position"
        ).fetchone()
        if row is not None and row[0] != self.topic:
            raise StoreError(
                f"{self.path}: found the state of {row[0]}, expected that of {self.topic}: give"
                " every FUNDWATCH_TOPIC_PREFIX a folder of its own"
            )
        found = Position(*row[1:]) if row is not None else Position()
        if found != self._known:
            self.histories.abandon()
            self.heard = {
                source: Heard(*rest)
                for source, *rest in self._connection.execute(
                    "SELECT source, last_offset, last_number, watermark FROM heard"
                )
            }
        self.histories.trim()
        self._known = self.position = found
        self.pipeline.watermark = found.watermark
        return found

    def commit(
        self, position: Position, changes: Sequence[Change], forget_at: int | None = None
    ) -> None:
        """Keep what was changed together with the new position. Raises MovedOnError.

        With `forget_at`, an event time, what is too old then is deleted. Without it, any thread
        may do this: it changes nothing that is in memory.
        """
        with self._writing():
            self.histories.save(changes)
            if forget_at is not None:
                self.histories.forget(forget_at)
            self._connection.execute(
                "INSERT OR REPLACE INTO position VALUES (1, ?, ?, ?, ?, ?)",
                (self.topic, *position),
            )
            self._connection.executemany(
                "INSERT OR REPLACE INTO heard VALUES (?, ?, ?, ?)",
                [(source, *heard) for source, heard in self.heard.items()],
            )
            self._connection.execute("COMMIT")
        self._known = self.position = position

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Raises MovedOnError where another process has written since the transaction began.

        Whoever began is to abandon it then, on the thread that looks at what is in memory.
        """
        try:
            yield
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY_SNAPSHOT}:
                raise MovedOnError(str(self.path)) from error
            raise

    def abandon(self) -> None:
        """Undo the transaction and drop what is in memory."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        self.histories.abandon()
        if self.pipeline.engine.panel is not None:
            self.pipeline.engine.panel.drop()
        self.heard = {}
        self._known = None

    def release(self) -> None:
        """End a transaction in which nothing was done."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def sizes(self) -> dict[str, int]:
        """Records remembered, by kind of history."""
        return self.histories.sizes()

    def close(self) -> None:
        """Close the file; what was not committed is undone."""
        self._connection.close()
