"""Overlays: files the user names that fill open values, or replace values for a what-if.

An overlay says for which pack it speaks and gives every value its own reference, so that an
alert resting on it can say so. Filling a value that a document sets is an error; replacing is
for what-if runs and must be asked for with `mode: replace`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Literal

from rules.documents import text
from rules.packs.model import Entry, Pack, PackError, Parameter
from rules.packs.reader import in_order, leaves, required_day
from rules.packs.timeline import Patch, resolve_entry
from rules.packs.values import statement, within
from rules.strict_yaml import Plain, read_mapping

_KEYS: Final = {"overlay", "pack", "mode", "official", "title_zh", "title_en", "values"}
_ENTRY_KEYS: Final = {"from", "value", "reference", "checked", "note"}


def read_overlay(
    path: Path, parameters: Mapping[str, Parameter], chain_of: Mapping[str, Sequence[Pack]]
) -> tuple[Patch, ...]:
    """Read an overlay. `chain_of` gives each pack and those it inherits from, nearest first.

    Raises PackError naming file, path, what was found and what was expected.
    """
    raw = read_mapping(path)
    if raw.keys() != _KEYS:
        raise PackError(f"{path}: found the keys {sorted(raw)}, expected {sorted(_KEYS)}")
    pack = text(path, "overlay", raw, "pack")
    if pack not in chain_of:
        raise PackError(f"{path}: pack: found {pack!r}, expected one of {sorted(chain_of)}")
    if not isinstance(raw["official"], bool):
        raise PackError(f"{path}: official: found {raw['official']!r}, expected true or false")
    name, mode, values = text(path, "overlay", raw, "overlay"), _mode(path, raw), raw["values"]
    if not name or not isinstance(values, Mapping):
        raise PackError(f"{path}: expected a name under `overlay` and paths under `values`")
    patches: list[Patch] = []
    for name_of, items in leaves(path, "", values):
        parameter = parameters.get(name_of)
        if parameter is None:
            raise PackError(f"{path}: {name_of}: no such parameter; `docs/policy.md` lists them")
        entries = tuple(_entry(path, parameter, item) for item in items)
        in_order(path, name_of, entries)
        if mode == "fill":
            for entry in entries:
                _may_fill(path, name_of, entry, chain_of[pack])
        patches.append(Patch(overlay=name, mode=mode, pack=pack, path=name_of, entries=entries))
    return tuple(patches)


def _mode(path: Path, raw: Mapping[str, Plain]) -> Literal["fill", "replace"]:
    match raw["mode"]:
        case "fill":
            return "fill"
        case "replace":
            return "replace"
        case other:
            raise PackError(f"{path}: mode: found {other!r}, expected fill or replace")


def _entry(path: Path, parameter: Parameter, raw: Plain) -> Entry:
    place = parameter.path
    if not isinstance(raw, Mapping) or raw.keys() - _ENTRY_KEYS:
        unknown = sorted(raw.keys() - _ENTRY_KEYS) if isinstance(raw, Mapping) else raw
        raise PackError(f"{path}: {place}: unknown {unknown}; allowed are {sorted(_ENTRY_KEYS)}")
    start = required_day(path, place, raw, "from")
    reference = text(path, place, raw, "reference")
    if not reference:
        raise PackError(f"{path}: {place}: {start}: missing reference; say where the value is from")
    status, value, _ = statement(path, parameter, raw, start)
    return Entry(
        start=start,
        until=None,
        status=status,
        value=value,
        bounds=None,
        document="",
        reference=reference,
        clauses=(),
        published=None,
        checked=required_day(path, place, raw, "checked"),
        note=text(path, place, raw, "note"),
    )


def _may_fill(path: Path, name: str, entry: Entry, chain: Sequence[Pack]) -> None:
    decided = resolve_entry(chain, name, entry.start)
    if decided is None:
        return
    pack, below = decided
    if below.status != "open":
        raise PackError(
            f"{path}: {name}: {entry.start}: {pack} already has this ({below.reference}); "
            "a filling overlay may not change it, use `mode: replace` for a what-if"
        )
    if below.bounds and entry.value is not None and not within(entry.value, below.bounds):
        raise PackError(
            f"{path}: {name}: {entry.start}: found {entry.value}, but {below.reference} allows "
            f"{below.bounds[0]} to {below.bounds[1]}"
        )
