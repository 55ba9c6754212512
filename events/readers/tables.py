"""CSV and Parquet files to rows, and rows in the event contract to events.

Column names are field names, in any case. Repeated parts (`feedetail`, `diseinfo`, trace codes
...) stand as JSON text in a cell; Parquet may also hold them as lists. The kind of event stands
in a column `event_type` or is the file's name (`settlement-2024.csv`).
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final, get_origin, get_type_hints

import msgspec

from events.codec import MAX_BYTES
from events.deadletters import RAW_LIMIT, BadRecordError, DeadLetter, dead_letter
from events.kinds import KINDS
from events.readers.lines import numbered_lines
from events.readers.records import DamagedFileError, Read, Row, raw_of, read_object

_NESTED: Final = frozenset(
    name
    for kind in KINDS.values()
    for name, hint in get_type_hints(kind).items()
    if get_origin(hint) is tuple
)


def is_parquet(path: Path) -> bool:
    """Whether a file is Parquet, by name."""
    return path.suffix.lower() in (".parquet", ".pq")


def rows(path: Path) -> Iterator[Row | DeadLetter]:
    """Rows of a CSV (also gzip) or Parquet file, streaming; dead letters for what is no row."""
    if is_parquet(path):
        from events.readers.parquet import parquet_rows

        return parquet_rows(path)
    return _csv_rows(path)


def read_table(path: Path) -> Iterator[Read]:
    """Events of a table in the event contract."""
    implied = implied_kind(path)
    source = str(path)
    for row in rows(path):
        if isinstance(row, DeadLetter):
            yield row
            continue
        raw = row.raw or raw_of(row.values)
        try:
            values = _unfold(row.values)
        except BadRecordError as bad:
            yield dead_letter(bad, source, row.position, raw)
            continue
        if implied and not values.get("event_type"):
            values["event_type"] = implied
        yield read_object(values, source, row.position, raw)


def implied_kind(path: Path) -> str:
    """The kind of event a file's name begins with, or an empty string."""
    stem = path.name.split(".", 1)[0].lower()
    found = [
        kind
        for kind in KINDS
        if stem.startswith(kind) and not stem[len(kind) :].removeprefix("s")[:1].isalpha()
    ]
    return max(found, key=len, default="")


def columns(path: Path) -> list[str]:
    """Lower-case column names of a table; empty where the file cannot be read."""
    if is_parquet(path):
        from events.readers.parquet import parquet_columns

        return parquet_columns(path)
    try:
        _, header = next(numbered_lines(path), (0, b""))
        return _names(next(csv.reader([header.decode("utf-8")]), []))
    except (DamagedFileError, UnicodeDecodeError, csv.Error):
        return []


def _names(cells: list[str]) -> list[str]:
    return [cell.strip().lower() for cell in cells]


def _unfold(values: dict[str, object]) -> dict[str, object]:
    """Parse the JSON text of repeated parts. Raises BadRecordError."""
    unfolded = dict(values)
    for name in _NESTED & values.keys():
        cell = values[name]
        if isinstance(cell, str) and cell.strip():
            try:
                unfolded[name] = msgspec.json.decode(cell)
            except (msgspec.MsgspecError, RecursionError):
                raise BadRecordError(
                    "bad_value", name, f"{len(cell)} characters", "a JSON list in the cell"
                ) from None
    return unfolded


def _csv_rows(path: Path) -> Iterator[Row | DeadLetter]:
    source = str(path)
    csv.field_size_limit(MAX_BYTES)
    refused: list[DeadLetter] = []
    pending: list[bytes] = []
    position = 0

    def feed() -> Iterator[str]:
        nonlocal position
        for position, line in numbered_lines(path):
            try:
                text = _text(line)
            except BadRecordError as bad:
                refused.append(dead_letter(bad, source, position, line))
            else:
                pending.append(line)
                yield text + "\n"

    reader = csv.reader(feed(), strict=True)
    names: list[str] = []
    while True:
        row: Row | DeadLetter | None = None
        over = False
        try:
            cells = next(reader)
            if names and cells:
                row = _row(names, cells, position, b"\n".join(pending))
            names = names or _names(cells)
        except StopIteration:
            over = True
        except csv.Error as error:
            bad = BadRecordError("bad_csv", "", str(error), "cells as in RFC 4180")
            row = dead_letter(bad, source, position, b"\n".join(pending))
        except DamagedFileError as damaged:
            over = True
            row = dead_letter(damaged, source, damaged.position, damaged.raw)
        except BadRecordError as bad:
            row = dead_letter(bad, source, position, b"\n".join(pending))
        yield from refused
        refused.clear()
        pending.clear()
        if row is not None:
            yield row
        if over:
            return


def _text(line: bytes) -> str:
    if len(line) > MAX_BYTES:
        raise BadRecordError("too_large", "", f"{len(line)} bytes", f"at most {MAX_BYTES} bytes")
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        found = f"byte 0x{line[error.start]:02x} at {error.start}"
        raise BadRecordError("not_utf8", "", found, "UTF-8 text") from None


def _row(names: list[str], cells: list[str], position: int, raw: bytes) -> Row:
    if len(cells) != len(names):
        raise BadRecordError(
            "bad_csv", "", f"{len(cells)} cells", f"{len(names)}, as in the header"
        )
    return Row(position, dict(zip(names, cells, strict=True)), raw[:RAW_LIMIT])
