"""Groups of medical terms: which fee lines and diagnoses belong to one sex or one time of life.

The terms themselves are parameters of the rules. A group is a mapping with any of the keys
`diagnoses` (ICD-10 codes or ranges of them, `N70-N98`, `L29.1`), `names` (parts of a drug's or
item's name), `unless` (parts of names that are struck out before looking, because they only seem
to say so: 前列腺素 is no 前列腺), `neutral` (whole names that say nothing), `services` (leading
digits of service items) and `nameless` (leading part of a drug's code, used only where no name is
known).
Herbal slices say nothing: one and the same herb serves everybody.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

_SLICES: Final = "T"
_MOST: Final = 50_000
"""Names and codes remembered; a catalogue has fewer."""
_CHRONIC: Final = "M"
"""How codes of the chronic-disease list begin; they are no diagnoses."""


class Group(Struct, frozen=True):
    """One group, ready to compare."""

    diagnoses: tuple[tuple[str, str], ...]
    names: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    neutral: frozenset[str]
    services: tuple[str, ...]
    nameless: tuple[str, ...]

    def has_line(self, code: str, name: str) -> bool:
        """Whether a fee line belongs to the group."""
        if code[:1] == _SLICES:
            return False
        if code.startswith(self.services):
            return True
        if not name:
            return code.startswith(self.nameless)
        if self.names is None or name in self.neutral or not self.names.search(name):
            return False
        return self.unless is None or bool(self.names.search(self.unless.sub(" ", name)))

    def has_diagnosis(self, code: str) -> bool:
        """Whether a diagnosis belongs to the group; `code` is as `icd` gives it."""
        return any(low <= code[: len(low)] <= high for low, high in self.diagnoses)


class Wording:
    """The groups of one parameter, with what was already looked up."""

    def __init__(self, source: Sequence[Mapping[str, Any]]) -> None:
        self.source = source
        self.groups = tuple(_group(entry) for entry in source)
        self.lines: dict[tuple[str, str], tuple[int, ...]] = {}
        """What `of_line` has found, by code and name."""
        self.silent: dict[str, str] = {}
        """By code, the name under which a line was last found to belong to no group."""
        self.diagnoses: dict[str, tuple[int, ...]] = {}
        """What `of_diagnosis` has found, by code."""

    def of_line(self, code: str, name: str) -> tuple[int, ...]:
        """Positions of the groups that a fee line belongs to."""
        found = self.lines.get((code, name))
        if found is None:
            if len(self.lines) >= _MOST:
                self.lines.clear()
            found = tuple(at for at, g in enumerate(self.groups) if g.has_line(code, name))
            self.lines[(code, name)] = found
        return found

    def may_hold(self, code: str, name: str) -> bool:
        """Whether a fee line may belong to a group; one without a name may, by its catalogue's."""
        if not name or self.of_line(code, name):
            return True
        if len(self.silent) >= _MOST:
            self.silent.clear()
        self.silent[code] = name
        return False

    def of_diagnosis(self, code: str) -> tuple[int, ...]:
        """Positions of the groups that a diagnosis belongs to."""
        found = self.diagnoses.get(code)
        if found is None:
            if len(self.diagnoses) >= _MOST:
                self.diagnoses.clear()
            known = icd(code)
            found = tuple(at for at, g in enumerate(self.groups) if g.has_diagnosis(known))
            self.diagnoses[code] = found
        return found

    def of_disease(self, code: str) -> tuple[int, ...]:
        """Positions of the groups that a disease code belongs to, if it is a diagnosis."""
        return () if code[:1] == _CHRONIC else self.of_diagnosis(code)


def icd(code: str) -> str:
    """An ICD-10 code in capitals, with the dot that some senders leave out; empty if it is none."""
    plain = code.strip().upper()
    if not re.match(r"[A-Z]\d\d", plain):
        return ""
    return plain if plain[3:4] in ("", ".") else f"{plain[:3]}.{plain[3:]}"


_KNOWN: Final[dict[int, Wording]] = {}


def wording(source: Sequence[Mapping[str, Any]]) -> Wording:
    """The wording of a parameter's value, built once for each value."""
    known = _KNOWN.get(id(source))
    if known is None or known.source is not source:
        if len(_KNOWN) >= 64:
            _KNOWN.clear()
        known = _KNOWN[id(source)] = Wording(source)
    return known


def _group(entry: Mapping[str, Any]) -> Group:
    return Group(
        diagnoses=tuple(_range(text) for text in entry.get("diagnoses", ())),
        names=_any_of(entry.get("names", ())),
        unless=_any_of(entry.get("unless", ())),
        neutral=frozenset(entry.get("neutral", ())),
        services=tuple(entry.get("services", ())),
        nameless=tuple(entry.get("nameless", ())),
    )


def _range(text: str) -> tuple[str, str]:
    low, _, high = text.partition("-")
    return low, high or low


def _any_of(parts: Sequence[str]) -> re.Pattern[str] | None:
    longest_first = sorted(parts, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))) if longest_first else None
