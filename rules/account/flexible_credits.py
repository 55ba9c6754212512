"""A flexibly employed person's account is credited again in a year, where once is the rule."""

from collections.abc import Iterable
from typing import Final

from rules.account.incomes import FLEXIBLE, kind_of, period_of, year_of
from rules.context import Context
from rules.findings import Finding, Verdict, found
from rules.histories.keyed import ACCOUNT, Account
from rules.histories.records import Credit
from rules.rule import Rule

KIND: Final = ACCOUNT
RECORDS: Final = (Credit,)
SUBJECT: Final = "account"
_PATH: Final = "account.credit.rhythm.flexible"


def check(rule: Rule, context: Context, account: Account, record: Credit) -> Iterable[Verdict]:
    """One matter a year that credits are for."""
    if len(account.credits) == 1 or kind_of(record) != FLEXIBLE:
        return ()
    year = year_of(record)
    return (Verdict(year, _look(rule, context, account, year)),)


def _look(rule: Rule, context: Context, account: Account, year: str) -> Finding | None:
    months: dict[str, int] = {}
    credited: list[Credit] = []
    for credit in account.credits:
        if kind_of(credit) == FLEXIBLE and year_of(credit) == year:
            period = period_of(credit)
            months[period] = months.get(period, 0) + credit.amount
            credited.append(credit)
    share: float = rule.at(credited[0].time)["share"]
    largest = max(months.values())
    kept: dict[str, Credit] = {}
    for credit in credited:
        if credit.amount > 0 and months[period_of(credit)] >= share * largest > 0:
            kept.setdefault(period_of(credit), credit)
    again = list(kept.values())[1:]
    if not again:
        return None
    rhythms = [context.law(credit.area, _PATH, credit.time) for credit in again]
    counted = [
        (credit, rhythm)
        for credit, rhythm in zip(again, rhythms, strict=True)
        if rhythm is not None and rhythm.text == "once"
    ]
    if not counted:
        return None
    return found(
        [credit for credit, _ in counted],
        amount=sum(credit.amount for credit, _ in counted),
        area=counted[0][0].area,
        assumed=(_PATH,) if any(rhythm.filled for _, rhythm in counted) else (),
        evidence={
            "year": year,
            "times": len(kept),
            "first_at": next(iter(kept.values())).time,
            "last_at": counted[-1][0].time,
            "total_fen": sum(months[period] for period in kept),
        },
    )
