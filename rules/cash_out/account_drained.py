"""An account emptied within days by purchases at pharmacies.

A full account that several purchases of goods bring near zero is turned into goods or cash. One
dear purchase, treatment at a hospital and purchases of a usual size are not looked at.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from events.times import DAY
from rules.account.balances import tells
from rules.cash_out.windows import (
    account_money,
    at_retail,
    episode,
    is_raised,
    month_bounds,
    months_from,
    since,
)
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.digests import pseudonym
from rules.histories.keyed import ACCOUNT, Account
from rules.histories.records import Swipe
from rules.histories.series import between
from rules.rule import Rule

KIND: Final = ACCOUNT
RECORDS: Final = (Swipe,)
SUBJECT: Final = "account"


def check(rule: Rule, context: Context, account: Account, swipe: Swipe) -> Iterable[Verdict]:
    """One matter a calendar month: the purchases of the windows that empty the account."""
    limits = rule.at(swipe.time)
    if account_money(swipe) < limits["purchase_floor"] or not at_retail(context, swipe.inst):
        return ()
    window = limits["window_days"] * DAY
    swipes = account.swipes
    if swipes[-1] is swipe:
        near = since(swipes, swipe.time - window)
    else:
        near = between(swipes, swipe.time - window, swipe.time + window)
    spent = sum([account_money(other) for other in near]) if len(near) > 1 else 0
    enough = swipe.rev_at > 0 or spent >= limits["amount"]
    if not enough and not account.standing:
        return ()
    return [
        Verdict(month, _look(rule, context, account, month))
        for month in months_from(swipe.time, window)
        if enough or is_raised(rule, account, month)
    ]


def _look(rule: Rule, context: Context, account: Account, month: str) -> Finding | None:
    first, last = month_bounds(month)
    limits = rule.at(first)
    window = limits["window_days"] * DAY
    purchases = [
        swipe
        for swipe in between(account.swipes, first - window, last)
        if account_money(swipe) >= limits["purchase_floor"] and at_retail(context, swipe.inst)
    ]
    taking, no_more = episode(purchases, month, window, partial(_drained, limits))
    if not taking:
        return None
    spent = sum(account_money(swipe) for swipe in taking)
    left = _left(taking)
    finding = found(
        taking,
        amount=spent,
        involved=sum(swipe.fee for swipe in taking),
        area=taking[-1].insured_area,
        evidence={
            "purchases": len(taking),
            "institutions": len({swipe.inst for swipe in taking}),
            "institution": context.name_of(taking[-1].inst),
            "begun_at": taking[0].time,
            "ended_at": taking[-1].time,
            "spent_fen": spent,
            "balance_after_fen": left or 0,
            "balance_known": left is not None,
            "balance_zh": "按上报余额" if left is not None else "余额未上报",
            "balance_en": "as reported" if left is not None else "no balance was reported",
            "users": sorted({pseudonym(swipe.psn_no) for swipe in taking}),
        },
    )
    return withdrawn(finding) if no_more else finding


def _drained(limits: Mapping[str, Any], within: Sequence[Swipe]) -> Sequence[Swipe]:
    """The purchases of a window if they empty the account."""
    spent = sum(account_money(swipe) for swipe in within)
    if len(within) < 2 or spent < limits["amount"]:
        return ()
    if len(within) < limits["purchases"] and spent < limits["large_amount"]:
        return ()
    left = _left(within)
    if left is None:
        enough = len(within) >= limits["purchases"] and spent >= limits["amount_without_balance"]
        return within if enough else ()
    return within if spent >= limits["share"] * (spent + left) else ()


def _left(swipes: Sequence[Swipe]) -> int | None:
    """What the last purchases left on the account; None where no balance was reported."""
    later = 0
    for swipe in reversed(swipes):
        if swipe.balance is not None and tells(swipe):
            return max(swipe.balance - later, 0)
        later += account_money(swipe)
    return None
