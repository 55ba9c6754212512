"""Turning what a pack's YAML says into typed values: yuan into fen, lists into tuples."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

from events.money import fen
from rules.packs.model import Bounds, PackError, Parameter, PolicyValue
from rules.strict_yaml import Plain

Stated = tuple[Literal["set", "open", "repealed"], PolicyValue | None, Bounds | None]
"""Status of a dated statement, its value where set, the bounds of what it leaves open."""


def statement(file: Path, parameter: Parameter, raw: Mapping[str, Plain], when: date) -> Stated:
    """Read `value` or `open` (with `bounds`) of one dated statement.

    Raises PackError where both or neither are there, or the value has another type.
    """
    place = f"{file}: {parameter.path}: {when}"
    if ("value" in raw) == ("open" in raw):
        raise PackError(f"{place}: expected exactly one of `value` (null repeals) and `open: true`")
    bounds = _bounds(place, parameter, raw["bounds"]) if "bounds" in raw else None
    if "open" in raw:
        if raw["open"] is not True:
            raise PackError(f"{place}: open: found {raw['open']!r}, expected true")
        return "open", None, bounds
    if bounds is not None:
        raise PackError(f"{place}: bounds belong to an open value")
    if raw["value"] is None:
        return "repealed", None, None
    return "set", typed(place, parameter, raw["value"]), None


def typed(place: str, parameter: Parameter, raw: Plain) -> PolicyValue:
    """The value in the parameter's type. Raises PackError naming what was found and expected."""
    match parameter.kind:
        case "money":
            if isinstance(raw, (int, Decimal)) and not isinstance(raw, bool):
                try:
                    return int(fen(raw))
                except ValueError as error:
                    raise PackError(f"{place}: {error}") from error
        case "ratio":
            if isinstance(raw, (int, Decimal)) and not isinstance(raw, bool) and 0 <= raw <= 1:
                return Decimal(raw)
        case "count":
            if isinstance(raw, int) and not isinstance(raw, bool) and raw >= 0:
                return raw
        case "flag":
            if isinstance(raw, bool):
                return raw
        case "date":
            if isinstance(raw, date):
                return raw
        case "choice" | "text":
            if isinstance(raw, str) and raw and (raw in parameter.choices or not parameter.choices):
                return raw
        case "list":
            codes = texts(place, raw)
            if not parameter.choices or set(codes) <= set(parameter.choices):
                return codes
    allowed = f" out of {list(parameter.choices)}" if parameter.choices else ""
    raise PackError(f"{place}: found {raw!r}, expected a {parameter.kind}{allowed}")


def texts(place: str, raw: Plain) -> tuple[str, ...]:
    """A list of distinct texts. Raises PackError for anything else."""
    if isinstance(raw, Sequence) and not isinstance(raw, str):
        found = tuple(item for item in raw if isinstance(item, str) and item)
        if len(found) == len(raw) == len(set(found)):
            return found
    raise PackError(f"{place}: found {raw!r}, expected a list of distinct texts (codes in quotes)")


def within(value: PolicyValue, bounds: Bounds) -> bool:
    """Whether a number keeps inside the bounds a document sets; other values always do."""
    if isinstance(value, (str, tuple, date)):
        return True
    least, greatest = bounds
    return (least is None or value >= least) and (greatest is None or value <= greatest)


def _bounds(place: str, parameter: Parameter, raw: Plain) -> Bounds:
    if isinstance(raw, Sequence) and not isinstance(raw, str) and len(raw) == len(("min", "max")):
        least, greatest = (_bound(place, parameter, item) for item in raw)
        if least is None or greatest is None or least <= greatest:
            return least, greatest
    raise PackError(f"{place}: bounds: found {raw!r}, expected [least, greatest], null for none")


def _bound(place: str, parameter: Parameter, raw: Plain) -> int | Decimal | None:
    if raw is None:
        return None
    value = typed(place, parameter, raw)
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return value
    raise PackError(f"{place}: bounds are for numbers, {parameter.path} is a {parameter.kind}")
