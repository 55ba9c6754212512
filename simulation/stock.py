"""Packs and their trace codes: what pharmacies bought ahead of what they sold.

A trace code is 20 digits, begins with 8 and names drug, institution, week and number, so the
packs a week's sales will need can be bought before the week although sales are generated family
by family.
"""

from typing import Final

from msgspec import Struct, field

from events.times import HOUR, day_of, day_start
from simulation.catalogue import STOCKED, Item
from simulation.institutions import Institution

OPENING: Final = 20
"""Packs of each drug at the opening stock-taking, bought before the file begins."""
_NUMBER: Final = {item.code: at + 1 for at, item in enumerate(STOCKED)}


class Shelf(Struct, kw_only=True):
    """A drug in one pharmacy whose purchases are fixed instead of following the sales."""

    opening: int
    purchases: list[tuple[int, int]]


class Stock(Struct, kw_only=True):
    """What has been sold: packs by institution, drug and week since `first_day`."""

    first_day: int
    sold: dict[tuple[int, str], dict[int, int]] = field(default_factory=dict)
    fixed: dict[tuple[int, str], Shelf] = field(default_factory=dict)
    opened: dict[tuple[int, str], tuple[int, list[str]]] = field(default_factory=dict)

    def take(self, place: Institution, item: Item, seconds: int, count: int) -> list[str]:
        """Sell `count` packs; returns their trace codes."""
        week = (day_of(seconds) - self.first_day) // 7
        weeks = self.sold.setdefault((place.index, item.code), {})
        begin = weeks.get(week, 0)
        weeks[week] = begin + count
        return [trace(place, item, week, begin + at) for at in range(count)]


def trace(place: Institution, item: Item, week: int, number: int) -> str:
    """The trace code of one pack."""
    return f"8{_NUMBER.get(item.code, 0):04d}{place.index:05d}{week:03d}{number:07d}"


def opened_pack(stock: Stock, place: Institution, item: Item, day: int) -> list[str]:
    """The trace code of the opened pack half of which is left, or of one opened now."""
    key = (place.index, item.code)
    since, traces = stock.opened.pop(key, (day + 1, []))
    if since > day:
        traces = stock.take(place, item, day_start(day), 1)
        stock.opened[key] = (day, traces)
    return traces


class Movement(Struct, frozen=True, kw_only=True):
    """One stock event to be written: 3501 stock-taking or 3503 purchase."""

    seconds: int
    place: Institution
    item: Item
    infno: str
    count: int
    traces: list[str]


def movements(stock: Stock, places: list[Institution]) -> list[Movement]:
    """Opening stock-taking of every drug sold, and purchases before each week's sales."""
    items = {item.code: item for item in STOCKED}
    found: list[Movement] = []
    for (index, code), weeks in sorted(stock.sold.items()):
        place, item = places[index], items[code]
        shelf = stock.fixed.get((index, code))
        opened = day_start(stock.first_day) + HOUR + (index * 7 + _NUMBER[code]) % 1800
        found.append(
            Movement(
                seconds=opened,
                place=place,
                item=item,
                infno="3501",
                count=shelf.opening if shelf else OPENING,
                traces=[],
            )
        )
        if shelf:
            bought = shelf.purchases
        else:
            bought = [
                (stock.first_day + 7 * week - (1 if week else 0), count + (index + week) % 4)
                for week, count in sorted(weeks.items())
            ]
        for day, count in bought:
            week = max(0, (day + 1 - stock.first_day) // 7)
            found.append(
                Movement(
                    seconds=day_start(day) + 6 * HOUR + (index * 11 + _NUMBER[code] * 37) % 5400,
                    place=place,
                    item=item,
                    infno="3503",
                    count=count,
                    traces=[] if shelf else [trace(place, item, week, at) for at in range(count)],
                )
            )
    return found
