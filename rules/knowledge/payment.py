"""Who paid for a fee line, as far as a settlement tells it.

A payment limit (限支付) binds the pool: what a person pays, or takes from the own account, does
not break it. A limit of use binds whoever pays.
"""

from collections.abc import Iterable
from typing import Final

from rules.histories.records import Line, Visit
from rules.impersonation.drawn import paid

_OWN_EXPENSE: Final = "03"
"""`chrgitm_lv` of what no fund pays."""


def untold(visit: Visit) -> bool:
    """Whether a settlement says nothing of who paid."""
    return not (paid(visit) or visit.cash or visit.own_expense)


def from_funds(visit: Visit) -> int:
    """Money of funds in a settlement, fen, without the personal account.

    Some areas count the account into `fund_pay_sumamt`; a sum that is the account's and leaves no
    more than the cash of the fee is no fund's.
    """
    account = visit.account or visit.shared
    if not visit.pool and visit.fund == account and visit.fund + visit.cash >= visit.fee:
        return 0
    return visit.fund or visit.pool


def pooled(visit: Visit, line: Line) -> bool:
    """Whether funds paid for a line: for certain, or as far as the settlement tells."""
    if untold(visit):
        return line.level != _OWN_EXPENSE
    if from_funds(visit) <= 0:
        return False
    if line.in_scope > 0:
        return True
    if line.level == _OWN_EXPENSE or any(other.in_scope > 0 for other in visit.lines):
        return False
    return not 0 < line.amount <= visit.own_expense


def breached_by_pool(visit: Visit, lines: Iterable[Line]) -> int:
    """Money in breach of a payment limit, fen: what funds paid at most for the lines."""
    return _capped(sum(line.in_scope or line.amount for line in lines), visit, from_funds(visit))


def breached_by_use(visit: Visit, lines: Iterable[Line]) -> int:
    """Money in breach of a limit of use, fen: what funds and accounts paid at most."""
    return _capped(sum(line.amount for line in lines), visit, paid(visit))


def gravity(visit: Visit) -> int:
    """Severity of a breach of a limit of use: less where no fund, or no insurance at all, paid."""
    if from_funds(visit) > 0 or untold(visit):
        return 1
    return 2 if paid(visit) else 3


def _capped(amount: int, visit: Visit, most: int) -> int:
    if untold(visit):
        return amount or visit.fee
    return min(amount, most) if amount else most
