"""The local store of knowledge points: every import is kept, and what holds now is derived.

A store is a folder: `imports/` has one file an import, named by the SHA-256 of its source,
`manifest.json` tells the imports in their order, and `points.json` says from when until when each
version of each point holds. A point that a newer import tells differently is superseded from that
import's date on; one that it does not tell stays, because the table is published in batches.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final, TypeVar

import msgspec
from msgspec import Struct

from rules.knowledge.points import IN_FORCE, Point, Standing
from rules.knowledge.reading import Problem, Table, read_table
from rules.strict_yaml import DataFileError

PARSER: Final = 1
"""Version of the reading of files; an import says which one read it."""
_MANIFEST: Final = "manifest.json"
_POINTS: Final = "points.json"
_IMPORTS: Final = "imports"

T = TypeVar("T")


class Import(Struct, frozen=True, kw_only=True):
    """One import: what was read and from when it holds (None: each batch's own date)."""

    version: int
    source: str
    sha256: str
    rows: int
    points: int
    refused: int
    batches: tuple[str, ...]
    since: date | None
    parser: int


class Manifest(Struct, frozen=True):
    """All imports of a store, oldest first."""

    imports: tuple[Import, ...] = ()


class Outcome(Struct, frozen=True):
    """What an import did."""

    record: Import
    changed: bool
    """False where this very file had been imported with the same date before."""
    new: int
    superseded: int
    problems: tuple[Problem, ...]


def import_table(source: Path, folder: Path, since: date | None = None) -> Outcome:
    """Import a table into the store in `folder`, which is made if there is none.

    `since` is the day from which its points hold; by default that of each point's batch. Raises
    DataFileError where the file is no such table or the store is damaged.
    """
    digest = sha256(source.read_bytes()).hexdigest()
    manifest = read_manifest(folder)
    for known in manifest.imports:
        if known.sha256 == digest and known.since == since and known.parser == PARSER:
            return Outcome(known, False, 0, 0, ())
    table = read_table(source)
    record = Import(
        version=len(manifest.imports) + 1,
        source=source.name,
        sha256=digest,
        rows=table.rows,
        points=len(table.points),
        refused=sum(not problem.kept for problem in table.problems),
        batches=tuple(sorted({point.batch for point in table.points} - {""}, key=_by_number)),
        since=since,
        parser=PARSER,
    )
    before = {standing.point.kp_id: standing.point for standing in _current(folder, manifest)}
    _write(folder / _IMPORTS / f"{digest}.json", msgspec.json.encode(table))
    manifest = Manifest((*manifest.imports, record))
    standing = _derive(folder, manifest)
    _write(folder / _POINTS, msgspec.json.encode(standing))
    # The manifest comes last: an import that was cut short is simply not there.
    _write(folder / _MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=2))
    return Outcome(
        record,
        True,
        sum(point.kp_id not in before for point in table.points),
        sum(before.get(point.kp_id, point) != point for point in table.points),
        table.problems,
    )


def read_manifest(folder: Path) -> Manifest:
    """The imports of a store; none where there is no store yet."""
    path = folder / _MANIFEST
    return _read(path, Manifest) if path.is_file() else Manifest()


def load_points(folder: Path) -> Sequence[Standing]:
    """Every version of every point of a store, by id and date.

    Raises DataFileError where there is no store or it is damaged.
    """
    if not (folder / _MANIFEST).is_file():
        raise DataFileError(
            f"{folder}: no knowledge points here; `fundwatch knowledge import FILE --out {folder}`"
            " makes a store"
        )
    return _read(folder / _POINTS, tuple[Standing, ...])


def _current(folder: Path, manifest: Manifest) -> Sequence[Standing]:
    if not manifest.imports:
        return ()
    return [standing for standing in load_points(folder) if standing.until is None]


def _derive(folder: Path, manifest: Manifest) -> tuple[Standing, ...]:
    """All versions from all imports: of one day's versions the last import's counts."""
    versions: dict[str, dict[date, tuple[int, Point]]] = {}
    for record in manifest.imports:
        table = _read(folder / _IMPORTS / f"{record.sha256}.json", Table)
        for point in table.points:
            since = record.since or IN_FORCE
            versions.setdefault(point.kp_id, {})[since] = (record.version, point)
    derived: list[Standing] = []
    for kp_id in sorted(versions):
        told: list[Standing] = []
        for since, (version, point) in sorted(versions[kp_id].items()):
            if told and told[-1].point == point:
                continue
            if told:
                last = told[-1]
                eve = since - timedelta(days=1)
                told[-1] = Standing(last.point, last.since, eve, last.version)
            told.append(Standing(point, since, None, version))
        derived += told
    return tuple(derived)


def _by_number(batch: str) -> tuple[int, str]:
    return (int(batch) if batch.isdecimal() else 0, batch)


def _read(path: Path, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError) as error:
        raise DataFileError(f"{path}: {error}; import the tables again into a new folder") from None


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial")
    partial.write_bytes(content)
    partial.replace(path)
