"""Drugs settled that a later stock-taking still finds on the shelf.

Between two stock-takings the count must fall by what was settled and sold and rise by what came
in. Where it has not fallen, what was settled never left. A count above all that was there and came
in shows purchases that are not reported; of such a ledger nothing is said. Nor is anything said
where a pharmacy that reports its sales reported nothing of the drug for long while it settled it:
purchases may be missing as well, and settlements without a sale are another rule's.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

from events.identifiers import area_of_institution
from events.times import DAY, date_of, day_of
from rules.cash_out.quantities import UNIT, units
from rules.cash_out.windows import is_raised
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import STOCK
from rules.histories.records import Move
from rules.histories.series import between
from rules.histories.stock import Stock
from rules.rule import Rule

KIND: Final = STOCK
RECORDS: Final = (Move,)
SUBJECT: Final = "institution"
ABOUT: Final = "counted"
_SETTLED: Final = "settled"
_OPENING: Final = "opening"
_PURCHASE: Final = "purchase"
_SALE: Final = "sale"
_SOLD: Final = "sold"
_BOOKED: Final = frozenset({_PURCHASE, "transfer"})
_FAR: Final = frozenset({_OPENING, _SALE, _SOLD})
"""What changes more than the stretch between two stock-takings that it lies in."""
_DOUBTFUL: Final = 3
Limits = Mapping[str, Any]


class Count(NamedTuple):
    """A stock-taking: when (epoch seconds) and how much, thousandths."""

    time: int
    quantity: int

    @property
    def about(self) -> str:
        """What the matter of what it still finds is called."""
        return f"{ABOUT}|{date_of(day_of(self.time)).isoformat()}"


class Stretch(NamedTuple):
    """Between two stock-takings: what came in, what was settled, what left otherwise, what should
    not be there."""

    came: int
    settled: Sequence[Move]
    sold: int
    other: int
    kept: int


def check(rule: Rule, context: Context, stock: Stock, move: Move) -> Iterable[Verdict]:
    """One matter a stock-taking: what it finds of what was settled before."""
    if len(stock.openings) < 2:
        return ()
    if (
        (move.quantity < 0 or move.via == _SOLD)
        and not move.rev_at
        and move.time > stock.openings[-1].time
        and move.via != _OPENING
    ):
        return ()
    return _verdicts(rule, context, stock, move)


def _verdicts(rule: Rule, context: Context, stock: Stock, move: Move) -> Iterator[Verdict]:
    limits = rule.at(move.time)
    grace = int(limits["grace_days"]) * DAY
    counts = _counts(stock.openings)
    told = {count.about for count in counts[1:]}
    reaches_far = move.via in _FAR or move.rev_at > 0
    for first, second in pairwise(counts):
        if reaches_far or first.time <= move.time <= second.time + grace:
            yield Verdict(second.about, _look(limits, context, stock, first, second))
    if move.via == _OPENING:
        prefix = f"{rule.id}|"
        for matter in list(stock.standing):
            about = matter.removeprefix(prefix)
            if matter.startswith(prefix) and about not in told and is_raised(rule, stock, about):
                yield Verdict(about, None)


def _counts(openings: Sequence[Move]) -> list[Count]:
    """The stock-takings; those of one day are parts of one."""
    days: dict[int, Count] = {}
    for part in openings:
        known = days.get(day_of(part.time), Count(part.time, 0))
        days[day_of(part.time)] = Count(known.time, known.quantity + part.quantity)
    return list(days.values())


def _look(
    limits: Limits, context: Context, stock: Stock, first: Count, second: Count
) -> Finding | None:
    then = [move for move in stock.moves if not move.rev_at or move.rev_at > second.time]
    standing = [move for move in then if not move.rev_at]
    finding = _find(limits, context, stock, first, second, standing)
    if finding is None and len(standing) < len(then):
        finding = withdrawn(_find(limits, context, stock, first, second, then))
    return finding


def _stretch(
    limits: Limits, stock: Stock, first: Count, second: Count, moves: Sequence[Move]
) -> Stretch:
    grace = int(limits["grace_days"]) * DAY
    inside = [move for move in moves if first.time <= move.time < second.time]
    late = between(moves, second.time, second.time + grace)
    came = sum(move.quantity for move in inside if move.quantity > 0)
    came += sum(move.quantity for move in late if move.quantity > 0 and move.via in _BOOKED)
    came -= sum(
        move.quantity
        for move in stock.moves
        if move.time < first.time <= move.rev_at < second.time and move.quantity < 0
    )
    settled = [move for move in inside if move.via == _SETTLED]
    sold = -sum(move.quantity for move in settled)
    gone = -sum(move.quantity for move in inside if move.quantity < 0)
    over = second.quantity - (first.quantity + came - gone)
    return Stretch(came, settled, sold, gone - sold, over)


def _find(
    limits: Limits,
    context: Context,
    stock: Stock,
    first: Count,
    second: Count,
    moves: Sequence[Move],
) -> Finding | None:
    stretch = _stretch(limits, stock, first, second, moves)
    kept = min(stretch.kept, stretch.sold)
    least = max(limits["least"] * UNIT, limits["share"] * stretch.sold)
    unreported = second.quantity - first.quantity - stretch.came
    if kept < least or unreported > limits["miscounted"] * UNIT:
        return None
    if _fell_silent(limits, stock, first, second, stretch.settled):
        return None
    inst, _, code = stock.key.partition("|")
    item = context.reference.item(code, day_of(second.time))
    known = context.institutions.get(inst)
    amount = sum(move.amount for move in stretch.settled)
    supplied = any(move.via == _PURCHASE and move.quantity > 0 for move in moves)
    return found(
        stretch.settled,
        amount=amount * kept // stretch.sold,
        involved=amount,
        area=known.area if known is not None else area_of_institution(inst),
        severity=None if supplied else _DOUBTFUL,
        evidence={
            "institution": context.name_of(inst),
            "code": code,
            "item": item.name if item is not None else code,
            "first_at": first.time,
            "second_at": second.time,
            "counted": units(first.quantity),
            "bought": units(stretch.came),
            "sold": units(stretch.sold),
            "other": units(stretch.other),
            "counted_again": units(second.quantity),
            "kept": units(kept),
            "settlements": len(stretch.settled),
            "amount_fen": amount * kept // stretch.sold,
        },
    )


def _fell_silent(
    limits: Limits, stock: Stock, first: Count, second: Count, settled: Sequence[Move]
) -> bool:
    """Whether a ledger that had reported sales stopped for long between two stock-takings."""
    sales = [move.time for move in stock.moves if move.via == _SALE]
    sales += [report.time for report in stock.sold]
    if not sales or min(sales) >= second.time:
        return False
    told = [move.time for move in stock.moves if move.via != _SETTLED] + sales
    inside = sorted(time for time in told if first.time <= time < second.time)
    least = int(limits["silent_days"]) * DAY
    return any(
        after - begun >= least and any(begun < move.time < after for move in settled)
        for begun, after in pairwise([first.time, *inside, second.time])
        if min(sales) <= begun
    )
