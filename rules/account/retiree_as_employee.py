"""A retiree's account that is credited for a month as an employee's.

Who is retired pays no contribution that an employee's credit could come from. Only where the
person was told to be retired before the month began: in the month of retiring, and for months
before it, a contribution may have come in late. The month must have a retiree's sum besides, or
those before and after it: a lone credit of the other kind may be a slip, or a return to work.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from events.codes import is_retired
from rules.account.incomes import (
    EMPLOYEE,
    RETIREE,
    alike,
    kind_of,
    law_time,
    month_for,
    months_between,
    taken_back,
)
from rules.account.retirement import was_retired
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import ACCOUNT, Account
from rules.histories.records import Credit, Status
from rules.rule import Rule

KIND: Final = ACCOUNT
RECORDS: Final = (Credit, Status)
SUBJECT: Final = "account"
_BESIDE: Final = ("同月已", "for the same month")
_AROUND: Final = ("前后两月均", "for the months before and after")


def check(rule: Rule, _: Context, account: Account, record: Credit | Status) -> Iterable[Verdict]:
    """One matter an employee's credit to somebody who calls themselves retired, or nothing."""
    if len(account.credits) < 2:
        return ()
    tolerance: int = rule.at(record.time)["tolerance"]
    wrong = [one for one in account.credits if one.kind == EMPLOYEE and one.amount > 0]
    if not wrong:
        return ()
    sums = [credit for credit in account.credits if kind_of(credit) == RETIREE]
    if not sums:
        return ()
    return [Verdict(credit.event_id, _look(tolerance, account, credit, sums)) for credit in wrong]


def _look(
    tolerance: int, account: Account, credit: Credit, sums: Sequence[Credit]
) -> Finding | None:
    """The credit against the sums of its month, else against those of the months around it."""
    month = month_for(credit)
    if not month or not was_retired(account, min(law_time(credit), credit.time)):
        return None
    here = [one for one in sums if one.area == credit.area and month_for(one)]
    beside = [one for one in here if month_for(one) == month]
    around: Sequence[Sequence[Credit]]
    if any(one.amount > tolerance for one in beside):
        if credit.person_type and not is_retired(credit.person_type):
            return None
        around, says = [beside], _BESIDE
    else:
        around = [
            [one for one in here if months_between(month_for(one), month) == apart]
            for apart in (1, -1)
        ]
        says = _AROUND
    firsts = [next((one for one in some if one.amount > tolerance), None) for some in around]
    known = [first for first in firsts if first is not None]
    if len(known) < len(around):
        return None
    finding = found(
        [*known, credit],
        amount=credit.amount if says is _BESIDE else max(0, credit.amount - known[0].amount),
        area=credit.area,
        evidence={
            "credited_at": credit.time,
            "month": month,
            "credited_fen": credit.amount,
            "base_fen": credit.base,
            "sum_at": known[0].time,
            "sum_fen": known[0].amount,
            "says_zh": says[0],
            "says_en": says[1],
        },
    )
    back = taken_back(alike(account, credit)).get(credit.event_id, 0)
    left = min(sum(one.amount for one in some) for some in around)
    gone = back >= credit.amount or left <= tolerance
    return withdrawn(finding) if gone else finding
