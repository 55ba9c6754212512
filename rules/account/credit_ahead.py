"""An employee's account that is credited for months whose contribution cannot be due yet.

Where the account is credited month by month, once the contribution is in full, a sum for a month
that begins long after it was booked comes before both.
"""

from collections.abc import Iterable
from typing import Final

from rules.account.incomes import (
    EMPLOYEE,
    alike,
    kind_of,
    month_for,
    month_name,
    month_start,
    months_between,
    taken_back,
)
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import ACCOUNT, Account
from rules.histories.records import Credit
from rules.rule import Rule

KIND: Final = ACCOUNT
RECORDS: Final = (Credit,)
SUBJECT: Final = "account"
_MONTHLY: Final = "monthly"


def check(rule: Rule, context: Context, account: Account, record: Credit) -> Iterable[Verdict]:
    """One matter a credit, by what it says itself and what takes it back."""
    month = month_for(record)
    if not month or kind_of(record) != EMPLOYEE or not month_start(month):
        return ()
    return [
        Verdict(credit.event_id, _look(rule, context, account, credit))
        for credit in alike(account, record)
        if credit.amount > 0
        and months_between(month_name(credit.time), month) > rule.at(credit.time)["ahead"]
    ]


def _look(rule: Rule, context: Context, account: Account, credit: Credit) -> Finding | None:
    rhythm, full = (context.law(credit.area, path, credit.time) for path in rule.meta.policy)
    if rhythm is None or full is None or rhythm.text != _MONTHLY or not full.flag:
        return None
    month = month_for(credit)
    finding = found(
        [credit],
        amount=credit.amount,
        area=credit.area,
        assumed=tuple(
            path
            for path, value in zip(rule.meta.policy, (rhythm, full), strict=True)
            if value.filled
        ),
        evidence={
            "credited_at": credit.time,
            "month": month,
            "amount_fen": credit.amount,
            "ahead": months_between(month_name(credit.time), month),
        },
    )
    back = taken_back(alike(account, credit)).get(credit.event_id, 0)
    return withdrawn(finding) if back >= credit.amount else finding
