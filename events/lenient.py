"""What is forgiven in a record that the strict decoder refused, and how the rest is described.

Forgiven, because senders of the national interface do it: "" or null for a field without a value,
a number or boolean where a code is text, `YYYYMMDD` and `YYYYMMDDhhmmss`, a time where a date is
meant, upper-case field names. Unknown fields are set aside and counted. Nothing is guessed.
"""

import math
import re
import types
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Final, get_args, get_origin, get_type_hints

from msgspec import Struct

from events.deadletters import BadRecordError
from events.kinds import KINDS, Event

_COMPACT_DATE: Final = re.compile(r"(\d{4})(\d{2})(\d{2})\Z")
_COMPACT_TIME: Final = re.compile(r"(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})\Z")
_SHOWN: Final = 40
_LONG_DIGITS: Final = re.compile(r"\d{11,}")


def describe(value: object) -> str:
    """A short description of a found value, long digit runs masked: they may identify someone."""
    if isinstance(value, Mapping):
        return f"an object with {len(value)} fields"
    if isinstance(value, (list, tuple)):
        return f"a list of {len(value)}"
    if value is None:
        return "nothing"
    text = _LONG_DIGITS.sub("<digits>", f"{value!r}"[: 4 * _SHOWN])
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."


def relax(record: Mapping[str, Any]) -> tuple[type[Event], dict[str, Any], tuple[str, ...]]:
    """The struct of a record, the record with what is forgiven put right, and unknown fields.

    Raises BadRecordError for an unknown `event_type`.
    """
    lowered = {str(name).lower(): value for name, value in record.items()}
    name = lowered.pop("event_type", None)
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise BadRecordError(
            "missing_field" if name is None else "unknown_event_type",
            "event_type",
            describe(name),
            "one of " + ", ".join(sorted(KINDS)),
        )
    unknown: list[str] = []
    return kind, _relax_struct(lowered, kind, "", unknown), tuple(unknown)


@cache
def _shapes(kind: type[Struct]) -> dict[str, tuple[type, type[Struct] | None]]:
    """Field name to its plain type and, for repeated parts, the part's struct."""
    shapes: dict[str, tuple[type, type[Struct] | None]] = {}
    for name, hint in get_type_hints(kind).items():
        plain = hint
        if isinstance(hint, types.UnionType):
            plain = next(arg for arg in get_args(hint) if arg is not type(None))
        part = None
        if get_origin(plain) is tuple:
            item = get_args(plain)[0]
            part = item if isinstance(item, type) and issubclass(item, Struct) else None
            plain = tuple
        shapes[name] = (plain, part)
    return shapes


def _relax_struct(
    record: Mapping[str, Any], kind: type[Struct], path: str, unknown: list[str]
) -> dict[str, Any]:
    shapes = _shapes(kind)
    relaxed: dict[str, Any] = {}
    for name, value in record.items():
        shape = shapes.get(name)
        if shape is None:
            unknown.append(path + name)
        elif value is not None and value != "" and not _is_nan(value):
            plain, part = shape
            if part is None:
                relaxed[name] = _relax_value(value, plain)
            elif isinstance(value, (list, tuple)):
                relaxed[name] = [
                    _relax_struct(
                        {str(key).lower(): entry for key, entry in item.items()},
                        part,
                        f"{path}{name}.",
                        unknown,
                    )
                    if isinstance(item, Mapping)
                    else item
                    for item in value
                ]
            else:
                relaxed[name] = value
    return relaxed


def _is_nan(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _relax_value(value: Any, plain: type) -> Any:
    if plain is str:
        if isinstance(value, bool):
            return "1" if value else "0"
        return str(value) if isinstance(value, int) else value
    if plain is tuple and isinstance(value, (list, tuple)):
        return [_relax_value(item, str) for item in value if item is not None and item != ""]
    if plain is Decimal and isinstance(value, (int, float)) and not isinstance(value, bool):
        return repr(value)
    if plain in (date, datetime) and isinstance(value, str):
        return _relax_time(value.strip(), plain)
    if plain is date and isinstance(value, datetime):
        return value.date()
    return value


def _relax_time(text: str, plain: type) -> str:
    compact = _COMPACT_TIME.match(text)
    if compact:
        text = "{}-{}-{}T{}:{}:{}".format(*compact.groups())
    else:
        compact = _COMPACT_DATE.match(text)
        if compact:
            text = "-".join(compact.groups())
    if plain is date:
        return text[:10]
    return f"{text}T00:00:00" if len(text) == 10 else text
