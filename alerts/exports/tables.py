"""What an export is made of: tables with named, typed columns, the same in every format."""

from collections.abc import Iterable
from typing import Any, Final, Literal

from msgspec import Struct

Kind = Literal["text", "money", "count", "number", "date", "time", "flag"]
"""money: fen; number: Decimal; date: `date`; time: epoch seconds. None is nothing."""


class Column(Struct, frozen=True):
    """A column: its name in files, its titles, what its cells are."""

    name: str
    zh: str
    en: str
    kind: Kind = "text"


Row = tuple[Any, ...]


class Table(Struct, frozen=True):
    """A table. `rows` may be read once only; `clauses` are what it answers to."""

    name: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    rows: Iterable[Row]
    note_zh: str = ""
    note_en: str = ""
    clauses: tuple[str, ...] = ()


def columns(*told: str) -> tuple[Column, ...]:
    """Columns from `name|中文|English|kind`; the kind is text where none is told."""
    found = []
    for one in told:
        name, zh, en, *kind = one.split("|")
        found.append(Column(name, zh, en, _KINDS[kind[0]] if kind else "text"))
    return tuple(found)


_KINDS: Final[dict[str, Kind]] = {
    "text": "text",
    "money": "money",
    "count": "count",
    "number": "number",
    "date": "date",
    "time": "time",
    "flag": "flag",
}
