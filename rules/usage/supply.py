"""What drugs somebody was supplied with, and how much of it is left when more comes."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from events.codes import Scheme
from events.national_codes import ChrgitmLv
from events.times import day_of
from rules.duplicates.fee_lines import charged
from rules.histories.records import Line, Visit
from rules.histories.spreading import at_pharmacy
from rules.impersonation.drawn import paid
from rules.knowledge.payment import from_funds, pooled, untold
from rules.usage.drugs import generic, is_drug

_INPATIENT: Final = str(Scheme.INPATIENT)


class Purchase(NamedTuple):
    """One drug supplied in one settlement."""

    event_id: str
    time: int
    rev_at: int
    inst: str
    days: int
    amount: int
    visit: Visit
    beyond: bool = False
    """Whether it is the one too many."""


class _Supply(NamedTuple):
    """What one institution supplied on one day (day number), for so many days."""

    day: int
    inst: str
    days: int
    purchases: Sequence[Purchase]


def is_supplied(visit: Visit, line: Line) -> bool:
    """Whether a line supplies a drug for home that somebody prescribed or the pool paid.

    What people choose themselves and pay from account or purse is their own affair. Some areas
    count the account into `fund_pay_sumamt`: that is no pool money.
    """
    if visit.scheme == _INPATIENT or line.quantity <= 0 or not is_drug(line):
        return False
    return bool(line.rx or line.outside or from_funds(visit)) or not at_pharmacy(visit)


def prescribed_lines(visit: Visit) -> list[Line]:
    """The lines that supply a drug (`is_supplied`) and that no other line takes back."""
    return [line for line in charged(visit.lines) if is_supplied(visit, line)]


def insured_lines(visit: Visit) -> list[Line]:
    """Those of them that are not the insured's own affair."""
    return [line for line in prescribed_lines(visit) if not is_own_affair(visit, line)]


def is_own_affair(visit: Visit, line: Line) -> bool:
    """Whether neither a fund nor an account paid a fen of a line, and no deductible counts it.

    The account paid for own expense where the purse paid less than all of it.
    """
    own_expense = line.level == ChrgitmLv.C and line.in_scope <= 0
    if not paid(visit) and (own_expense or not visit.deductible):
        return not untold(visit) or own_expense
    if not own_expense:
        return False
    if not visit.account and not visit.shared:
        return True
    own = 0
    for other in visit.lines:
        if other.level == ChrgitmLv.C and other.in_scope <= 0:
            own += other.amount
    return visit.cash >= own


def draws_on_pool(visit: Visit, line: Line) -> bool:
    """Whether the pool paid for a line, or pays the sooner because the deductible counts it.

    Other lines are the account's alone: the insured's own money, though not to be turned to cash.
    """
    return pooled(visit, line) or (visit.deductible > 0 and _is_in_policy(visit, line))


def _is_in_policy(visit: Visit, line: Line) -> bool:
    """Whether a line's cost is in policy: as it says, or as far as the settlement tells."""
    if line.in_scope > 0:
        return True
    if line.level == ChrgitmLv.C or any(other.in_scope > 0 for other in visit.lines):
        return False
    return not 0 < line.amount <= visit.own_expense


def purchases(visits: Sequence[Visit], drug: str, least_days: int) -> Iterator[Purchase]:
    """Settlements that supplied a drug for so many days; strengths taken together count once."""
    for visit in visits:
        if not any(line.code.startswith(drug) for line in visit.lines):
            continue
        lines = [line for line in insured_lines(visit) if line.code.startswith(drug)]
        days = max((line.days for line in lines), default=0)
        if days >= least_days:
            amount = sum(line.amount for line in lines)
            yield Purchase(
                visit.event_id, visit.time, visit.rev_at, visit.inst, days, amount, visit
            )


def supplied(visit: Visit, least_days: int) -> set[str]:
    """The drugs a settlement supplies for so many days, by generic."""
    return {generic(line) for line in insured_lines(visit) if line.days >= least_days}


def too_early(run: Sequence[Purchase], forgiven: int, advance: int) -> Sequence[Purchase]:
    """What the last purchase of a run is stacked on, and it, when it shows that one is too many.

    A supply is too many that comes with more than `advance` days left. It is `beyond` and counts
    no more: whoever then refills in time is not too early. Up to `forgiven` days are given each
    time. Settlements of one day at one institution are one supply.
    """
    stack: list[_Supply] = []
    counted: list[_Supply] = []
    shown: Sequence[Purchase] = ()
    for supply in _supplies(run):
        stack, left = _stacked(stack, supply.day, forgiven)
        together = [*stack, supply]
        extra = None
        if left > advance:
            extra = supply
            if _in_time(counted, supply, advance):
                extra = _elsewhere(stack, supply, forgiven, advance) or supply
        if run[-1] in supply.purchases:
            shown = _marked(together, extra) if extra else ()
        stack = [other for other in together if other is not extra]
        counted = [other for other in [*counted, supply] if other is not extra]
    return shown


def _supplies(run: Sequence[Purchase]) -> list[_Supply]:
    groups: dict[tuple[int, str], list[Purchase]] = {}
    for purchase in run:
        groups.setdefault((day_of(purchase.time), purchase.inst), []).append(purchase)
    return [
        _Supply(day, inst, max(purchase.days for purchase in group), group)
        for (day, inst), group in groups.items()
    ]


def _stacked(supplies: Sequence[_Supply], day: int, forgiven: int) -> tuple[list[_Supply], int]:
    """Those supplies of which something is left on a day, and how many days; none if forgiven."""
    stack: list[_Supply] = []
    end = 0
    for supply in supplies:
        if end - supply.day <= forgiven:
            stack, end = [], supply.day
        end += supply.days
        stack.append(supply)
    left = max(end - day, 0)
    return (stack, left) if left > forgiven else ([], left)


def _in_time(counted: Sequence[_Supply], refill: _Supply, advance: int) -> bool:
    """Whether a refill comes about when the last supply that counts from there runs out."""
    for last in reversed(counted):
        if last.inst == refill.inst:
            return abs(last.day + last.days - refill.day) <= advance
    return False


def _elsewhere(
    stack: Sequence[_Supply], refill: _Supply, forgiven: int, advance: int
) -> _Supply | None:
    """The last supply from another institution without which a refill would not be too early."""
    for extra in reversed(stack):
        if extra.inst == refill.inst:
            return None
        others = [supply for supply in stack if supply is not extra]
        if _stacked(others, refill.day, forgiven)[1] <= advance:
            return extra
    return None


def _marked(stack: Sequence[_Supply], extra: _Supply) -> Sequence[Purchase]:
    return [
        purchase._replace(beyond=supply is extra)
        for supply in stack
        for purchase in supply.purchases
    ]
