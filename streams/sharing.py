"""Reads sources for one of several workers: its share of the people, told by the message key.

Every worker reads all lines, but decodes only its own: finding the key costs a fraction of
decoding the event.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from zlib import crc32

import msgspec
from msgspec import Struct

from events.deadletters import BadRecordError, DeadLetter, dead_letter
from events.kinds import key_of
from events.readers import DamagedFileError, Read, Record, lines, open_sources, read_line
from events.readers.sources import files_of
from events.times import epoch, moment


class _Key(Struct):
    psn_no: str = ""
    fixmedins_code: str = ""
    request: msgspec.Raw = msgspec.Raw()


_KEY = msgspec.json.Decoder(_Key)


def shared_reads(
    sources: Sequence[Path], share: int, number: int, latest: int
) -> Iterator[tuple[int, Read]]:
    """Events of the share, and (share 0 only) dead letters, with their place in the whole.

    Shares are dealt by CRC-32 of the key modulo `number`. Events later than `latest` (epoch
    seconds) are refused: a wrong clock must not age everything else.
    """
    for sequence, read in _all(sources, share, number):
        if isinstance(read, DeadLetter):
            if share == 0:
                yield sequence, read
        elif number == 1 or crc32(key_of(read.event).encode()) % number == share:
            yield sequence, timely(read, latest)


def timely(read: Record, latest: int) -> Read:
    """The record, or a dead letter if its time lies in the future."""
    if epoch(read.event.event_time) <= latest:
        return read
    bad = BadRecordError(
        "future_time",
        "event_time",
        read.event.event_time.isoformat(),
        f"a time not after {moment(latest).isoformat()}",
    )
    return dead_letter(bad, read.source, read.position)


def _all(sources: Sequence[Path], share: int, number: int) -> Iterator[tuple[int, Read]]:
    files = [file for path in sources for file in files_of(path)]
    if any(is_plain(file) is None for file in files):
        yield from enumerate(open_sources(sources), 1)
        return
    sequence = 0
    for file in files:
        source = str(file)
        try:
            for position, line in lines(file):
                sequence += 1
                if number == 1 or _mine(line, share, number):
                    yield sequence, read_line(line, source, position)
        except DamagedFileError as damaged:
            sequence += 1
            yield sequence, dead_letter(damaged, source, damaged.position, damaged.raw)


def is_plain(file: Path) -> bool | None:
    """Whether a file is lines of the event contract; None if only its reader can tell."""
    try:
        for _, line in lines(file):
            key = _KEY.decode(line)
            return None if bytes(key.request) else True
    except (DamagedFileError, msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return None


def _mine(line: bytes, share: int, number: int) -> bool:
    """Whether a line may belong to the share; a line whose key is not plain belongs to all."""
    try:
        key = _KEY.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return True
    name = key.psn_no or key.fixmedins_code
    return not name or crc32(name.encode()) % number == share
