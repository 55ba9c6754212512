"""Files and folders to events, whatever they hold.

NDJSON in the event contract and pairs of the national interface may stand mixed in one file;
tables are events or the regulator's. A folder is read in order of path, its reference data and
what this program writes beside events left out. What is wrong comes out as dead letters.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from events.deadletters import BadRecordError, DeadLetter, dead_letter
from events.readers.interface import finish, read_pair
from events.readers.interface_visits import Visits
from events.readers.lines import lines
from events.readers.records import DamagedFileError, Read, read_line
from events.readers.regulator import read_regulator, table_of
from events.readers.tables import columns, implied_kind, read_table

_JSON: Final = (".ndjson", ".jsonl", ".json")
_TABLES: Final = (".csv", ".parquet", ".pq")
_NOT_EVENTS: Final = frozenset(
    {
        "institutions.csv",
        "catalogue.csv",
        "areas.csv",
        "holidays.csv",
        "budget.csv",
        "labels.csv",
        "verdicts.csv",
        "scores.csv",
        "alerts.ndjson",
        "summary.json",
    }
)
_REFERENCE: Final = "reference"
_PAIR: Final = b'{"request"'
_REQUEST: Final = b'"request"'


def open_source(path: Path) -> Iterator[Read]:
    """Events and dead letters of a file or folder. See `open_sources`."""
    return open_sources([path])


def open_sources(paths: Iterable[Path]) -> Iterator[Read]:
    """Events and dead letters of files and folders, in the order given.

    An interface upload in one file may be settled in a later one. Raises FileNotFoundError at
    once for a path that is not there; a bad record or a damaged file is a dead letter, and
    reading goes on with the next.
    """
    given = list(paths)
    for path in given:
        if not path.exists():
            raise FileNotFoundError(f"{path}: no such file or folder; give event files or folders")
    return _read_all(given)


def files_of(path: Path) -> list[Path]:
    """The files of a folder that may hold events, sorted; a file is itself."""
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.rglob("*") if file.is_file() and _is_source(path, file))


def _is_source(folder: Path, file: Path) -> bool:
    parts = file.relative_to(folder).parts
    if file.name.lower() in _NOT_EVENTS or any(part.startswith(".") for part in parts):
        return False
    return _REFERENCE not in parts[:-1] and _kind(file) in (*_JSON, *_TABLES)


def _kind(path: Path) -> str:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes[-1:] == [".gz"]:
        suffixes.pop()
    return suffixes[-1] if suffixes else ""


def _read_all(paths: list[Path]) -> Iterator[Read]:
    files = [file for path in paths for file in files_of(path)]
    folders: defaultdict[Path, list[Path]] = defaultdict(list)
    for file in files:
        if table_of(file):
            folders[file.parent].append(file)
    visits = Visits()
    for file in files:
        if table_of(file):
            yield from read_regulator(folders.pop(file.parent, []))
        elif _kind(file) in _TABLES:
            yield from _read_table(file)
        else:
            yield from read_ndjson(file, visits)
    yield from finish(visits)


def read_ndjson(path: Path, visits: Visits, after: int = 0) -> Iterator[Read]:
    """Events of an NDJSON file; interface pairs in it are read with `visits`."""
    source = str(path)
    try:
        for position, line in lines(path, after):
            if line.startswith(_PAIR):
                yield from read_pair(line, source, position, visits)
                continue
            read = read_line(line, source, position)
            if isinstance(read, DeadLetter) and _is_pair(read, line):
                yield from read_pair(line, source, position, visits)
            else:
                yield read
    except DamagedFileError as damaged:
        yield dead_letter(damaged, source, damaged.position, damaged.raw)


def _is_pair(letter: DeadLetter, line: bytes) -> bool:
    return letter.field == "event_type" and letter.reason == "missing_field" and _REQUEST in line


def _read_table(path: Path) -> Iterator[Read]:
    names = columns(path)
    if names and "event_type" not in names and not implied_kind(path):
        bad = BadRecordError(
            "missing_field",
            "event_type",
            f"columns {', '.join(names[:5])}",
            "a column event_type, or a file named after the kind of event or the table",
        )
        yield dead_letter(bad, str(path), 1)
        return
    yield from read_table(path)
