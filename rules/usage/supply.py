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
    """The purchases of a run that are stacked on each other when the last one comes too early.

    The last comes too early with more than `advance` days left; up to `forgiven` days are given
    each time. Settlements of one day at one institution are one supply.
    """
    end = base = 0
    chain: list[Purchase] = []
    left = 0
    for purchase in run:
        day = day_of(purchase.time)
        last = chain[-1] if chain else None
        if last is not None and last.inst == purchase.inst and day_of(last.time) == day:
            end = max(end, base + purchase.days)
            chain.append(purchase)
            continue
        left = max(end - day, 0)
        if left <= forgiven:
            chain = []
            base = day
        else:
            base = end
        end = base + purchase.days
        chain.append(purchase)
    return chain if left > advance and len(chain) > 1 else ()
