"""More of a drug settled than the pharmacy's stock system sold for that settlement.

The sale is reported (3505) for the settlement, but with fewer units than were charged and at the
same price a unit, so that the units are the same. Settlements without any report of a sale are
another rule's (`no_sale_of_goods`). What is missing may have been left out of the report.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from events.identifiers import area_of_institution
from events.times import DAY, day_of, day_start
from rules.cash_out.quantities import UNIT, units
from rules.cash_out.windows import is_raised
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import STOCK
from rules.histories.records import Move
from rules.histories.series import between
from rules.histories.stock import SUPPLIED_DAYS, Stock
from rules.rule import Rule

KIND: Final = STOCK
RECORDS: Final = (Move,)
SUBJECT: Final = "institution"
ABOUT: Final = "part"


def check(rule: Rule, context: Context, stock: Stock, _: Move) -> Iterable[Verdict]:
    """One matter a settlement of the drug: what no sale was reported of."""
    if not (stock.short or stock.standing):
        return ()
    return _verdicts(rule, context, stock)


def _verdicts(rule: Rule, context: Context, stock: Stock) -> Iterator[Verdict]:
    last = max(part[-1].time for part in (stock.moves, stock.sold, stock.openings) if part)
    told = set()
    for settled in stock.short:
        about = f"{ABOUT}|{settled.event_id}"
        finding = _look(rule, context, stock, settled, last)
        if finding is not None:
            told.add(about)
            yield Verdict(about, finding)
    prefix = f"{rule.id}|"
    for matter in list(stock.standing):
        about = matter.removeprefix(prefix)
        if matter.startswith(prefix) and about not in told and is_raised(rule, stock, about):
            yield Verdict(about, None)


def _look(rule: Rule, context: Context, stock: Stock, settled: Move, last: int) -> Finding | None:
    """What is found once movements of later days are known (`last`, epoch seconds)."""
    limits = rule.at(settled.time)
    due = day_start(day_of(settled.time) + int(limits["grace_days"]) + 1)
    if last < due or 0 < settled.rev_at < due:
        return None
    reported = sum(report.quantity for report in _reports(stock, settled))
    missing = -settled.quantity - reported
    if missing < limits["least"] * UNIT:
        return None
    inst, _, code = stock.key.partition("|")
    item = context.reference.item(code, day_of(settled.time))
    known = context.institutions.get(inst)
    amount = settled.amount * missing // -settled.quantity
    finding = found(
        [settled],
        amount=amount,
        involved=settled.amount,
        area=known.area if known is not None else area_of_institution(inst),
        evidence={
            "institution": context.name_of(inst),
            "code": code,
            "item": item.name if item is not None else code,
            "settled_at": settled.time,
            "settled": units(-settled.quantity),
            "reported": units(reported),
            "missing": units(missing),
            "amount_fen": amount,
        },
    )
    return withdrawn(finding) if settled.rev_at else finding


def _reports(stock: Stock, settled: Move) -> Sequence[Move]:
    reach = SUPPLIED_DAYS * DAY
    names = (settled.setl_id, settled.event_id)
    near = between(stock.sold, settled.time - reach, settled.time + reach)
    return [report for report in near if report.setl_id in names]
