"""What may be shown to the public: costs and their structure, of groups too large to know anyone.

A group with fewer people than `LEAST` is not shown and not withheld either (a withheld number
could be had by subtracting): it is merged into one row of other groups, which takes in the next
smallest groups until it is large enough. Where all people together are too few, there is nothing.
"""

from collections.abc import Hashable, Mapping, Set
from typing import Final, Generic, TypeVar

from msgspec import Struct

LEAST: Final = 10
"""Fewest people of a row (own choice; statistics offices use 3 to 20)."""

Key = TypeVar("Key", bound=Hashable)


class Shown(Struct, Generic[Key], frozen=True):
    """A row: the groups that are in it (several in the merged row) and how many people they are."""

    groups: tuple[Key, ...]
    people: int


def suppressed(people: Mapping[Key, Set[int]], least: int = LEAST) -> list[Shown[Key]]:
    """Rows in the order of their keys, the merged one last, none of fewer than `least` people."""
    order = sorted(people, key=lambda key: (len(people[key]), repr(key)))
    merged: list[Key] = []
    together: set[int] = set()
    for key in order:
        small = len(people[key]) < least
        if small or (merged and len(together) < least):
            merged.append(key)
            together |= people[key]
    alone = [key for key in people if key not in set(merged)]
    rows = [Shown((key,), len(people[key])) for key in sorted(alone, key=repr)]
    if merged and len(together) >= least:
        rows.append(Shown(tuple(sorted(merged, key=repr)), len(together)))
    return rows
