"""An account paid out without ground, without proof, by one hand in two posts, or once more.

Blank posts count where the policy asks for them and a proof is due; a transfer is shown by the
insurance relation itself. For a death an account is paid out in one sum: the same sum once more
has no ground, unless so much came in between, or the account is known to have held both.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from events.codes import name_of
from events.times import HOUR
from rules.account.balances import tells
from rules.context import Context
from rules.findings import Finding, Verdict, found
from rules.histories.keyed import ACCOUNT, Account
from rules.histories.records import Credit, Payback, Payout, Swipe
from rules.packs import Value
from rules.rule import Rule

KIND: Final = ACCOUNT
RECORDS: Final = (Payout, Credit, Payback, Swipe)
SUBJECT: Final = "account"
_DEATH: Final = "death"
_AGAIN: Final = 2
"""Severity of a sum paid again by itself: the first may have come back from the bank."""
_POSTS: Final = ("opter", "rechker", "approver")
_SAYS: Final = {
    "no_reason": ("无政策允许的返还事由", "no reason that the policy allows"),
    "no_proof": ("缺少证明材料", "no proof"),
    "one_hand": ("同一人兼任两个不相容岗位", "one hand in two posts"),
    "post_missing": ("审核岗位缺失", "a post was not passed"),
    "paid_before": (
        "同一死亡事由此前已返还相同金额",
        "the same sum had been paid out for this death before",
    ),
}


def check(
    rule: Rule, context: Context, account: Account, record: Payout | Credit | Payback | Swipe
) -> Iterable[Verdict]:
    """One matter a payout: by what it says itself, and whether it was the second for a death.

    Money and balances that are told late may show that a second one was right.
    """
    payouts = account.payouts
    if isinstance(record, Payout):
        if len(payouts) == 1:
            return (Verdict(record.event_id, _look(rule, context, account, record)),)
    elif len(payouts) < 2 or payouts[-1].time < record.time:
        return ()
    return [Verdict(payout.event_id, _look(rule, context, account, payout)) for payout in payouts]


def _look(rule: Rule, context: Context, account: Account, payout: Payout) -> Finding | None:
    limits = rule.at(payout.time)
    reasons, proofs, posts = (
        context.law(payout.area, path, payout.time) for path in rule.meta.policy
    )
    wrong: list[str] = []
    if reasons is not None and payout.reason not in reasons.codes:
        wrong.append("no_reason")
    due = bool(wrong) or (proofs is not None and payout.reason in proofs.codes)
    if due and not wrong and payout.proof.lower() not in limits["affirmative"]:
        wrong.append("no_proof")
    wrong += _hands(payout, posts, due=due)
    before = _paid_before(limits, account, payout)
    if before is not None:
        wrong.append("paid_before")
    elif not wrong:
        return None
    values: list[Value | None] = [reasons, proofs, posts]
    return found(
        [payout] if before is None else [before, payout],
        amount=payout.amount,
        area=payout.area,
        severity=_AGAIN if wrong == ["paid_before"] else None,
        assumed=tuple(
            path
            for path, value in zip(rule.meta.policy, values, strict=True)
            if value is not None and value.filled
        ),
        evidence={
            "paid_at": payout.time,
            "amount_fen": payout.amount,
            "reason": payout.reason,
            "reason_zh": name_of("payout_reason", payout.reason) or "未填写",
            "wrong": wrong,
            "wrong_zh": [_SAYS[code][0] for code in wrong],
            "wrong_en": [_SAYS[code][1] for code in wrong],
        },
    )


def _paid_before(limits: Mapping[str, Any], account: Account, payout: Payout) -> Payout | None:
    """An earlier payout of the same sum for the same death, None where the second may be right."""
    if payout.reason != _DEATH or payout.amount <= 0 or len(account.payouts) < 2:
        return None
    paid = _paid_until(limits, account, payout)
    before = next(
        (other for other in paid if other.reason == _DEATH and other.amount == payout.amount), None
    )
    if before is None or before is payout or paid[-1] is not payout:
        return None
    since, held = before.time, 0
    for swipe in account.swipes:
        if swipe.time < before.time and swipe.balance is not None and tells(swipe):
            since, held = swipe.time, swipe.balance - before.amount
    known = [credit for credit in account.credits if credit.time <= payout.time]
    came = sum(credit.amount for credit in known if credit.time >= since) + sum(
        back.account_back for back in account.paybacks if since <= back.time <= payout.time
    )
    went = sum(other.amount for other in paid[paid.index(before) + 1 : -1])
    unknown = 0 if known else limits["unreported"]
    return before if payout.amount > max(held, 0) + came + unknown - went else None


def _paid_until(limits: Mapping[str, Any], account: Account, payout: Payout) -> list[Payout]:
    """The payouts until this one; an equal one for the same death told again soon is left out."""
    soon = int(limits["told_twice_hours"]) * HOUR
    paid: list[Payout] = []
    for other in account.payouts:
        again = other.reason == _DEATH and any(
            known.reason == _DEATH
            and known.amount == other.amount
            and other.time - known.time <= soon
            for known in paid
        )
        if not again:
            paid.append(other)
        if other is payout:
            break
    return paid


def _hands(payout: Payout, posts: Value | None, *, due: bool) -> list[str]:
    """What is wrong with who held the posts of a payout."""
    if posts is None:
        return []
    held = dict(zip(_POSTS, (payout.opter, payout.rechecker, payout.approver), strict=True))
    for post in posts.codes:
        name = held.get(post, "")
        if name and any(name == other for at, other in held.items() if at != post):
            return ["one_hand"]
    if due and not all(held.get(post) for post in posts.codes):
        return ["post_missing"]
    return []
