"""A retiree's fixed sum that differs from the one of the months before, within a year.

Where the average pension is not known the sum itself cannot be judged, but it is one sum: most of
the earlier credits of the year say which. A credit that makes up for months left out may hold
several of it.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

from rules.account.incomes import RETIREE, kind_of, month_for, order, period_of, year_of
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import ACCOUNT, Account
from rules.histories.records import Credit
from rules.rule import Rule

KIND: Final = ACCOUNT
RECORDS: Final = (Credit,)
SUBJECT: Final = "account"
_MONTHS: Final = 12


def check(rule: Rule, _: Context, account: Account, record: Credit) -> Iterable[Verdict]:
    """One matter a credit: that the year's earlier ones were of another sum."""
    if len(account.credits) == 1 or kind_of(record) != RETIREE:
        return ()
    year = year_of(record)
    sums = [
        credit
        for credit in account.credits
        if year_of(credit) == year and kind_of(credit) == RETIREE and credit.area == record.area
    ]
    limits = rule.at(record.time)
    if len(sums) <= limits["least"] and not account.standing:
        return ()
    return [
        Verdict(credit.event_id, _look(limits, credit, sums))
        for credit in sums
        if credit.amount > 0
    ]


def _look(limits: Any, credit: Credit, sums: Sequence[Credit]) -> Finding | None:
    earlier = [other for other in sums if order(other) < order(credit) and other.amount > 0]
    if len(earlier) < limits["least"]:
        return None
    usual, times = Counter(other.amount for other in earlier).most_common(1)[0]
    if times < limits["least"] or 2 * times <= len(earlier):
        return None
    tolerance: int = limits["tolerance"]
    same = [other for other in sums if period_of(other) == period_of(credit)]
    until = sum(other.amount for other in same if order(other) <= order(credit))
    if abs(credit.amount - usual) <= tolerance or abs(until - usual) <= tolerance:
        return None
    if _makes_up(credit, earlier, usual, tolerance):
        return None
    finding = found(
        [credit],
        amount=abs(credit.amount - usual),
        involved=credit.amount,
        area=credit.area,
        evidence={
            "credited_at": credit.time,
            "month": month_for(credit) or "-",
            "amount_fen": credit.amount,
            "usual_fen": usual,
            "times": times,
        },
    )
    total = sum(other.amount for other in same)
    right = abs(total - usual) <= tolerance or abs(total) <= tolerance
    return withdrawn(finding) if total != until and right else finding


def _makes_up(credit: Credit, earlier: Sequence[Credit], usual: int, tolerance: int) -> bool:
    """Whether a credit holds the usual sum for months of the year that had none."""
    held = round(credit.amount / usual)
    if held < 2 or abs(credit.amount - held * usual) > tolerance * held:
        return False
    month = month_for(credit)
    if not month:
        return held <= _MONTHS
    credited = {month_for(other) for other in earlier}
    free = int(month[4:]) - len(credited - {month})
    return held <= free
