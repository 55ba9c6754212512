"""An account that is used on where it was moved away from.

The account moves with the insurance relation. After a transfer out its area has nothing left to
pay with until income comes in again or the person is reported as insured again, both there: what
comes in where the person moved to is the new account's.
"""

from collections.abc import Iterable
from typing import Final

from events.times import day_of
from rules.benefit_rules.payments import CITY
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import ACCOUNT, Account
from rules.histories.records import Credit, Payout, Premium, Status, Swipe
from rules.rule import Rule

KIND: Final = ACCOUNT
RECORDS: Final = (Payout, Swipe, Premium, Credit, Status)
SUBJECT: Final = "account"
_PATH: Final = "account.transfer.moves_with_insurance"
_MOVED: Final = "transfer_out"
Use = Swipe | Premium


def check(
    rule: Rule, context: Context, account: Account, _: Payout | Use | Credit | Status
) -> Iterable[Verdict]:
    """One matter a transfer out."""
    if not account.payouts:
        return ()
    return [
        Verdict(payout.event_id, _look(rule, context, account, payout))
        for payout in account.payouts
        if payout.reason == _MOVED and payout.amount > 0
    ]


def _look(rule: Rule, context: Context, account: Account, payout: Payout) -> Finding | None:
    until = _until(account, payout)
    uses: list[Use] = [
        use
        for series in (account.swipes, account.premiums)
        for use in series
        if payout.time < use.time < until and _here(use, payout)
    ]
    if not uses:
        return None
    law = context.law(payout.area, _PATH, payout.time)
    if law is None or not law.flag:
        return None
    standing = [use for use in uses if not getattr(use, "rev_at", 0)]
    counted = standing or uses
    amount = sum(_spent(use) for use in counted)
    if amount <= rule.at(payout.time)["tolerance"]:
        return None
    finding = found(
        counted,
        amount=amount,
        area=payout.area,
        assumed=(_PATH,) if law.filled else (),
        evidence={
            "moved_at": payout.time,
            "moved_fen": payout.amount,
            "uses": len(counted),
            "used_fen": amount,
            "last_at": max(use.time for use in counted),
        },
    )
    return finding if standing else withdrawn(finding)


def _until(account: Account, payout: Payout) -> int:
    """The time from which the account may hold money again."""
    until = 1 << 62
    for credit in account.credits:
        if credit.time >= payout.time and credit.amount > 0 and _home(credit.area, payout):
            until = min(until, credit.time)
            break
    for status in account.statuses:
        if not status.contribution or not _home(status.area, payout):
            continue
        if status.time > payout.time and (
            status.begin_day is None or status.begin_day >= day_of(payout.time)
        ):
            until = min(until, status.time)
    return until


def _here(use: Use, payout: Payout) -> bool:
    """Whether an account in the area that the payout left paid."""
    area = use.insured_area if isinstance(use, Swipe) else use.area
    return area[:CITY] == payout.area[:CITY] and _spent(use) > 0


def _home(area: str, payout: Payout) -> bool:
    """Whether an area may be the one that the payout left; one that was not sent may be."""
    return not area or not payout.area or area[:CITY] == payout.area[:CITY]


def _spent(use: Use) -> int:
    if isinstance(use, Premium):
        return use.amount
    return (use.shared or use.account) if use.owner else use.account
