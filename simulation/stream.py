"""The event file: written family by family, merged into time order through day files.

Families are generated one after another, so their events interleave. Each encoded event goes to
the bucket of its day; a bucket is sorted when all families are done. Memory holds one flush of
buffers and one day.
"""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, Final

import msgspec

from events.times import day_of

_FLUSH_BYTES: Final = 48_000_000
_STAMP: Final = 22

Event = Mapping[str, object]


class Label(msgspec.Struct, frozen=True):
    """What an event was made to be: a typology, and whether it only resembles it."""

    event_id: str
    typology: str
    near_miss: bool


class Stream:
    """Collects events in any order and writes them in the order of their time.

    Events of one second keep the order in which they were added. The folder given holds the
    day files until `write` has merged them.
    """

    def __init__(self, folder: Path) -> None:
        """Open a stream with its day files in a temporary folder inside `folder`."""
        self._temporary = TemporaryDirectory(dir=folder, prefix=".days-")
        self._folder = Path(self._temporary.name)
        self._buckets: dict[int, list[bytes]] = {}
        self._known: set[int] = set()
        self._held = 0
        self._serial = 0
        self._encode = msgspec.json.Encoder().encode
        self.labels: list[Label] = []
        self.kinds: Counter[str] = Counter()

    def add(self, seconds: int, event: Event) -> None:
        """Add one event that happens at `seconds` since 1970."""
        line = self._encode(event)
        self._serial += 1
        record = b"%012d%010d%b\n" % (seconds, self._serial, line)
        day = day_of(seconds)
        self._buckets.setdefault(day, []).append(record)
        self.kinds[str(event["event_type"])] += 1
        self._held += len(record)
        if self._held > _FLUSH_BYTES:
            self._flush()

    def label(self, event_id: str, typology: str, *, near_miss: bool) -> None:
        """Remember what an event was made to be."""
        self.labels.append(Label(event_id, typology, near_miss))

    def _flush(self) -> None:
        for day in sorted(self._buckets):
            with self._day_file(day).open("ab") as file:
                file.writelines(self._buckets[day])
            self._known.add(day)
        self._buckets.clear()
        self._held = 0

    def _day_file(self, day: int) -> Path:
        return self._folder / f"{day}.part"

    def write(self, path: Path) -> int:
        """Merge everything into one file; returns the number of events."""
        written = 0
        with path.open("wb") as out:
            for day in sorted(self._known | self._buckets.keys()):
                written += self._write_day(out, day)
        self._buckets.clear()
        self._temporary.cleanup()
        return written

    def _write_day(self, out: BinaryIO, day: int) -> int:
        records = self._buckets.get(day, [])
        if day in self._known:
            with self._day_file(day).open("rb") as file:
                records = [*file, *records]
        records.sort()
        out.writelines(record[_STAMP:] for record in records)
        return len(records)
