"""An account paid out without ground, without proof, or by one hand in two posts.

Blank posts count where the policy asks for them and a proof is due; a transfer is shown by the
insurance relation itself.
"""

from collections.abc import Iterable
from typing import Final

from events.codes import name_of
from rules.context import Context
from rules.findings import Finding, Verdict, found
from rules.histories.keyed import ACCOUNT, Account
from rules.histories.records import Payout
from rules.packs import Value
from rules.rule import Rule

KIND: Final = ACCOUNT
RECORDS: Final = (Payout,)
SUBJECT: Final = "account"
_POSTS: Final = ("opter", "rechker", "approver")
_SAYS: Final = {
    "no_reason": ("无政策允许的返还事由", "no reason that the policy allows"),
    "no_proof": ("缺少证明材料", "no proof"),
    "one_hand": ("同一人兼任两个不相容岗位", "one hand in two posts"),
    "post_missing": ("审核岗位缺失", "a post was not passed"),
}


def check(rule: Rule, context: Context, _: Account, payout: Payout) -> Iterable[Verdict]:
    """One matter a payout, by what it says itself."""
    return (Verdict(payout.event_id, _look(rule, context, payout)),)


def _look(rule: Rule, context: Context, payout: Payout) -> Finding | None:
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
    if not wrong:
        return None
    values: list[Value | None] = [reasons, proofs, posts]
    return found(
        [payout],
        amount=payout.amount,
        area=payout.area,
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
