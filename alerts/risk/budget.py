"""The budget of the funds and, where it is known, what they held: two optional reference files.

`budget.csv` (`admdvs month fund amt`) is what a fund may spend in a month. `balances.csv` (`admdvs
month fund opening income`) is what it held when the month began and what came in. A fund is a code
of `fund_pay_type`, or `pooling` for all but account money, or `account`. Amounts are yuan.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct

from events.money import fen
from rules.reference import BadReferenceError

POOLING: Final = "pooling"
ACCOUNT: Final = "account"
_MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)

Key = tuple[str, str, str]
"""Area, month (`YYYY-MM`), fund."""


class Balance(Struct, frozen=True):
    """What a fund held when a month began and took in during it, fen."""

    opening: int
    income: int


class Budget(Struct, frozen=True):
    """Spending allowed (fen), and balances, by area, month and fund."""

    amounts: Mapping[Key, int] = {}
    balances: Mapping[Key, Balance] = {}

    def funds(self, area: str) -> tuple[str, ...]:
        """The funds that an area has a budget for."""
        return tuple(sorted({fund for known, _, fund in self.amounts if known == area}))

    def areas(self) -> tuple[str, ...]:
        """The areas with a budget."""
        return tuple(sorted({area for area, _, _ in self.amounts}))


def load_budget(folder: Path | None) -> Budget:
    """Read both files of a reference folder; one that is not there is empty.

    A repeated area, month and fund, a bad month or amount raise BadReferenceError with the line.
    """
    if folder is None:
        return Budget()
    amounts: dict[Key, int] = {}
    for place, row in _rows(folder / "budget.csv", ("admdvs", "month", "fund", "amt")):
        amounts[_key(place, row, amounts)] = _amount(place, row, "amt")
    balances: dict[Key, Balance] = {}
    columns = ("admdvs", "month", "fund", "opening", "income")
    for place, row in _rows(folder / "balances.csv", columns):
        balances[_key(place, row, balances)] = Balance(
            _amount(place, row, "opening"), _amount(place, row, "income")
        )
    return Budget(amounts, balances)


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Rows with their place, `file:line`."""
    if not path.is_file():
        return
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        found = [name.strip() for name in reader.fieldnames or ()]
        if set(columns) - set(found):
            raise BadReferenceError(f"{path}:1: found columns {found}, expected {list(columns)}")
        for cells in reader:
            row = {name: (cells.get(name) or "").strip() for name in columns}
            if any(row.values()):
                yield f"{path}:{reader.line_num}", row


def _key(place: str, row: Mapping[str, str], known: Mapping[Key, object]) -> Key:
    area, month, fund = row["admdvs"], row["month"], row["fund"]
    if not area or not fund:
        raise BadReferenceError(f"{place}: found no admdvs or no fund, expected both")
    if not _MONTH.fullmatch(month):
        raise BadReferenceError(f"{place}: month: found {month!r}, expected YYYY-MM")
    if (area, month, fund) in known:
        raise BadReferenceError(f"{place}: found {area} {month} {fund} again, expected it once")
    return area, month, fund


def _amount(place: str, row: Mapping[str, str], name: str) -> int:
    text = row[name]
    try:
        if not text:
            raise ValueError("found nothing, expected yuan with two decimals")
        return int(fen(text))
    except ValueError as error:
        raise BadReferenceError(f"{place}: {name}: {error}") from None
