"""The lookup: what holds in an area on a day, from packs and the overlays the user named."""

import hashlib
import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Self

import msgspec

from events.times import date_of, day_number
from rules.clauses import read_clauses
from rules.documents import POLICY_DIR, load_documents
from rules.packs.model import Bounds, OpenValue, Pack, PackError, Parameter, Status, Value
from rules.packs.overlays import read_overlay
from rules.packs.reader import read_pack, read_parameters
from rules.packs.timeline import Patch, Segment, segments

_Line = tuple[tuple[int, ...], tuple[Value | None, ...], tuple[Segment, ...]]

_NATION = ""
_REMEMBERED = 8_192
"""More areas than China has; made-up codes beyond it are looked up each time."""

_COUNTY, _CITY, _PROVINCE = 6, 4, 2


class Policy:
    """All packs, compiled into one timeline for each pack and path; immutable after loading.

    An area is a 6-digit code (`insuplc_admdvs`); the nearest pack answers: that of the county,
    the pooling area (4 digits), the province (2) or the nation.
    """

    __slots__ = ("_known", "_packs", "_parameters", "_tables", "checked", "digest")

    checked: int
    """The day number on which the packs' statements were last checked."""

    digest: str
    """SHA-256 over everything loaded, overlays included."""

    def __init__(
        self,
        packs: Sequence[Pack],
        parameters: Mapping[str, Parameter],
        patches: Sequence[Patch] = (),
    ) -> None:
        """Compile packs and overlay patches; `load` reads them from files."""
        self._packs = tuple(packs)
        self._parameters = dict(parameters)
        chains = chains_of(packs)
        self._tables: dict[str, dict[str, _Line]] = {}
        self._known: dict[str, dict[str, _Line]] = {}
        for pack in packs:
            table = {
                path: _line(segments(chains[pack.id], path, _by_pack(patches, path)))
                for path in parameters
            }
            self._tables[pack.admdvs] = table
        self.checked = max(
            day_number(entry.checked)
            for pack in packs
            for entries in pack.entries.values()
            for entry in entries
        )
        canonical = msgspec.json.encode([self._packs, list(patches), self._parameters])
        self.digest = hashlib.sha256(
            json.dumps(json.loads(canonical), sort_keys=True, ensure_ascii=False).encode()
        ).hexdigest()

    @classmethod
    def load(cls, overlays: Sequence[Path] = (), root: Path = POLICY_DIR) -> Self:
        """Read the packs under `root` and the overlays named; no overlay is active by itself.

        Raises PackError or DataFileError naming the file and the path that is wrong.
        """
        parameters, packs = _read(root, _stamp(root))
        chains = chains_of(packs)
        patches = [patch for path in overlays for patch in read_overlay(path, parameters, chains)]
        return cls(packs, parameters, patches)

    def at(self, area: str, path: str, day: int) -> Value | None:
        """The value of `path` in `area` on a day number, None if not set, repealed or open.

        Raises KeyError for a path that `parameters.yaml` does not list.
        """
        table = self._known.get(area)
        starts, values, _ = (self._table(area) if table is None else table)[path]
        at = bisect_right(starts, day)
        return values[at - 1] if at else None

    def status(self, area: str, path: str, day: int) -> Status:
        """Whether a path is set, open, repealed or absent in an area on a day."""
        segment = self._segment(area, path, day)
        return segment.status if segment else "absent"

    def bounds(self, area: str, path: str, day: int) -> Bounds | None:
        """Least and greatest value a document allows for what it leaves open, if it says."""
        segment = self._segment(area, path, day)
        return segment.bounds if segment else None

    def why_open(self, area: str, path: str, day: int) -> str:
        """The reference of the document that leaves a value open or repeals it, else empty."""
        segment = self._segment(area, path, day)
        return segment.reference if segment and segment.status != "set" else ""

    def open_values(self, area: str, day: int | None = None) -> tuple[OpenValue, ...]:
        """What documents leave to the area and no overlay fills, by path.

        On a day number; where none is given, on the day the packs were last checked.
        """
        day = self.checked if day is None else day
        found: list[OpenValue] = []
        for path, (starts, _, line) in sorted(self._table(area).items()):
            at = bisect_right(starts, day)
            if not at or line[at - 1].status != "open":
                continue
            segment = line[at - 1]
            found.append(
                OpenValue(
                    path,
                    date_of(segment.start),
                    segment.reference,
                    segment.clauses,
                    segment.source,
                    segment.bounds,
                )
            )
        return tuple(found)

    def pack_of(self, area: str) -> Pack:
        """The pack that answers for an area."""
        for length in (_COUNTY, _CITY, _PROVINCE):
            for pack in self._packs:
                if len(pack.admdvs) == length and pack.admdvs == area[:length]:
                    return pack
        return next(pack for pack in self._packs if pack.admdvs == _NATION)

    def packs(self) -> tuple[Pack, ...]:
        """All packs as read, the nation first, then by area code."""
        return tuple(sorted(self._packs, key=lambda pack: pack.admdvs))

    def parameters(self) -> Mapping[str, Parameter]:
        """Every path that packs and overlays may set."""
        return self._parameters

    def timeline(self, area: str, path: str) -> tuple[Segment, ...]:
        """All that ever holds for a path in an area, in order of time."""
        return self._table(area)[path][2]

    def _table(self, area: str) -> dict[str, _Line]:
        tables = self._tables
        table = (
            tables.get(area)
            or tables.get(area[:_CITY])
            or tables.get(area[:_PROVINCE])
            or tables[_NATION]
        )
        if len(self._known) < _REMEMBERED:
            self._known[area] = table
        return table

    def _segment(self, area: str, path: str, day: int) -> Segment | None:
        starts, _, line = self._table(area)[path]
        at = bisect_right(starts, day)
        return line[at - 1] if at else None


def chains_of(packs: Sequence[Pack]) -> dict[str, tuple[Pack, ...]]:
    """Each pack followed by those it inherits from, nearest first, the nation last.

    Raises PackError where a parent is missing, is no wider area, or no nation is there.
    """
    by_id = {pack.id: pack for pack in packs}
    if [pack for pack in packs if pack.admdvs == _NATION and not pack.parent] == []:
        raise PackError("no pack for the nation (empty admdvs and parent); restore it")
    chains: dict[str, tuple[Pack, ...]] = {}
    for pack in packs:
        chain = [pack]
        while chain[-1].parent:
            parent = by_id.get(chain[-1].parent)
            if (
                parent is None
                or not chain[-1].admdvs.startswith(parent.admdvs)
                or (parent.admdvs == chain[-1].admdvs)
            ):
                raise PackError(
                    f"{chain[-1].id}/pack.yaml: parent: found {chain[-1].parent!r}, expected a "
                    f"pack of a wider area out of {sorted(by_id)}"
                )
            chain.append(parent)
        if chain[-1].admdvs != _NATION:
            raise PackError(f"{chain[-1].id}/pack.yaml: parent: missing, expected `nation`")
        chains[pack.id] = tuple(chain)
    return chains


_Stamp = tuple[tuple[str, int, int], ...]


def _stamp(root: Path) -> _Stamp:
    """Name, time of change and size of every file: the same files need not be read twice."""
    found = [(path, path.stat()) for path in sorted(root.rglob("*.yaml"))]
    return tuple((str(path), stat.st_mtime_ns, stat.st_size) for path, stat in found)


@lru_cache(maxsize=2)
def _read(root: Path, _: _Stamp) -> tuple[Mapping[str, Parameter], tuple[Pack, ...]]:
    parameters = read_parameters(root / "parameters.yaml")
    documents = load_documents(root / "documents.yaml")
    owners = {clause.id: clause.document for clause in read_clauses(root).values()}
    folders = sorted(head.parent for head in root.glob("*/pack.yaml"))
    packs = tuple(read_pack(folder, parameters, documents, owners) for folder in folders)
    return parameters, packs


def _by_pack(patches: Sequence[Patch], path: str) -> dict[str, list[Patch]]:
    found: dict[str, list[Patch]] = {}
    for patch in patches:
        if patch.path == path:
            found.setdefault(patch.pack, []).append(patch)
    return found


def _line(found: tuple[Segment, ...]) -> _Line:
    return (
        tuple(segment.start for segment in found),
        tuple(segment.value for segment in found),
        found,
    )
