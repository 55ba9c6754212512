"""The points in force by the codes they limit: what a settlement's fee lines may have broken.

A settlement is looked through once for all rules; a line whose code no point names costs one
look-up.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from msgspec import Struct, structs

from events.times import day_number, day_of
from rules.histories.records import Line, Visit
from rules.knowledge.limits import Limit, Reading, Sex
from rules.knowledge.parsing import read_point
from rules.knowledge.points import Point, Standing
from rules.knowledge.reasons import CONTRADICTED
from rules.knowledge.store import load_points

_ENDLESS: Final = 10**6


class Entry(Struct, frozen=True, gc=False):
    """A limit ready to be checked, with the point it is of and the days on which it holds."""

    point: Point
    limit: Limit
    rule: str
    first: int
    last: int


class Hit(NamedTuple):
    """A fee line whose code a point names."""

    line: Line
    entry: Entry


class Judged(Struct, frozen=True):
    """A version of a point with what its texts were found to say."""

    standing: Standing
    reading: Reading


class Knowledge:
    """All points that are checked, by code."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        by_code: dict[str, list[Entry]] = {}
        for entry in entries:
            for code in entry.point.codes:
                by_code.setdefault(code, []).append(entry)
        self._by_code: Mapping[str, tuple[Entry, ...]] = {
            code: tuple(found) for code, found in by_code.items()
        }
        self._seen: tuple[Visit | None, Mapping[str, Sequence[Hit]]] = (None, {})
        self.clean: Visit | None = None
        """The last settlement that no point names; for rules, which ask one after the other."""

    def __len__(self) -> int:
        return len(self._by_code)

    def hits(self, rule: str, visit: Visit) -> Sequence[Hit]:
        """The lines of a settlement whose codes points of this rule name on its day."""
        seen = self._seen
        if visit is not seen[0]:
            # One assignment, so that a second thread never meets another settlement's hits.
            seen = self._seen = (visit, self._look(visit))
        return seen[1].get(rule, ())

    def entries(self, code: str, kind: type[Limit], day: int) -> Sequence[Entry]:
        """The limits of one sort that hold for a code on a day number."""
        return [
            entry
            for entry in self._by_code.get(code, ())
            if isinstance(entry.limit, kind) and entry.first <= day <= entry.last
        ]

    def _look(self, visit: Visit) -> Mapping[str, Sequence[Hit]]:
        by_code = self._by_code
        touched = [line for line in visit.lines if line.code in by_code]
        if not touched:
            self.clean = visit
            return {}
        day = day_of(visit.time)
        found: dict[str, list[Hit]] = {}
        for line in touched:
            for entry in by_code[line.code]:
                if entry.first <= day <= entry.last:
                    found.setdefault(entry.rule, []).append(Hit(line, entry))
        return found


NOTHING: Final = Knowledge()
"""No points at all."""


def judge_points(points: Iterable[Standing]) -> Sequence[Judged]:
    """What the texts of points say; points that contradict each other are not active."""
    judged = [Judged(standing, read_point(standing.point)) for standing in points]
    sexes: dict[str, set[str]] = {}
    for one in judged:
        if isinstance(one.reading.limit, Sex):
            for code in one.standing.point.codes:
                sexes.setdefault(code, set()).add(one.reading.limit.only)
    return [_uncontradicted(one, sexes) for one in judged]


def _uncontradicted(judged: Judged, sexes: Mapping[str, set[str]]) -> Judged:
    """Without the codes that another point gives to the other sex; inactive if none is left."""
    if not isinstance(judged.reading.limit, Sex):
        return judged
    point = judged.standing.point
    codes = tuple(code for code in point.codes if len(sexes[code]) == 1)
    if codes == point.codes:
        return judged
    if not codes:
        return structs.replace(judged, reading=Reading(None, CONTRADICTED))
    kept = structs.replace(point, codes=codes)
    return structs.replace(judged, standing=structs.replace(judged.standing, point=kept))


def knowledge_of(points: Iterable[Standing]) -> Knowledge:
    """The points that are active, ready to be checked."""
    return Knowledge(
        Entry(
            standing.point,
            reading.limit,
            reading.rule,
            day_number(standing.since),
            day_number(standing.until) if standing.until is not None else _ENDLESS,
        )
        for standing, reading in (
            (judged.standing, judged.reading) for judged in judge_points(points)
        )
        if reading.limit is not None
    )


def load_knowledge(folder: Path | None) -> Knowledge:
    """The points of a store; nothing without a store. Raises DataFileError where it is damaged."""
    return knowledge_of(load_points(folder)) if folder is not None else NOTHING
