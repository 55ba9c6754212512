"""The reference folder that goes with the stream: institutions, catalogue, areas, money."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from events.money import yuan
from simulation.catalogue import ITEMS, Item
from simulation.geography import CITIES
from simulation.institutions import Institution
from simulation.world import World

_FIXED_HOLIDAYS: Final = (
    (1, 1, "元旦"),
    (5, 1, "劳动节"),
    (10, 1, "国庆节"),
    (10, 2, "国庆节"),
    (10, 3, "国庆节"),
)
_MOVING_HOLIDAYS: Final = {
    2023: (
        ("2023-01-22", "春节"),
        ("2023-04-05", "清明节"),
        ("2023-06-22", "端午节"),
        ("2023-09-29", "中秋节"),
    ),
    2024: (
        ("2024-02-10", "春节"),
        ("2024-04-04", "清明节"),
        ("2024-06-10", "端午节"),
        ("2024-09-17", "中秋节"),
    ),
    2025: (
        ("2025-01-29", "春节"),
        ("2025-04-04", "清明节"),
        ("2025-05-31", "端午节"),
        ("2025-10-06", "中秋节"),
    ),
    2026: (
        ("2026-02-17", "春节"),
        ("2026-04-05", "清明节"),
        ("2026-06-19", "端午节"),
        ("2026-09-25", "中秋节"),
    ),
}
_CATALOGUE_FROM: Final = "2020-01-01"
_OPENING, _INCOME, _SAVED = 390, 63, 3
"""Yuan a person that the pool holds when the first year begins, takes in and saves a month."""
_FUNDS: Final = (("310100", 320), ("310102", 260), ("310200", 210))
"""Funds of the budget with yuan a person a month (made up)."""


def write_reference(folder: Path, world: World, persons: int, start: date, days: int) -> None:
    """Write every file into `folder` (made when missing)."""
    folder.mkdir(parents=True, exist_ok=True)
    _table(
        folder / "institutions.csv",
        "fixmedins_code name fixmedins_type hosp_lv admdvs lat lng accredited_dise internet_flag"
        " pool_pharmacy_from",
        (_institution(one) for one in world.book.all),
    )
    _table(
        folder / "catalogue.csv",
        "med_list_codg name list_type chrgitm_lv selfpay_prop pric_uplmt_amt listed_pric begndate"
        " enddate scope",
        (_item(one) for one in ITEMS),
    )
    _table(
        folder / "areas.csv",
        "admdvs name lat lng",
        ((city.admdvs, city.name, city.lat, city.lng) for city in CITIES),
    )
    years = range(start.year, (start + timedelta(days=days)).year + 1)
    _table(folder / "holidays.csv", "date name", (row for year in years for row in _days(year)))
    months = [f"{year}-{month:02d}" for year in years for month in range(1, 13)]
    _table(
        folder / "budget.csv",
        "admdvs month fund amt",
        (
            (world.area, month, fund, f"{persons * each}.00")
            for month in months
            for fund, each in _FUNDS
        ),
    )
    _table(
        folder / "balances.csv",
        "admdvs month fund opening income",
        _balances(world, months, persons),
    )


def _balances(world: World, months: Sequence[str], persons: int) -> Iterable[Sequence[object]]:
    """What the pool held when each month began, as the books of a year ago would tell it."""
    for number, month in enumerate(months):
        opening = persons * (_OPENING + number * _SAVED)
        yield world.area, month, "pooling", f"{opening}.00", f"{persons * _INCOME}.00"


def _institution(one: Institution) -> Sequence[object]:
    return (
        one.code,
        one.name,
        one.kind,
        one.level,
        one.city.admdvs,
        one.lat,
        one.lng,
        ";".join(one.accredited),
        "1" if one.internet else "0",
        one.pool_pharmacy_from,
    )


def _item(one: Item) -> Sequence[object]:
    return (
        one.code,
        one.name,
        one.list_type,
        one.level,
        f"{one.selfpay / 100:.2f}",
        yuan(one.limit) if one.limit else "",
        yuan(one.price),
        _CATALOGUE_FROM,
        "",
        one.scope,
    )


def _days(year: int) -> list[tuple[str, str]]:
    fixed = [(date(year, month, day).isoformat(), name) for month, day, name in _FIXED_HOLIDAYS]
    return sorted([*fixed, *_MOVING_HOLIDAYS.get(year, ())])


def _table(path: Path, header: str, rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split())
        writer.writerows(rows)
