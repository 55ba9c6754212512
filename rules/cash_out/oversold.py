"""More of a drug sold under insurance than the pharmacy ever had.

Keeps the ledger of one drug at one institution in event time. After a stock-taking every sale
must be covered by what was counted and what came in since, a purchase reported some days late
included. Without one the ledger must begin with goods coming in, and only a surplus of sales by a
ratio counts, because what stood on the shelf before is not known. Where a pharmacy that reports its
sales had fallen silent or behind by then, purchases may be missing as well: that is said, mildly.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from msgspec import structs

from events.identifiers import area_of_institution
from events.times import DAY, day_of
from rules.cash_out.quantities import UNIT, units
from rules.cash_out.windows import is_raised
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import KEPT, STOCK
from rules.histories.records import Move
from rules.histories.sales import GOODS_DAYS
from rules.histories.series import between
from rules.histories.stock import Stock
from rules.rule import Rule

KIND: Final = STOCK
RECORDS: Final = (Move,)
SUBJECT: Final = "institution"
ABOUT: Final = "oversold"
_SETTLED: Final = "settled"
_SOLD: Final = "sold"
_BOOKED: Final = frozenset({"purchase", "transfer"})
_DOUBTFUL: Final = 3
_NOTHING_THERE: Final = ("无货可售", "cannot have been there")
_NOT_IN_LEDGER: Final = (
    "账上无货（其间进销存停报或迟报，购进也可能未报）",
    "are not in its ledger, which was silent or late by then and may lack purchases",
)
_MARGIN: Final = 10
"""Days: a ledger nearly as long as movements are remembered may have forgotten its beginning."""
Limits = Mapping[str, Any]


class Stretch(NamedTuple):
    """A stretch of the ledger: from when, what was there, whether counted, until when."""

    begin: int
    counted: int
    exact: bool
    end: int


class Surplus(NamedTuple):
    """A settlement and how much of it was beyond what was there, thousandths."""

    move: Move
    beyond: int


def check(rule: Rule, context: Context, stock: Stock, move: Move) -> Iterable[Verdict]:
    """One matter a drug and institution: the settlements beyond what was there."""
    if not (stock.supplied and stock.moves):
        return ()
    covered = move.via == _SOLD or _plainly_covered(stock, move)
    if covered and not is_raised(rule, stock, ABOUT):
        return ()
    return (Verdict(ABOUT, _look(rule, context, stock)),)


def _plainly_covered(stock: Stock, move: Move) -> bool:
    """Whether a movement is the newest and leaves something on the shelf: nothing to find then.

    Also with what was taken back later, which had left the shelf until then.
    """
    if move.rev_at or move.via == "opening" or stock.moves[-1] is not move:
        return False
    left = stock.net + stock.gone
    if not stock.openings:
        return left >= 0
    counted = stock.openings[-1]
    if move.time < counted.time:
        return False
    if stock.moves[0].time < counted.time:
        left = sum([m.quantity for m in between(stock.moves, counted.time, move.time)])
    return counted.quantity + left >= 0


def _look(rule: Rule, context: Context, stock: Stock) -> Finding | None:
    if not stock.moves:
        return None
    limits = rule.at(stock.moves[-1].time)
    standing = [move for move in stock.moves if not move.rev_at]
    stretches = _stretches(stock, standing)
    finding = _finding(limits, context, stock, standing, stretches)
    if finding is None and len(standing) < len(stock.moves):
        told = sorted(_with_returns(stock.moves), key=lambda m: (m.time, m.event_id))
        finding = withdrawn(_finding(limits, context, stock, told, stretches))
    return finding


def _stretches(stock: Stock, standing: Sequence[Move]) -> Sequence[Stretch]:
    """The ledger cut at its stock-takings; those of one day are parts of one."""
    days: dict[int, list[Move]] = {}
    for opening in stock.openings:
        days.setdefault(day_of(opening.time), []).append(opening)
    counts = [(parts[0].time, sum(part.quantity for part in parts)) for parts in days.values()]
    begins = [time for time, _ in counts] + [stock.moves[-1].time + 1]
    exact = [
        Stretch(time, counted, True, after - 1)
        for (time, counted), after in zip(counts, begins[1:], strict=True)
    ]
    first = stock.moves[0]
    forgotten = 0
    if stock.moves[-1].time - first.time > (KEPT[STOCK] - _MARGIN) * DAY:
        forgotten = stock.net - sum(move.quantity for move in standing)
    if counts and first.time >= counts[0][0]:
        return exact
    if first.quantity <= 0 and forgotten <= 0:
        return exact
    return [Stretch(first.time, max(forgotten, 0), False, begins[0] - 1), *exact]


def _with_returns(moves: Sequence[Move]) -> Iterator[Move]:
    """All movements, and what was taken back coming in again when it was."""
    for move in moves:
        yield move
        if move.rev_at:
            yield structs.replace(move, time=move.rev_at, quantity=-move.quantity, via="return")


def _finding(
    limits: Limits,
    context: Context,
    stock: Stock,
    moves: Sequence[Move],
    stretches: Sequence[Stretch],
) -> Finding | None:
    surplus = [one for stretch in stretches for one in _beyond(limits, moves, stretch)]
    if not surplus:
        return None
    inst, _, code = stock.key.partition("|")
    last = surplus[-1].move
    item = context.reference.item(code, day_of(last.time))
    known = context.institutions.get(inst)
    amount = sum(one.move.amount * one.beyond // -one.move.quantity for one in surplus)
    bought = sum(move.quantity for move in moves if move.quantity > 0)
    sold = -sum(move.quantity for move in moves if move.via == _SETTLED)
    out = -sum(move.quantity for move in moves if move.quantity < 0) - sold
    certain = sum(one.beyond for one in surplus if not _is_behind(limits, stock, one.move))
    doubtful = certain < limits["least"] * UNIT
    says_zh, says_en = _NOT_IN_LEDGER if doubtful else _NOTHING_THERE
    return found(
        [one.move for one in surplus],
        amount=amount,
        involved=sum(one.move.amount for one in surplus),
        area=known.area if known is not None else area_of_institution(inst),
        severity=_DOUBTFUL if doubtful else None,
        evidence={
            "institution": context.name_of(inst),
            "code": code,
            "item": item.name if item is not None else code,
            "counted": units(sum(stretch.counted for stretch in stretches)),
            "bought": units(bought),
            "sold": units(sold),
            "other": units(out),
            "beyond": units(sum(one.beyond for one in surplus)),
            "settlements": len(surplus),
            "since_at": surplus[0].move.time,
            "stock_taking": stretches[-1].exact,
            "says_zh": says_zh,
            "says_en": says_en,
            "amount_fen": amount,
        },
    )


def _is_behind(limits: Limits, stock: Stock, settled: Move) -> bool:
    """Whether the ledger of a pharmacy that reports sales was silent or late at a settlement.

    So it was if the sale was reported days later, or never and nothing else of the drug for long.
    """
    if not stock.sold:
        return False
    names = (settled.setl_id, settled.event_id)
    told = min((one.time for one in stock.sold if one.setl_id in names), default=0)
    if told:
        return told > settled.time + GOODS_DAYS * DAY
    until = settled.time + limits["silent_days"] * DAY
    after = (*between(stock.moves, settled.time, until), *between(stock.sold, settled.time, until))
    return all(move.via == _SETTLED for move in after)


def _beyond(limits: Limits, moves: Sequence[Move], stretch: Stretch) -> Sequence[Surplus]:
    """The settlements of a stretch that nothing on the shelf covered, if they are enough."""
    incoming = _incoming(limits, moves, stretch)
    shelf, drawn, supply, at = stretch.counted, 0, stretch.counted, 0
    surplus: list[Surplus] = []
    worst = False
    for move in moves:
        if move.quantity >= 0 or not stretch.begin <= move.time <= stretch.end:
            continue
        while at < len(incoming) and incoming[at][0] <= move.time:
            shelf += incoming[at][1]
            supply += incoming[at][1]
            at += 1
        drawn -= move.quantity
        worst = worst or drawn >= limits["ratio"] * supply
        missing = max(-move.quantity - shelf, 0)
        shelf -= -move.quantity - missing
        if missing and move.via == _SETTLED:
            surplus.append(Surplus(move, missing))
    beyond = sum(one.beyond for one in surplus)
    if stretch.exact:
        return surplus if beyond >= limits["least"] * UNIT else ()
    return surplus if worst and beyond >= limits["least_uncounted"] * UNIT else ()


def _incoming(limits: Limits, moves: Sequence[Move], stretch: Stretch) -> Sequence[tuple[int, int]]:
    """From when on how much came in; what was bought may be booked some days late."""
    grace = limits["grace_days"] * DAY
    return sorted(
        (move.time - grace if move.via in _BOOKED else move.time, move.quantity)
        for move in moves
        if move.quantity > 0 and move.time >= stretch.begin
    )
