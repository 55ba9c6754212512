"""Two credits for the same month.

The second one counts where it is of the first one's order; a small one is a supplement. A credit
that was taken back by a negative one does not stand; each takes back once, the latest first.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from rules.account.incomes import TRANSFER, alike, kind_of, month_for, order, taken_back
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import ACCOUNT, Account
from rules.histories.records import Credit
from rules.rule import Rule

KIND: Final = ACCOUNT
RECORDS: Final = (Credit,)
SUBJECT: Final = "account"


def check(rule: Rule, _: Context, account: Account, record: Credit) -> Iterable[Verdict]:
    """One matter a credit: that another one for its month stood before it."""
    if len(account.credits) == 1 or kind_of(record) == TRANSFER:
        return ()
    months = alike(account, record)
    if len(months) == 1:
        return ()
    limits = rule.at(record.time)
    return [
        Verdict(credit.event_id, _look(limits, credit, months))
        for credit in months
        if credit.amount > 0
    ]


def _look(limits: Any, credit: Credit, months: Sequence[Credit]) -> Finding | None:
    until = [other for other in months if order(other) <= order(credit)]
    if not month_for(credit):
        until = [
            other for other in until if (other.amount, other.base) == (credit.amount, credit.base)
        ]
    total = sum(other.amount for other in until)
    first = max((other.amount for other in until if other.event_id != credit.event_id), default=0)
    if first <= 0 or credit.amount < first * limits["share"]:
        return None
    if total < max(first, credit.amount) * (1 + limits["share"]):
        return None
    finding = found(
        [credit],
        amount=min(credit.amount, total - first),
        area=credit.area,
        evidence={
            "credited_at": credit.time,
            "month": month_for(credit) or "-",
            "kind": kind_of(credit) or "-",
            "amount_fen": credit.amount,
            "first_fen": first,
            "total_fen": total,
        },
    )
    back = taken_back(months).get(credit.event_id, 0)
    return withdrawn(finding) if back >= finding.amount else finding
