"""Sources of the embedded run: files, folders, standard input, from where the last run was."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from select import select
from threading import Event
from time import perf_counter
from typing import Final

from events.deadletters import dead_letter
from events.readers import DamagedFileError, Read, lines, open_sources, read_line, split_lines
from events.readers.sources import files_of
from streams.monitor import Monitor, Position
from streams.sharing import is_plain

_HEAD: Final = 4096
_POLL: Final = 1.0


def read_files(
    monitor: Monitor,
    paths: Sequence[Path],
    size: int,
    progress: Callable[[int], None],
    *,
    whole: bool = True,
) -> int:
    """Read files and folders to their end, in batches, from where the last run stopped.

    Unless the files are known to be whole, a last line without its line end waits for the rest.
    Returns how many records were read. Lines of the event contract are remembered file by file,
    everything else (tables, interface messages, which belong together) as one source.
    """
    files = [file for path in paths for file in files_of(path)]
    plain = [file for file in files if is_plain(file)]
    done = 0
    if len(plain) == len(files):
        for file in plain:
            done += _read_lines(monitor, file, size, done, progress, whole=whole)
        return done
    return _read_whole(monitor, paths, size, progress)


def _read_lines(
    monitor: Monitor,
    file: Path,
    size: int,
    before: int,
    progress: Callable[[int], None],
    *,
    whole: bool,
) -> int:
    name, mark = str(file.resolve()), fingerprint(file)
    known = monitor.position(name)
    after = known.position if known is not None and known.fingerprint == mark else 0
    done = after
    reads = _line_reads(file, after, whole=whole)
    arrived = perf_counter()
    while batch := list(islice(reads, size)):
        done = batch[-1].position
        monitor.take(batch, [Position(name, done, mark)], arrived=arrived)
        progress(before + done)
        arrived = perf_counter()
    return done


def _line_reads(file: Path, after: int, *, whole: bool) -> Iterator[Read]:
    source = str(file)
    held: tuple[int, bytes] | None = None
    try:
        for numbered in lines(file, after):
            if held is not None:
                yield read_line(held[1], source, held[0])
            held = numbered
        if held is not None and (whole or _ended(file)):
            yield read_line(held[1], source, held[0])
    except DamagedFileError as damaged:
        yield dead_letter(damaged, source, damaged.position, damaged.raw)


def _read_whole(
    monitor: Monitor, paths: Sequence[Path], size: int, progress: Callable[[int], None]
) -> int:
    name = "|".join(str(path.resolve()) for path in paths)
    known = monitor.position(name)
    done = known.position if known is not None else 0
    reads = islice(open_sources(paths), done, None)
    arrived = perf_counter()
    while batch := list(islice(reads, size)):
        done += len(batch)
        monitor.take(batch, [Position(name, done)], arrived=arrived)
        progress(done)
        arrived = perf_counter()
    return done


def read_standard_input(
    monitor: Monitor,
    size: int,
    progress: Callable[[int], None],
    *,
    within: float,
    stopped: Event,
) -> int:
    """Read lines from standard input to its end, or until stopped; how many records were read.

    A batch is committed when it is full, and after `within` seconds in which nothing came: what
    is piped in slowly is watched as it comes, and what was read is kept when the run is stopped.
    """
    done = 0
    batch: list[Read] = []
    arrived = perf_counter()

    def commit() -> None:
        nonlocal done, batch
        if batch:
            done += len(batch)
            monitor.take(batch, arrived=arrived)
            batch = []
            progress(done)

    for position, line in split_lines(_piped(sys.stdin.fileno(), within, stopped, commit)):
        if line.strip():
            if not batch:
                arrived = perf_counter()
            batch.append(read_line(line, "standard input", position))
        if len(batch) >= size:
            commit()
    commit()
    return done


def _piped(file: int, within: float, stopped: Event, idle: Callable[[], None]) -> Iterator[bytes]:
    while not stopped.is_set():
        if not select([file], [], [], within)[0]:
            idle()
        elif chunk := os.read(file, 1 << 16):
            yield chunk
        else:
            return


def _ended(file: Path) -> bool:
    with file.open("rb") as opened:
        opened.seek(-1, 2)
        return opened.read(1) == b"\n"


def count_lines(paths: Sequence[Path]) -> int:
    """Lines of plain files, for a progress bar."""
    return sum(
        chunk.count(b"\n") for path in paths for file in files_of(path) for chunk in _chunks(file)
    )


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while chunk := opened.read(1 << 20):
            yield chunk


def follow(monitor: Monitor, paths: Sequence[Path], size: int, stopped: Event) -> None:
    """Go on reading what is added to files and folders, until stopped."""
    seen: dict[Path, int] = {}
    while not stopped.is_set():
        grown = False
        for file in (file for path in paths for file in files_of(path)):
            length = file.stat().st_size
            if seen.get(file) != length:
                seen[file] = length
                grown = True
        if grown:
            read_files(monitor, paths, size, lambda _: None, whole=False)
        stopped.wait(_POLL)


def fingerprint(file: Path) -> str:
    """A digest of a file's first line (up to 4 KiB), which appending does not change."""
    with file.open("rb") as opened:
        head = opened.read(_HEAD).partition(b"\n")[0]
    return blake2b(head, digest_size=8).hexdigest()
