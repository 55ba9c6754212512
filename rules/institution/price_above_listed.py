"""A unit price above the listed one: drugs at pharmacies and hospitals, services and consumables.

Compares ten-thousandths of a yuan a unit: the price that was sent or what the costs come to a unit,
the lower, as discounts may be taken off the costs alone. Listed prices are whole fen, which the
institution's may be rounded from otherwise. Goods sold from an opened pack have no listed price,
and a price many times the listed one is that of another unit (a pack where a tablet is listed).
What a pharmacy asks is free but where the rules of its place bind it to the listed price.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from events.identifiers import area_of_institution
from events.times import day_of
from rules.context import Context
from rules.findings import Verdict, found
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Line, Visit
from rules.histories.spreading import at_pharmacy
from rules.impersonation.drawn import verdict
from rules.reference import CatalogueEntry
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit,)
SUBJECT: Final = "person"
_PER_FEN: Final = 100
"""Ten-thousandths of a yuan in a fen."""
_UNIT: Final = 1000
_CEILING: Final = "pharmacy.price_ceiling"
_LISTED: Final = "listed_price"


def check(rule: Rule, context: Context, _: Person, visit: Visit) -> Iterable[Verdict]:
    """One matter a settlement: its lines above the listed price."""
    catalogue = context.reference.catalogue
    for line in visit.lines:
        for entry in catalogue.get(line.code, ()):
            listed = entry.listed_price
            if listed and (line.price > listed * _PER_FEN or not line.price):
                return _look(rule, context, visit) if _is_bound(context, visit) else ()
    return ()


def _is_bound(context: Context, visit: Visit) -> bool:
    """Whether the institution may not ask more than the listed price: hospitals always."""
    if not at_pharmacy(visit):
        return True
    known = context.institutions.get(visit.inst)
    area = known.area if known is not None and known.area else area_of_institution(visit.inst)
    law = context.law(area or visit.area, _CEILING, visit.time)
    return law is not None and law.value == _LISTED


def _look(rule: Rule, context: Context, visit: Visit) -> Iterator[Verdict]:
    limits = rule.at(visit.time)
    day = day_of(visit.time)
    above: list[tuple[Line, CatalogueEntry, int, int]] = []
    for line in visit.lines:
        if line.split or line.quantity <= 0:
            continue
        entry = _entry(context, line, day)
        if entry is None or not entry.listed_price:
            continue
        price, slack = _charged(line)
        excess = _excess(limits, price, slack, entry.listed_price * _PER_FEN)
        amount = excess * line.quantity // (_UNIT * _PER_FEN)
        if amount:
            above.append((line, entry, price, amount))
    if not above:
        return
    amount = sum(excess for _, _, _, excess in above)
    line, entry, price, _ = max(above, key=lambda one: one[3])
    finding = found(
        [visit],
        amount=amount,
        involved=sum(line.amount for line, _, _, _ in above),
        area=visit.insured_area,
        evidence={
            "institution": context.name_of(visit.inst),
            "settled_at": visit.time,
            "items": [item.name or line.name for line, item, _, _ in above],
            "item": entry.name or line.name,
            "code": line.code,
            "price_fen": price // _PER_FEN,
            "listed_fen": entry.listed_price,
            "lines": len(above),
            "excess_fen": amount,
        },
    )
    yield verdict(visit, finding)


def _entry(context: Context, line: Line, day: int) -> CatalogueEntry | None:
    """The entry of the day of the settlement, or of the costs where the price was higher then."""
    entry = context.reference.item(line.code, day)
    before = context.reference.item(line.code, day_of(line.at)) if line.at > 0 else None
    if entry is None or before is None or not entry.listed_price or not before.listed_price:
        return entry
    return max(entry, before, key=lambda one: one.listed_price or 0)


def _charged(line: Line) -> tuple[int, int]:
    """The price of a unit, and by how much it may be off as the costs are whole fen."""
    costs = line.amount * _PER_FEN * _UNIT // line.quantity
    if 0 < line.price <= costs:
        return line.price, 0
    return costs, _PER_FEN * _UNIT // line.quantity


def _excess(limits: Mapping[str, Any], price: int, slack: int, listed: int) -> int:
    """How much a price is above the listed one, 0 where that is rounding, or another unit's."""
    if price > listed * int(limits["other_unit"]):
        return 0
    reach = limits["rounding"] * _PER_FEN + slack
    return price - listed if price > listed + reach else 0
