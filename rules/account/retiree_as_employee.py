"""A retiree's account that is credited for a month both as a retiree's and as an employee's.

Who is retired pays no contribution that an employee's credit could come from. Only where the
person was told to be retired before the month began: in the month of retiring, and for months
before it, a contribution may have come in late.
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


def check(rule: Rule, _: Context, account: Account, record: Credit | Status) -> Iterable[Verdict]:
    """One matter an employee's credit to somebody who calls themselves retired, or nothing."""
    if len(account.credits) < 2:
        return ()
    tolerance: int = rule.at(record.time)["tolerance"]
    wrong = [credit for credit in account.credits if _is_doubtful(credit)]
    if not wrong:
        return ()
    sums = [credit for credit in account.credits if kind_of(credit) == RETIREE]
    return [Verdict(credit.event_id, _look(tolerance, account, credit, sums)) for credit in wrong]


def _is_doubtful(credit: Credit) -> bool:
    """Whether a credit calls itself an employee's and does not call its person in work."""
    return (
        credit.kind == EMPLOYEE
        and credit.amount > 0
        and (not credit.person_type or is_retired(credit.person_type))
    )


def _look(
    tolerance: int, account: Account, credit: Credit, sums: Sequence[Credit]
) -> Finding | None:
    month = month_for(credit)
    beside = [one for one in sums if month and month_for(one) == month and one.area == credit.area]
    first = next((one for one in beside if one.amount > tolerance), None)
    if first is None:
        return None
    if not was_retired(account, min(law_time(credit), credit.time)):
        return None
    finding = found(
        [first, credit],
        amount=credit.amount,
        area=credit.area,
        evidence={
            "credited_at": credit.time,
            "month": month,
            "amount_fen": credit.amount,
            "base_fen": credit.base,
            "sum_at": first.time,
            "sum_fen": first.amount,
        },
    )
    back = taken_back(alike(account, credit)).get(credit.event_id, 0)
    left = sum(one.amount for one in beside)
    gone = back >= credit.amount or left <= tolerance
    return withdrawn(finding) if gone else finding
