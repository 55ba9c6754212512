"""Reference data: institutions, the catalogue, areas and holidays, read from a folder of CSV files.

Catalogue entries hold from `begndate` to `enddate`; the rest is as of the files. A file that is
absent is empty reference data, and checks that need it stay silent.
"""

import csv
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

from msgspec import Struct

from events.money import fen
from events.times import day_number

COVERED: Final = "covered"
OWN_EXPENSE: Final = "own_expense"
EXCLUDED: Final = "excluded"
_ENDLESS: Final = 10**6
_GENERIC: Final = {"X": 10, "Z": 11}
_SEPARATED: Final = re.compile(r"[;|,、，；/\s]+")
"""Between diseases of one cell."""


class BadReferenceError(ValueError):
    """A reference file that cannot be read; says file, line, field, found and expected."""


class Place(Struct, frozen=True, gc=False):
    """A point, degrees north and east (WGS-84)."""

    lat: float
    lng: float


class InstitutionEntry(Struct, frozen=True, gc=False):
    """A designated institution."""

    code: str
    name: str
    kind: str
    level: str
    area: str
    place: Place | None
    accredited: frozenset[str]
    internet: bool
    pool_from: int | None
    """Day from which the pool pays at this pharmacy, None if it does not."""


class CatalogueEntry(Struct, frozen=True, gc=False):
    """A drug, item or consumable between two days."""

    code: str
    name: str
    list_type: str
    level: str
    own_share: Decimal
    price_limit: int | None
    listed_price: int | None
    first: int
    last: int
    scope: str


class Changes(Struct, frozen=True, gc=False):
    """When drugs came into the catalogue and left it, as day numbers."""

    last: Mapping[str, int]
    """The last day that any row of a generic holds, whatever its form, pack or scope."""
    begins: tuple[int, ...]
    """The days on which rows begin, ascending."""
    firsts: tuple[int, ...]
    """The first day of each code, ascending."""
    ends: tuple[int, ...]
    """The last day of each code, ascending."""


NO_CHANGES: Final = Changes({}, (), (), ())


class Reference(Struct, frozen=True, gc=False):
    """All reference data."""

    institutions: Mapping[str, InstitutionEntry]
    catalogue: Mapping[str, tuple[CatalogueEntry, ...]]
    areas: Mapping[str, tuple[str, Place | None]]
    holidays: frozenset[int]
    changes: Changes = NO_CHANGES

    def item(self, code: str, day: int) -> CatalogueEntry | None:
        """The catalogue entry of a code on a day."""
        for entry in self.catalogue.get(code, ()):
            if entry.first <= day <= entry.last:
                return entry
        return None

    def left(self, code: str, day: int, most: float) -> int | None:
        """The last day of a drug that left the catalogue before a day, as far as that is certain.

        None where any row of its generic holds later, where no row of another drug began since, or
        where more than the share `most` of the codes have ended: the catalogue is an old one then.
        """
        changes = self.changes
        last = changes.last.get(generic_of(code)) if code in self.catalogue else None
        if last is None or last >= day:
            return None
        begun = bisect_right(changes.begins, day) - bisect_right(changes.begins, last)
        ended, codes = bisect_left(changes.ends, day), bisect_right(changes.firsts, day)
        return last if begun and ended <= most * codes else None

    def place(self, inst: str, area: str) -> Place | None:
        """Where an institution stands, else the middle of its area, else None."""
        known = self.institutions.get(inst)
        if known is not None and known.place is not None:
            return known.place
        found = self.areas.get(known.area if known is not None else area)
        return found[1] if found is not None else None

    def name_of(self, inst: str) -> str:
        """The institution's name, or its code."""
        known = self.institutions.get(inst)
        return known.name if known is not None and known.name else inst


def generic_of(code: str) -> str:
    """The part of a drug's national code that says its generic; empty for all that is no drug.

    A western drug's code is X, the ATC class of four levels (5 signs), the generic's letter and
    number (4), then form and pack; a Chinese medicine's is Z, its class (6), its number (4), then
    form and pack. Source: national coding rules for drugs.
    """
    return code[: _GENERIC.get(code[:1], 0)]


EMPTY: Final = Reference({}, {}, {}, frozenset())


def load_reference(folder: Path | None) -> Reference:
    """Read `institutions.csv`, `catalogue.csv`, `areas.csv` and `holidays.csv` of a folder.

    Raises BadReferenceError naming file, line and field.
    """
    if folder is None:
        return EMPTY
    if not folder.is_dir():
        raise BadReferenceError(f"{folder}: no such folder, expected reference CSV files there")
    return _assemble(
        _rows(folder / "institutions.csv", "fixmedins_code"),
        _rows(folder / "catalogue.csv", "med_list_codg"),
        _rows(folder / "areas.csv", "admdvs"),
        _rows(folder / "holidays.csv", "date"),
    )


def read_reference(
    institutions: Iterable[Mapping[str, str]],
    catalogue: Iterable[Mapping[str, str]],
    areas: Iterable[Mapping[str, str]],
    holidays: Iterable[Mapping[str, str]],
    source: Path,
) -> Reference:
    """The same from rows already read; the first entry of an institution counts."""
    tables = (institutions, catalogue, areas, holidays)
    return _assemble(
        *([_Row(source, line, row) for line, row in enumerate(table, 1)] for table in tables)
    )


def _assemble(
    institution_rows: Iterable["_Row"],
    catalogue_rows: Iterable["_Row"],
    area_rows: Iterable["_Row"],
    holiday_rows: Iterable["_Row"],
) -> Reference:
    institutions: dict[str, InstitutionEntry] = {}
    for row in institution_rows:
        code = row.text("fixmedins_code")
        if code in institutions:
            continue
        institutions[code] = InstitutionEntry(
            code=code,
            name=row.text("name"),
            kind=row.text("fixmedins_type"),
            level=row.text("hosp_lv"),
            area=row.text("admdvs"),
            place=row.place(),
            accredited=frozenset(_SEPARATED.split(row.text("accredited_dise"))) - {""},
            internet=row.flag("internet_flag"),
            pool_from=row.day("pool_pharmacy_from"),
        )
    catalogue: dict[str, list[CatalogueEntry]] = {}
    for row in catalogue_rows:
        first, last = row.day("begndate"), row.day("enddate")
        entry = CatalogueEntry(
            code=row.text("med_list_codg"),
            name=row.text("name"),
            list_type=row.text("list_type"),
            level=row.text("chrgitm_lv"),
            own_share=row.number("selfpay_prop") or Decimal(0),
            price_limit=row.money("pric_uplmt_amt"),
            listed_price=row.money("listed_pric"),
            first=first if first is not None else -_ENDLESS,
            last=last if last is not None else _ENDLESS,
            scope=row.text("scope") or COVERED,
        )
        catalogue.setdefault(entry.code, []).append(entry)
    entries = {code: tuple(rows) for code, rows in catalogue.items()}
    areas = {row.text("admdvs"): (row.text("name"), row.place()) for row in area_rows}
    holidays = {
        day
        for row in holiday_rows
        if (day := row.day("date")) is not None and row.text("kind") != "workday"
    }
    return Reference(
        institutions,
        entries,
        areas,
        frozenset(holidays),
        _changes(entries),
    )


def _changes(catalogue: Mapping[str, tuple[CatalogueEntry, ...]]) -> Changes:
    last: dict[str, int] = {}
    begins: list[int] = []
    firsts: list[int] = []
    ends: list[int] = []
    for code, entries in catalogue.items():
        generic = generic_of(code)
        if not generic:
            continue
        end = max(entry.last for entry in entries)
        last[generic] = max(last.get(generic, end), end)
        begins.extend(entry.first for entry in entries)
        firsts.append(min(entry.first for entry in entries))
        ends.append(end)
    return Changes(last, tuple(sorted(begins)), tuple(sorted(firsts)), tuple(sorted(ends)))


class _Row:
    """One CSV row with typed access; errors name file, line and field."""

    def __init__(self, path: Path, line: int, cells: Mapping[str, str | None]) -> None:
        self._path, self._line, self._cells = path, line, cells

    def text(self, name: str) -> str:
        return (self._cells.get(name) or "").strip()

    def flag(self, name: str) -> bool:
        return self.text(name).lower() in {"1", "true", "yes"}

    def day(self, name: str) -> int | None:
        text = self.text(name)
        if not text:
            return None
        try:
            return day_number(date.fromisoformat(text[:10]))
        except ValueError:
            raise self._error(name, text, "a date YYYY-MM-DD or nothing") from None

    def number(self, name: str) -> Decimal | None:
        text = self.text(name)
        if not text:
            return None
        try:
            return Decimal(text)
        except InvalidOperation:
            raise self._error(name, text, "a number or nothing") from None

    def money(self, name: str) -> int | None:
        number = self.number(name)
        return None if number is None else int(fen(number.quantize(Decimal("0.01"))))

    def place(self) -> Place | None:
        lat, lng = self.number("lat"), self.number("lng")
        if lat is None or lng is None:
            return None
        if not (-90 <= lat <= 90 and -180 <= lng <= 180):
            raise self._error("lat", f"{lat}, {lng}", "degrees north -90..90 and east -180..180")
        return Place(float(lat), float(lng))

    def _error(self, name: str, found: str, expected: str) -> BadReferenceError:
        return BadReferenceError(
            f"{self._path}:{self._line}: {name}: found {found!r}, expected {expected}"
        )


def _rows(path: Path, key: str) -> Iterator[_Row]:
    if not path.is_file():
        return
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        names = [name.strip() for name in reader.fieldnames or ()]
        if "date" not in names and key == "date" and names:
            key = names[0]
        if key not in names:
            raise BadReferenceError(f"{path}:1: found columns {names}, expected {key!r} among them")
        for cells in reader:
            row = _Row(path, reader.line_num, cells)
            if row.text(key):
                yield row
