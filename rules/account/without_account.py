"""Money into or out of the account of somebody who, by the way of contributing, has none.

What was in the account before may be used up; so spending counts only where nothing says that
there ever was an account.
"""

from collections.abc import Iterable
from typing import Final

from events.times import day_of
from rules.account.contribution import status_at
from rules.account.incomes import TRANSFER, kind_of, law_time
from rules.context import Context
from rules.findings import Finding, Verdict, found, judge
from rules.histories.keyed import ACCOUNT, Account
from rules.histories.records import Credit, Premium, Status, Swipe
from rules.rule import Rule

KIND: Final = ACCOUNT
RECORDS: Final = (Credit, Swipe, Premium, Status)
SUBJECT: Final = "account"
_PATH: Final = "account.without"
_FULL: Final = "full"
Money = Credit | Swipe | Premium


def check(
    rule: Rule, context: Context, account: Account, record: Money | Status
) -> Iterable[Verdict]:
    """One matter a credit, settlement or premium."""
    for status in account.statuses:
        if status.contribution and status.contribution != _FULL:
            break
    else:
        return ()
    if not isinstance(record, (Status, Credit)):
        return (Verdict(record.event_id, _look(rule, context, account, record)),)
    return [
        Verdict(money.event_id, _look(rule, context, account, money))
        for series in (account.credits, account.swipes, account.premiums)
        for money in series
    ]


def _look(rule: Rule, context: Context, account: Account, money: Money) -> Finding | None:
    status = status_at(account.statuses, money.time)
    if status is None or status.contribution == _FULL:
        return None
    if isinstance(money, Credit):
        amount, area, what = money.amount, money.area, ("划入", "credit")
        if amount <= 0 or kind_of(money) == TRANSFER:
            return None
        if law_time(money) < money.time and _paid_in_full(account, law_time(money), money.time):
            return None
    else:
        if _had_account(account, money):
            return None
        if isinstance(money, Swipe):
            amount, area, what = money.account or money.shared, money.insured_area, ("支付", "use")
            if money.shared and not money.owner:
                return None
        else:
            amount, area, what = money.amount, money.area, ("代缴保费", "premium")
            if amount <= 0:
                return None
    law = context.law(area, _PATH, money.time)
    stated = law is not None and status.contribution in law.codes
    if not stated and status.contribution not in rule.at(money.time)["never"]:
        return None
    finding = found(
        [money],
        amount=amount,
        area=area,
        assumed=(_PATH,) if law is not None and stated and law.filled else (),
        evidence={
            "happened_at": money.time,
            "what_zh": what[0],
            "what_en": what[1],
            "way": status.contribution,
            "way_zh": "单建统筹" if status.contribution == "pool_only" else "较低费率",
            "way_en": "to the pool only"
            if status.contribution == "pool_only"
            else "at the lower rate",
            "since_at": status.time,
            "amount_fen": amount,
        },
    )
    if isinstance(money, Swipe):
        return judge(money, (), lambda _: finding)
    return finding


def _paid_in_full(account: Account, month: int, until: int) -> bool:
    """Whether contributions were paid in full when a month began (both times epoch seconds).

    A report that was made in the month, until the credit, may say that it holds from its beginning.
    """
    then = status_at(account.statuses, month)
    if then is None or then.contribution != _FULL:
        return False
    return not any(
        status.contribution not in ("", _FULL)
        and month <= status.time <= until
        and status.begin_day is not None
        and day_of(then.time) < status.begin_day <= day_of(month)
        for status in account.statuses
    )


def _had_account(account: Account, money: Swipe | Premium) -> bool:
    """Whether something says that there was an account before."""
    if any(s.contribution == _FULL and s.time <= money.time for s in account.statuses):
        return True
    return any(
        credit.time <= money.time
        and credit.amount > 0
        and (
            kind_of(credit) == TRANSFER
            or (status := status_at(account.statuses, credit.time)) is None
            or status.contribution == _FULL
        )
        for credit in account.credits
    )
