"""What a reader hands on: an event with where it stood, or a dead letter. Never an exception."""

from collections.abc import Mapping
from typing import NamedTuple

from events.codec import Decoded, decode, decode_object, encode_json
from events.deadletters import RAW_LIMIT, BadRecordError, DeadLetter, dead_letter
from events.kinds import Event


class Record(NamedTuple):
    """An event, the file it came from, its line or row from 1, and fields nobody knows.

    `raw` is the JSON line it was read from, empty where it came otherwise.
    """

    event: Event
    source: str
    position: int
    unknown: tuple[str, ...] = ()
    raw: bytes = b""


class Row(NamedTuple):
    """A row: its line (CSV, where it ends) or number (Parquet) from 1, lower-case names to values.

    `raw` is the CSV text; empty for Parquet.
    """

    position: int
    values: dict[str, object]
    raw: bytes = b""


Read = Record | DeadLetter


class DamagedFileError(BadRecordError):
    """The rest of a file cannot be read.

    `position` is the line it broke off in, `raw` the beginning of that line.
    """

    def __init__(self, reason: str, found: str, expected: str) -> None:
        """Say why; where is filled in by who knows the line."""
        super().__init__(reason, "", found, expected)
        self.position = 0
        self.raw = b""


def read_line(raw: bytes, source: str, position: int) -> Read:
    """One JSON line in the event contract."""
    try:
        decoded = decode(raw)
    except BadRecordError as bad:
        return dead_letter(bad, source, position, raw)
    return Record(decoded.event, source, position, decoded.unknown, raw)


def read_object(
    record: Mapping[str, object], source: str, position: int, raw: bytes | None = None
) -> Read:
    """One mapping of field names to values; `raw` is what it was made from."""
    try:
        decoded = decode_object(record)
    except BadRecordError as bad:
        return dead_letter(bad, source, position, raw_of(record) if raw is None else raw)
    return _record(decoded, source, position)


def _record(decoded: Decoded, source: str, position: int) -> Record:
    return Record(decoded.event, source, position, decoded.unknown)


def raw_of(record: object) -> bytes:
    """JSON of a record that had no bytes of its own, shortened, for its dead letter."""
    try:
        return encode_json(record)[:RAW_LIMIT]
    except (NotImplementedError, TypeError, ValueError, OverflowError):
        return repr(record)[:RAW_LIMIT].encode("utf-8", "replace")[:RAW_LIMIT]
