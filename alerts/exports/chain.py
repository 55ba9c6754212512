"""The journal as a file: every entry up to a head, so that the chain can be walked anywhere."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Connection, select

from alerts.ledger.journal import BEGINNING, Journaled, entry_hash
from alerts.ledger.schema import JOURNAL

_AT_ONCE: Final = 2000
_LEVEL: Final = 6
_LONGEST: Final = 64 << 20
_ENTRY: Final = msgspec.json.Decoder(Journaled)
_ENCODER: Final = msgspec.json.Encoder()


class Walked(NamedTuple):
    """A chain that was walked: its last number and hash, and what is wrong, empty if nothing."""

    seq: int
    hash: str
    why: str


def write_chain(connection: Connection, path: Path, until: int) -> None:
    """Write all entries up to a number, one JSON object a line, compressed without a time."""
    statement = select(JOURNAL).where(JOURNAL.c.seq <= until).order_by(JOURNAL.c.seq)
    with (
        path.open("wb") as raw,
        gzip.GzipFile("", "wb", _LEVEL, raw, mtime=0) as file,
        connection.execute(statement.execution_options(yield_per=_AT_ONCE)) as rows,
    ):
        for row in rows:
            file.write(_ENCODER.encode(Journaled(*row)) + b"\n")


def walk_chain(path: Path) -> Walked:
    """Walk a written chain from its beginning, in constant memory."""
    seq, last = 0, BEGINNING
    try:
        for entry in _entries(path):
            if entry.seq != seq + 1:
                return Walked(seq, last, f"entry {seq + 1} is missing, the next is {entry.seq}")
            seq = entry.seq
            if entry.prev_hash != last:
                return Walked(seq, last, f"entry {seq} does not follow the one before it")
            found = entry_hash(
                entry.prev_hash,
                seq,
                entry.at_ms,
                entry.actor,
                entry.action,
                entry.alert_id,
                entry.content,
            )
            if found != entry.hash:
                return Walked(seq, last, f"entry {seq} does not match its hash")
            last = entry.hash
    except (OSError, EOFError, zlib.error, msgspec.MsgspecError, UnicodeDecodeError) as error:
        return Walked(seq, last, f"it breaks off after entry {seq} ({type(error).__name__})")
    return Walked(seq, last, "")


def _entries(path: Path) -> Iterator[Journaled]:
    with gzip.open(path, "rb") as file:
        while line := file.readline(_LONGEST):
            yield _ENTRY.decode(line)
