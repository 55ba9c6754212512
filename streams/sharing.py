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
    """Events and dead letters of the share, with their place in the whole.

    Shares are dealt by CRC-32 of the key modulo `number`; what has no plain key and is no event
    falls to share 0. Events later than `latest` (epoch seconds) are refused: a wrong clock must
    not age everything else.
    """
    for sequence, read, told in _all(sources, share, number):
        if told is not None:
            owner = told
        else:
            owner = 0 if isinstance(read, DeadLetter) else _owner(key_of(read.event), number)
        if owner == share:
            yield sequence, read if isinstance(read, DeadLetter) else timely(read, latest)


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


def _all(
    sources: Sequence[Path], share: int, number: int
) -> Iterator[tuple[int, Read, int | None]]:
    """What is read, its place, and whose it is if its line told so; other shares' lines unread."""
    files = [file for path in sources for file in files_of(path)]
    if not all(is_plain(file) for file in files):
        for sequence, read in enumerate(open_sources(sources), 1):
            yield sequence, read, None
        return
    sequence = 0
    for file in files:
        source = str(file)
        try:
            for position, line in lines(file):
                sequence += 1
                owner = 0 if number == 1 else _line_owner(line, number)
                if owner is None or owner == share:
                    yield sequence, read_line(line, source, position), owner
        except DamagedFileError as damaged:
            sequence += 1
            yield sequence, dead_letter(damaged, source, damaged.position, damaged.raw), 0


def _owner(key: str, number: int) -> int:
    return crc32(key.encode()) % number


def is_plain(file: Path) -> bool:
    """Whether a file begins with a line of the event contract (and no table or message pair)."""
    try:
        for _, line in lines(file):
            key = _KEY.decode(line)
            return not bytes(key.request)
    except (DamagedFileError, msgspec.MsgspecError, UnicodeDecodeError):
        return False
    return False


def _line_owner(line: bytes, number: int) -> int | None:
    """The share a line belongs to; None if its key is not plain."""
    try:
        key = _KEY.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    name = key.psn_no or key.fixmedins_code
    return _owner(name, number) if name else None
