"""Balances of an account as settlements report them, and what moved between two of them.

A settlement of the owner's own money reports the balance that it left on the account that paid.
One that another's account paid, wholly or in part, reports a balance of which nobody knows whose
it is: no document says whether `balc` is then the patient's or the owner's. Movements at the very
second of a reported balance could lie on either side of it.
"""

from bisect import bisect_left
from typing import NamedTuple

from rules.histories.keyed import Account
from rules.histories.records import Payback, Swipe
from rules.histories.series import between


class Link(NamedTuple):
    """Two readings in a row: how the second differs from what moved in between, fen."""

    start: Swipe
    end: Swipe
    expected: int
    found: int

    @property
    def off(self) -> int:
        """What the reported balance is above (positive) or below what it should be."""
        return self.found - self.expected


def taken(swipe: Swipe) -> int:
    """What a settlement took from this account (fen)."""
    if swipe.owner:
        return swipe.shared or swipe.account
    return swipe.account - swipe.shared if swipe.account > swipe.shared else 0


def tells(swipe: Swipe) -> bool:
    """Whether a settlement's balance is surely this account's."""
    return swipe.balance is not None and not swipe.shared and not swipe.owner


def place(account: Account, time: int, event_id: str) -> int:
    """Where a record of that time and id stands, or would stand, among the settlements."""
    return bisect_left(account.swipes, (time, event_id), key=_order)


def _order(swipe: Swipe) -> tuple[int, str]:
    return swipe.time, swipe.event_id


def last_before(account: Account, at: int) -> int:
    """Index of the last settlement before `at` that tells the balance; -1 if there is none."""
    swipes = account.swipes
    at -= 1
    while at >= 0 and not tells(swipes[at]):
        at -= 1
    return at


def next_from(account: Account, at: int) -> int:
    """Index of the first settlement from `at` on that tells the balance; -1 if there is none."""
    swipes = account.swipes
    while at < len(swipes):
        if tells(swipes[at]):
            return at
        at += 1
    return -1


def moved(account: Account, start: int, end: int) -> int | None:
    """Net of what came in and went out after `start` and before `end` (epoch seconds), fen.

    Settlements apart. None where something happened at the very second of either.
    """
    net = 0
    for credit in between(account.credits, start, end):
        if credit.time in (start, end):
            return None
        net += credit.amount
    for premium in between(account.premiums, start, end):
        if premium.time in (start, end):
            return None
        net -= premium.amount
    for payout in between(account.payouts, start, end):
        if payout.time in (start, end):
            return None
        net -= payout.amount
    if account.paybacks:
        backs = given_back(account, start, end)
        if backs is None:
            return None
        net += backs
    return net


def given_back(account: Account, start: int, end: int) -> int | None:
    """What reversals between two times put back on the account, each settlement at most once."""
    net = 0
    known: dict[str, int] = {}
    for payback in between(account.paybacks, 0, end):
        amount = min(_back(payback), payback.account_paid - known.get(payback.settlement_event, 0))
        known[payback.settlement_event] = known.get(payback.settlement_event, 0) + amount
        if payback.time < start:
            continue
        if payback.time in (start, end):
            return None
        net += amount
    return net


def _back(payback: Payback) -> int:
    told = payback.account_back or payback.cash_back or payback.fund_back
    return payback.account_back if told else payback.account_paid


def link_to(account: Account, at: int) -> Link | None:
    """The link that ends at the reading with index `at`; None where it cannot be judged."""
    swipes = account.swipes
    before = last_before(account, at)
    if before < 0:
        return None
    start, end = swipes[before], swipes[at]
    if start.time == end.time or start.balance is None or end.balance is None:
        return None
    if at + 1 < len(swipes) and swipes[at + 1].time == end.time:
        return None
    if before and swipes[before - 1].time == start.time:
        return None
    net = moved(account, start.time, end.time)
    if net is None:
        return None
    spent = taken(end)
    for swipe in swipes[before + 1 : at]:
        spent += taken(swipe)
    return Link(start, end, start.balance + net - spent, end.balance)
