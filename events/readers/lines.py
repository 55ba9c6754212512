"""Files to numbered lines of bytes, plain or gzip, without ever holding a whole file or line.

Lines end with LF or CRLF. A line longer than the limit is cut one byte over it, so that the
codec refuses it as too large; the rest of it is passed over.
"""

import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

from events.codec import MAX_BYTES
from events.deadletters import RAW_LIMIT
from events.readers.records import DamagedFileError

_CHUNK: Final = 1 << 20
_GZIP_MAGIC: Final = b"\x1f\x8b"
_GZIP_WINDOW: Final = 31
_BOM: Final = b"\xef\xbb\xbf"


def lines(path: Path, after: int = 0) -> Iterator[tuple[int, bytes]]:
    """Lines of an NDJSON file that are not blank, with their number from 1.

    Lines up to number `after` are passed over, to go on where an earlier run stopped. Raises
    DamagedFileError at the end if the file breaks off or cannot be read; what came before is good.
    """
    for number, line in numbered_lines(path):
        if number > after and line and not line.isspace():
            yield number, line


def numbered_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """All lines of a file, blank ones too. Raises DamagedFileError like `lines`."""
    return split_lines(_chunks(path))


def split_lines(chunks: Iterable[bytes], limit: int = MAX_BYTES) -> Iterator[tuple[int, bytes]]:
    """Cut chunks of bytes (a file, standard input, an HTTP body) into numbered lines."""
    number = 1
    rest = b""
    try:
        for chunk in chunks:
            pieces = chunk.split(b"\n")
            if len(pieces) == 1:
                rest += chunk[: max(0, limit + 1 - len(rest))]
                continue
            pieces[0] = rest + pieces[0]
            rest = pieces.pop()
            if number == 1:
                pieces[0] = pieces[0].removeprefix(_BOM)
            for line in pieces:
                yield number, line if len(line) <= limit else line[: limit + 1]
                number += 1
    except DamagedFileError as bad:
        bad.position, bad.raw = number, rest[:RAW_LIMIT]
        raise
    if rest:
        if number == 1:
            rest = rest.removeprefix(_BOM)
        yield number, rest[: limit + 1]


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            packed = file.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC or path.suffix == ".gz"
            file.seek(0)
            if packed:
                yield from _unpacked(file)
            else:
                while chunk := file.read(_CHUNK):
                    yield chunk
    except OSError as error:
        raise DamagedFileError(
            "unreadable_file", error.strerror or "an I/O error", "a readable file"
        ) from None


def _unpacked(file: BinaryIO) -> Iterator[bytes]:
    """Bytes of a gzip file of one or more members, each chunk bounded, whatever it unpacks to."""
    unpacker = zlib.decompressobj(_GZIP_WINDOW)
    started = False
    data = b""
    try:
        while True:
            data = data or file.read(_CHUNK)
            if not data:
                break
            if unpacker.eof:
                if not data.strip(b"\0"):
                    data = b""
                    continue
                unpacker = zlib.decompressobj(_GZIP_WINDOW)
            started = True
            chunk = unpacker.decompress(data, _CHUNK)
            data = unpacker.unconsumed_tail or unpacker.unused_data
            if chunk:
                yield chunk
    except zlib.error:
        raise DamagedFileError("unreadable_file", "broken gzip data", "a whole gzip file") from None
    if started and not unpacker.eof:
        raise DamagedFileError("truncated_file", "an early end of gzip data", "a whole gzip file")
