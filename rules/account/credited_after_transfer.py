"""An account moved out with an insurance that did not move: credited on where it was.

Somebody who moved and came back was away for a month at least, or is reported as insured anew;
one whose insurance ended is another rule's. Sums for the month of the move are its arrears.
Retirees are left alone: areas pay those who live elsewhere their account's money time and again.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from events.times import day_of
from rules.account.incomes import (
    EMPLOYEE,
    TRANSFER,
    alike,
    kind_of,
    month_for,
    month_name,
    month_start,
    months_between,
    taken_back,
)
from rules.benefit_rules.payments import CITY
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import ACCOUNT, Account
from rules.histories.records import Credit, Payout, Status
from rules.rule import Rule

KIND: Final = ACCOUNT
RECORDS: Final = (Payout, Credit, Status)
SUBJECT: Final = "account"
_PATH: Final = "account.transfer.moves_with_insurance"
_MOVED: Final = "transfer_out"


def check(
    rule: Rule, context: Context, account: Account, _: Payout | Credit | Status
) -> Iterable[Verdict]:
    """One matter a transfer out."""
    if not account.payouts or not account.credits:
        return ()
    return [
        Verdict(payout.event_id, _look(rule, context, account, payout))
        for payout in account.payouts
        if payout.reason == _MOVED and payout.amount > 0
    ]


def _look(rule: Rule, context: Context, account: Account, payout: Payout) -> Finding | None:
    limits = rule.at(payout.time)
    law = context.law(payout.area, _PATH, payout.time)
    if law is None or not law.flag or _changed(limits, account.statuses, payout):
        return None
    sums = [
        credit
        for credit in account.credits
        if credit.amount > 0
        and credit.time > payout.time
        and credit.area[:CITY] == payout.area[:CITY]
    ]
    if any(credit.kind == TRANSFER for credit in sums):
        return None
    made = _without_gap(limits, payout, sums)
    standing = _without_gap(limits, payout, [one for one in sums if not _is_back(account, one)])
    counted = standing or made
    if not counted:
        return None
    finding = found(
        [payout, *counted],
        amount=payout.amount,
        involved=payout.amount + sum(credit.amount for credit in counted),
        area=payout.area,
        assumed=(_PATH,) if law.filled else (),
        evidence={
            "moved_at": payout.time,
            "moved_fen": payout.amount,
            "months": len(counted),
            "credited_fen": sum(credit.amount for credit in counted),
            "until_month": month_for(counted[-1]),
        },
    )
    undone = taken_back(account.payouts).get(payout.event_id, 0) >= payout.amount
    return withdrawn(finding) if undone or not standing else finding


def _without_gap(limits: Mapping[str, Any], payout: Payout, sums: Sequence[Credit]) -> list[Credit]:
    """The first credits for the months right after a payout; none where they are too few."""
    moved = month_name(payout.time)
    months: dict[int, Credit] = {}
    for credit in sums:
        month = month_for(credit)
        if month and month_start(month) and kind_of(credit) == EMPLOYEE:
            months.setdefault(months_between(moved, month), credit)
    first = [months[at] for at in range(1, limits["months"] + 1) if at in months]
    return first if len(first) == limits["months"] else []


def _is_back(account: Account, credit: Credit) -> bool:
    return taken_back(alike(account, credit)).get(credit.event_id, 0) >= credit.amount


def _changed(limits: Mapping[str, Any], statuses: Sequence[Status], payout: Payout) -> bool:
    """Whether a report says that the insurance there ended, or began anew, about the payout."""
    day = day_of(payout.time)
    for status in statuses:
        if status.area and payout.area and status.area[:CITY] != payout.area[:CITY]:
            continue
        if status.begin_day is not None and status.begin_day >= day:
            return True
        told = day_of(status.time)
        if status.state in limits["ended"] and told >= day - limits["ended_days"]:
            return True
        if status.end_day is not None and status.end_day >= day - limits["ended_days"]:
            return True
    return False
