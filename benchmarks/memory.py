"""Memory of the histories, for a stream of so many people, measured in a process of its own."""

import gc
import multiprocessing
import os
from pathlib import Path

from events.deadletters import DeadLetter
from events.readers import lines, read_line
from rules.engine import Change
from streams.assembly import Assembly, assemble
from streams.memory import Memory
from streams.pipeline import Pipeline


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _measure(folder: Path) -> int:
    pipeline = Pipeline(assemble(Assembly(reference=folder / "reference")), Memory())
    changes: list[Change] = []
    gc.collect()
    before = _resident()
    gc.disable()
    for at, line in lines(folder / "events.ndjson"):
        read = read_line(line, "", at)
        if not isinstance(read, DeadLetter):
            pipeline.process(read.event, changes)
    return _resident() - before


def memory_of(folder: Path) -> int:
    """Bytes that the histories of a stream take in memory."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_measure, (folder,))
