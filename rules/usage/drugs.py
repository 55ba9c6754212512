"""Drugs by their national code: which generic, which class, and whether a line sells one.

A western drug's code is X, the ATC class of four levels (5 signs), the generic's letter and number
(4), then form and pack; a Chinese medicine's is Z, its class (6), the generic's number (4), then
form and pack. Source: national coding rules for drugs.
"""

from functools import lru_cache
from typing import Final

from rules.histories.records import Line

_GENERIC: Final = {"X": 10, "Z": 11, "T": 10}
_CLASS: Final = {"X": 6, "Z": 7}


@lru_cache(256)
def beginnings(text: str) -> tuple[str, ...]:
    """The beginnings of codes that a parameter lists, one after another with spaces between."""
    return tuple(text.split())


def generic(line: Line) -> str:
    """What drug a line sells whatever its form and pack: by code, else by name."""
    length = _GENERIC.get(line.code[:1])
    return line.code[:length] if length else line.name


def is_drug(line: Line) -> bool:
    """Whether a line sells a western drug or a Chinese medicine."""
    return line.code[:1] in _CLASS


def drug_class(line: Line) -> str:
    """The class of a drug: ATC of four levels, or that of Chinese medicines; else empty."""
    length = _CLASS.get(line.code[:1])
    return line.code[:length] if length else ""
