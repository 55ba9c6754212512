"""From dated statements to a timeline: what holds in a pack from which day on, for one path.

The nearest pack that says anything decides: a pooling area before its province before the
nation. An explicit repeal or an open value stops the search; a statement whose document has
run out is as if it were not there. Overlays stand at the pack they name: one that replaces comes
before the pack's own statement, one that fills comes after it and only where nothing is set.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct

from events.times import day_number
from rules.packs.model import Bounds, Entry, Pack, Status, Value


class Patch(Struct, frozen=True, kw_only=True):
    """An overlay's statements about one path of one pack."""

    overlay: str
    mode: Literal["fill", "replace"]
    pack: str
    path: str
    entries: tuple[Entry, ...]


class Segment(Struct, frozen=True):
    """What holds from `start` (a day number) to the next segment."""

    start: int
    status: Status
    value: Value | None = None
    bounds: Bounds | None = None
    reference: str = ""
    clauses: tuple[str, ...] = ()
    source: str = ""


def in_force(entries: Sequence[Entry], day: date) -> Entry | None:
    """The statement that holds on a day, None before the first and after the last has run out."""
    at = bisect_right(entries, day, key=lambda entry: entry.start) - 1
    if at < 0:
        return None
    entry = entries[at]
    return entry if entry.until is None or day <= entry.until else None


def segments(
    chain: Sequence[Pack], path: str, patches: Mapping[str, Sequence[Patch]]
) -> tuple[Segment, ...]:
    """Timeline of one path for the first pack of `chain` (nearest first, nation last).

    `patches` holds, by pack id, the overlays' statements about this path, the strongest last.
    """
    days: set[date] = set()
    for pack in chain:
        for entries in (
            pack.entries.get(path, ()),
            *(patch.entries for patch in patches.get(pack.id, ())),
        ):
            days.update(entry.start for entry in entries)
            days.update(entry.until + timedelta(days=1) for entry in entries if entry.until)
    line: list[Segment] = []
    for day in sorted(days):
        segment = _resolve(chain, path, patches, day)
        if not line or _content(line[-1]) != _content(segment):
            line.append(segment)
    return tuple(line)


def resolve_entry(chain: Sequence[Pack], path: str, day: date) -> tuple[str, Entry] | None:
    """Pack id and statement that decide a path on a day, overlays apart."""
    for pack in chain:
        entry = in_force(pack.entries.get(path, ()), day)
        if entry is not None:
            return pack.id, entry
    return None


def _resolve(
    chain: Sequence[Pack], path: str, patches: Mapping[str, Sequence[Patch]], day: date
) -> Segment:
    for at, pack in enumerate(chain):
        mine = patches.get(pack.id, ())
        replacing = _strongest(mine, "replace", day)
        if replacing is not None:
            return _segment(pack.id, replacing[1], day, replacing[0])
        own = in_force(pack.entries.get(path, ()), day)
        if own is not None and own.status == "set":
            return _segment(pack.id, own, day, "")
        filling = _strongest(mine, "fill", day)
        if filling is not None:
            below = resolve_entry(chain[at:], path, day)
            if below is None or below[1].status == "open":
                return _segment(pack.id, filling[1], day, filling[0])
        if own is not None:
            return _segment(pack.id, own, day, "")
    ran_out = any(entry.start <= day for pack in chain for entry in pack.entries.get(path, ()))
    return Segment(day_number(day), "repealed" if ran_out else "absent")


def _strongest(
    patches: Sequence[Patch], mode: Literal["fill", "replace"], day: date
) -> tuple[str, Entry] | None:
    for patch in reversed(patches):
        entry = in_force(patch.entries, day) if patch.mode == mode else None
        if entry is not None:
            return patch.overlay, entry
    return None


def _segment(pack: str, entry: Entry, day: date, overlay: str) -> Segment:
    value = None
    if entry.status == "set" and entry.value is not None:
        value = Value(entry.value, entry.reference, entry.clauses, pack, bool(overlay), overlay)
    return Segment(
        day_number(day),
        entry.status,
        value,
        entry.bounds,
        entry.reference,
        entry.clauses,
        pack,
    )


def _content(segment: Segment) -> tuple[object, ...]:
    return (
        segment.status,
        segment.value,
        segment.bounds,
        segment.reference,
        segment.clauses,
        segment.source,
    )
