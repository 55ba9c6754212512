"""What policy packs are made of: parameters, dated entries, packs, and the values looked up."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final, Literal, get_args

from msgspec import Struct

from rules.strict_yaml import DataFileError

PolicyValue = int | str | Decimal | bool | date | tuple[str, ...]
"""Money is fen (int), ratios are Decimal, lists are tuples of codes, dates stay dates."""

Status = Literal["set", "open", "repealed", "absent"]
"""`open`: left to the pooling area. `absent`: no document in the pack chain says anything."""

Kind = Literal["money", "ratio", "count", "choice", "text", "flag", "list", "date"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

Bounds = tuple[int | Decimal | None, int | Decimal | None]
"""Least and greatest value a document allows for what it leaves open; None is no bound."""


class PackError(DataFileError):
    """A pack or overlay is wrong; the text names file, path, what was found and expected."""


class Parameter(Struct, frozen=True):
    """One parameter the packs may set. `path` is its name; `choices` limits texts and lists."""

    path: str
    kind: Kind
    zh: str
    en: str
    choices: tuple[str, ...] = ()


class Entry(Struct, frozen=True, kw_only=True):
    """One dated statement of a pack about one parameter, `until` the last day it holds."""

    start: date
    until: date | None
    status: Literal["set", "open", "repealed"]
    value: PolicyValue | None
    bounds: Bounds | None
    document: str
    reference: str
    clauses: tuple[str, ...]
    published: date | None
    checked: date
    note: str


class Pack(Struct, frozen=True):
    """One area's statements; `admdvs` is the leading part of its code, empty for the nation."""

    id: str
    admdvs: str
    parent: str
    name_zh: str
    name_en: str
    entries: Mapping[str, tuple[Entry, ...]]


class Value(Struct, frozen=True):
    """What holds: the value, where it is written, and whether an overlay put it there.

    `source` is the pack the statement belongs to; `overlay` the overlay's id or empty.
    """

    value: PolicyValue
    reference: str
    clauses: tuple[str, ...]
    source: str
    filled: bool
    overlay: str = ""

    @property
    def fen(self) -> int:
        """The value as money in fen. Raises TypeError if it is not money or a count."""
        if isinstance(self.value, int) and not isinstance(self.value, bool):
            return self.value
        raise self._mismatch("money or a count")

    count = fen

    @property
    def ratio(self) -> Decimal:
        """The value as a ratio. Raises TypeError if it is none."""
        if isinstance(self.value, Decimal):
            return self.value
        raise self._mismatch("a ratio")

    @property
    def text(self) -> str:
        """The value as a text or choice. Raises TypeError if it is none."""
        if isinstance(self.value, str):
            return self.value
        raise self._mismatch("a text")

    @property
    def flag(self) -> bool:
        """The value as yes or no. Raises TypeError if it is neither."""
        if isinstance(self.value, bool):
            return self.value
        raise self._mismatch("a flag")

    @property
    def codes(self) -> tuple[str, ...]:
        """The value as a list of codes. Raises TypeError if it is none."""
        if isinstance(self.value, tuple):
            return self.value
        raise self._mismatch("a list")

    @property
    def date(self) -> date:
        """The value as a calendar date. Raises TypeError if it is none."""
        if isinstance(self.value, date):
            return self.value
        raise self._mismatch("a date")

    def _mismatch(self, wanted: str) -> TypeError:
        return TypeError(f"{self.reference}: found {self.value!r}, expected {wanted}")


class OpenValue(Struct, frozen=True):
    """A value that a document leaves to the pooling area and no overlay fills."""

    path: str
    since: date
    reference: str
    clauses: tuple[str, ...]
    source: str
    bounds: Bounds | None
