"""The regulator's tables (CSV or Parquet, one or more files a table) to events.

A file's name tells its table: `SETL_D.csv`, `setlcent_db.setl_d_2024.parquet`. Tables of one
folder belong together.
"""

import re
import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from events.deadletters import BadRecordError, DeadLetter, dead_letter
from events.readers.records import Read, raw_of, read_object
from events.readers.regulator_rows import TABLES, Fields, Values
from events.readers.regulator_settlements import settlements
from events.readers.tables import rows

_SETTLEMENTS: Final = "SETL_D"
_FEES: Final = "FEE_LIST_D"
_CLAIMS: Final = "CENT_MANL_REIM_REG_D"
_NAMES: Final = (*TABLES, _SETTLEMENTS, _FEES, _CLAIMS)
_TABLE: Final = re.compile(
    rf"(?:\w+\.)?({'|'.join(sorted(_NAMES, key=len, reverse=True))})(?:[-_.][\w.-]*)?"
    r"\.(?:csv|csv\.gz|parquet|pq)",
    re.IGNORECASE,
)


def table_of(path: Path) -> str:
    """The regulator's table a file holds, by its name, or an empty string."""
    found = _TABLE.fullmatch(path.name)
    return found.group(1).upper() if found else ""


def read_regulator(paths: Iterable[Path]) -> Iterator[Read]:
    """Events of the regulator's tables, settlements with their fee lines first."""
    by_table: defaultdict[str, list[Path]] = defaultdict(list)
    for path in paths:
        by_table[table_of(path)].append(path)
    parts = [by_table.pop(table, []) for table in (_SETTLEMENTS, _FEES, _CLAIMS)]
    if any(parts):
        with (
            tempfile.TemporaryDirectory(prefix="fundwatch-") as folder,
            closing(sqlite3.connect(Path(folder) / "desk.sqlite")) as desk,
        ):
            yield from settlements(desk, *parts)
    for table, files in by_table.items():
        for path in files:
            yield from _read_rows(path, TABLES[table])


def _read_rows(path: Path, build: Callable[[Values], list[Fields]]) -> Iterator[Read]:
    source = str(path)
    for row in rows(path):
        if isinstance(row, DeadLetter):
            yield row
            continue
        raw = row.raw or raw_of(row.values)
        try:
            events = build(row.values)
        except BadRecordError as bad:
            yield dead_letter(bad, source, row.position, raw)
            continue
        for event in events:
            yield read_object(event, source, row.position, raw)
