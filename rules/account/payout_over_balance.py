"""More paid out of an account than it held.

What it held: the last balance a settlement reported, and what came in and went out since. A
balance that itself does not follow from the one before is no ground.
"""

from collections.abc import Iterable
from typing import Any, Final

from rules.account.balances import last_before, link_to, moved, place, taken
from rules.context import Context
from rules.findings import Finding, Verdict, found
from rules.histories.keyed import ACCOUNT, Account
from rules.histories.records import Credit, Payback, Payout, Premium, Swipe
from rules.rule import Rule

KIND: Final = ACCOUNT
RECORDS: Final = (Payout, Swipe, Credit, Premium, Payback)
SUBJECT: Final = "account"


def check(
    rule: Rule,
    _: Context,
    account: Account,
    record: Payout | Swipe | Credit | Premium | Payback,
) -> Iterable[Verdict]:
    """One matter a payout."""
    if not account.payouts or account.payouts[-1].time < record.time:
        return ()
    limits = rule.at(record.time)
    return [
        Verdict(payout.event_id, _look(limits, account, payout))
        for payout in account.payouts
        if payout.time >= record.time and payout.amount > 0
    ]


def _look(limits: Any, account: Account, payout: Payout) -> Finding | None:
    swipes = account.swipes
    until = place(account, payout.time, "")
    at = last_before(account, until)
    if at < 0 or (until < len(swipes) and swipes[until].time == payout.time):
        return None
    reading = swipes[at]
    if reading.balance is None or (at and swipes[at - 1].time == reading.time):
        return None
    if at + 1 < len(swipes) and swipes[at + 1].time == reading.time:
        return None
    link = link_to(account, at)
    if last_before(account, at) >= 0 and (link is None or abs(link.off) > limits["tolerance"]):
        return None
    others = [other for other in account.payouts if other.time == payout.time]
    net = moved(account, reading.time, payout.time - 1)
    if net is None or len(others) > 1:
        return None
    if any(other.time == payout.time for other in (*account.credits, *account.premiums)):
        return None
    held = reading.balance + net - sum(taken(swipe) for swipe in swipes[at + 1 : until])
    held = max(held, 0)
    if payout.amount <= held + max(limits["tolerance"], held * limits["interest"]):
        return None
    return found(
        [payout],
        amount=payout.amount - held,
        involved=payout.amount,
        area=payout.area,
        evidence={
            "paid_at": payout.time,
            "amount_fen": payout.amount,
            "known_at": reading.time,
            "held_fen": held,
            "over_fen": payout.amount - held,
            "reason": payout.reason or "-",
        },
    )
