"""A reported account balance that does not follow from the one before.

Only where the account's earlier balances did follow, or, of its first two, the later ones: where a
sender's balances never add up, or income is not in the data, nothing is said. A settlement that was
taken back later reported its balance all the same.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from rules.account.balances import Link, last_before, link_to, next_from, place, tells
from rules.context import Context
from rules.findings import Finding, Verdict, found
from rules.histories.keyed import ACCOUNT, Account
from rules.histories.records import Credit, Payback, Payout, Premium, Swipe
from rules.rule import Rule

KIND: Final = ACCOUNT
RECORDS: Final = (Swipe, Credit, Premium, Payout, Payback)
SUBJECT: Final = "account"
Movement = Swipe | Credit | Premium | Payout | Payback
_AFTER: Final = 5
"""Readings from a new movement on whose answer it can change: those at its second and two more."""


def check(rule: Rule, _: Context, account: Account, record: Movement) -> Iterable[Verdict]:
    """One matter a settlement that reports a balance."""
    swipes = account.swipes
    if len(swipes) < 2:
        return ()
    last = swipes[-1]
    if last is not record:
        return _from(rule, account, record) if last.time >= record.time else ()
    if swipes[-2].time == last.time:
        return _from(rule, account, record)
    if not tells(last):
        return ()
    concerned = [] if _follows(account, swipes[-2], last) else [len(swipes) - 1]
    concerned += _confirmed_by_last(rule, account)
    verdicts = [Verdict(swipes[at].event_id, _look(rule, account, at)) for at in concerned]
    if account.standing:
        return verdicts
    return [verdict for verdict in verdicts if verdict.finding is not None]


def _confirmed_by_last(rule: Rule, account: Account) -> list[int]:
    """The second reading of all, where it is just so long ago that the last one confirms it."""
    at = len(account.swipes) - 1
    for _ in range(rule.at(account.swipes[at].time)["confirmed"]):
        at = last_before(account, at)
        if at < 0:
            return []
    first = last_before(account, at)
    return [at] if first >= 0 and last_before(account, first) < 0 else []


def _from(rule: Rule, account: Account, record: Movement) -> Iterator[Verdict]:
    """What is to be said of the readings whose answer a movement can change."""
    swipes = account.swipes
    at = place(account, record.time, record.event_id)
    while at > 0 and swipes[at - 1].time == record.time:
        at -= 1
    second = next_from(account, next_from(account, 0) + 1)
    if 0 <= second < at:
        yield Verdict(swipes[second].event_id, _look(rule, account, second))
    first_credit = isinstance(record, Credit) and account.credits[0] is record
    left = len(swipes) if first_credit or isinstance(record, Payback) else _AFTER
    while left:
        at = next_from(account, at)
        if at < 0:
            return
        yield Verdict(swipes[at].event_id, _look(rule, account, at))
        at += 1
        left -= 1


def _follows(account: Account, before: Swipe, swipe: Swipe) -> bool:
    """Whether, at a glance, nothing but the settlement and income moved the balance."""
    start = before.time
    if (
        swipe.balance is None
        or before.balance is None
        or before.shared
        or before.owner
        or account.paybacks
        or (account.premiums and account.premiums[-1].time >= start)
        or (account.payouts and account.payouts[-1].time >= start)
    ):
        return False
    expected = before.balance - swipe.account
    for credit in reversed(account.credits):
        if credit.time < start:
            break
        if credit.time == start or credit.time >= swipe.time:
            return False
        expected += credit.amount
    return swipe.balance == expected


def _look(rule: Rule, account: Account, at: int) -> Finding | None:
    link = link_to(account, at)
    if link is None:
        return None
    limits = rule.at(link.end.time)
    if abs(link.off) <= limits["tolerance"]:
        return None
    credited = account.credits[0].time if account.credits else None
    if link.off > 0 and (credited is None or credited > link.end.time):
        return None
    if not _proven(account, at, limits["tolerance"]):
        late = link.off > 0 and credited is not None and credited > link.start.time
        if late or not _confirmed(limits, account, at, link):
            return None
    return _told(link)


def _proven(account: Account, at: int, tolerance: int) -> bool:
    """Whether the reading before follows from the one before it."""
    before = last_before(account, at)
    link = link_to(account, before) if before > 0 else None
    return link is not None and abs(link.off) <= tolerance


def _confirmed(limits: Mapping[str, Any], account: Account, at: int, link: Link) -> bool:
    """Whether the readings after the first two follow, and show that their senders tell rightly.

    A sender whose balances are told before the payment would be off by it.
    """
    if last_before(account, last_before(account, at)) >= 0:
        return False
    senders = {link.end.inst} if link.end.account else set()
    for _ in range(limits["confirmed"]):
        at = next_from(account, at + 1)
        after = link_to(account, at) if at >= 0 else None
        if after is None or abs(after.off) > limits["tolerance"]:
            return False
        if after.end.account:
            senders.add(after.end.inst)
    return link.start.inst in senders


def _told(link: Link) -> Finding:
    return found(
        [link.end],
        amount=abs(link.off),
        involved=link.end.fee,
        area=link.end.insured_area,
        evidence={
            "before_at": link.start.time,
            "before_fen": link.start.balance,
            "after_at": link.end.time,
            "after_fen": link.found,
            "expected_fen": link.expected,
            "off_fen": link.off,
            "taken_fen": link.end.account or link.end.shared,
        },
    )
