"""An account paid out without ground, without proof, or by one hand in two posts.

Also a payout for a death after which the owner goes on paying from the account. Blank posts count
where the policy asks for them and a proof is due; a transfer of the insurance relation is moved
by the relation itself.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from events.codes import name_of
from events.times import HOUR
from rules.cash_out.windows import account_money
from rules.context import Context
from rules.findings import Finding, Verdict, found
from rules.histories.keyed import ACCOUNT, Account
from rules.histories.records import Payout, Swipe
from rules.packs import Value
from rules.rule import Rule

KIND: Final = ACCOUNT
RECORDS: Final = (Payout, Swipe)
SUBJECT: Final = "account"
_DEATH: Final = "death"
_POSTS: Final = ("opter", "rechker", "approver")
_SAYS: Final = {
    "no_reason": ("无政策允许的返还事由", "no reason that the policy allows"),
    "no_proof": ("缺少证明材料", "no proof"),
    "one_hand": ("同一人兼任两个不相容岗位", "one hand in two posts"),
    "post_missing": ("审核岗位缺失", "a post was not passed"),
    "still_used": ("死亡返还后本人账户仍在使用", "the owner went on using the account"),
}


def check(
    rule: Rule, context: Context, account: Account, record: Payout | Swipe
) -> Iterator[Verdict]:
    """One matter a payout."""
    if isinstance(record, Payout):
        yield Verdict(record.event_id, _look(rule, context, account, record))
    elif account.payouts and not record.owner:
        for payout in account.payouts:
            if payout.reason == _DEATH and payout.time < record.time:
                yield Verdict(payout.event_id, _look(rule, context, account, payout))


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
    uses = _uses_after(limits, account, payout)
    if uses:
        wrong.append("still_used")
    if not wrong:
        return None
    values: list[Value | None] = [reasons, proofs, posts]
    return found(
        [payout, *uses],
        amount=payout.amount,
        involved=payout.amount + sum(account_money(swipe) for swipe in uses),
        area=payout.area,
        severity=2 if wrong == ["still_used"] else 1,
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
            "uses_after": len(uses),
        },
    )


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


def _uses_after(limits: Mapping[str, Any], account: Account, payout: Payout) -> list[Swipe]:
    """The owner's own settlements after a payout for death."""
    if payout.reason != _DEATH:
        return []
    begin = payout.time + limits["grace_hours"] * HOUR
    return [s for s in account.swipes if s.time > begin and not s.owner and not s.rev_at]
