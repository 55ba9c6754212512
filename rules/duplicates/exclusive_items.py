"""Groups of fee items of which one settlement may hold one only, read from a rule's parameters.

A group has one side, of which no two different items go together (grades of consultation), or
two, of which none of the first goes with one of the second (a charge that includes another).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

_REMEMBERED: Final = 65_536
Place = tuple[int, int]
"""Number of a group and of the side in it."""


class Side(Struct, frozen=True):
    """Items by the beginnings of their national codes, or by words in their names."""

    codes: tuple[str, ...]
    names: tuple[str, ...]
    unless: tuple[str, ...]

    def holds(self, code: str, name: str) -> bool:
        """Whether an item is of this side."""
        if code and self.codes and code.startswith(self.codes):
            return True
        return any(word in name for word in self.names) and not any(
            word in name for word in self.unless
        )


class Group(Struct, frozen=True):
    """Items that exclude each other, under a name people read."""

    zh: str
    en: str
    sides: tuple[Side, ...]


class Exclusive:
    """All groups, and a quick answer to where an item belongs."""

    def __init__(self, groups: tuple[Group, ...]) -> None:
        self.groups = groups
        self.outside: dict[str, str] = {}
        """By code, the name under which an item was found to be of no group."""
        self._places: dict[tuple[str, str], tuple[Place, ...]] = {}

    def places(self, code: str, name: str) -> tuple[Place, ...]:
        """The groups and sides that an item is of."""
        found = self._places.get((code, name))
        if found is None:
            if len(self._places) >= _REMEMBERED:
                self._places.clear()
                self.outside.clear()
            found = tuple(
                (number, at)
                for number, group in enumerate(self.groups)
                for at, side in enumerate(group.sides)
                if side.holds(code, name)
            )
            self._places[(code, name)] = found
            if not found:
                self.outside[code] = name
        return found


_read: list[tuple[object, Exclusive]] = []


def exclusive(stated: Sequence[Mapping[str, Any]]) -> Exclusive:
    """The groups as a rule's parameter states them; read once for each stated list."""
    for known, ready in _read:
        if known is stated:
            return ready
    ready = Exclusive(
        tuple(
            Group(entry["zh"], entry["en"], tuple(_side(side) for side in entry["sides"]))
            for entry in stated
        )
    )
    _read.append((stated, ready))
    return ready


def _side(side: Mapping[str, Sequence[str]]) -> Side:
    return Side(
        tuple(side.get("codes", ())), tuple(side.get("names", ())), tuple(side.get("unless", ()))
    )
