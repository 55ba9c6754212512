"""An authorisation at the counter without the signed commitment letter.

Only where the sender says that there is none: a field left out says nothing.
"""

from collections.abc import Iterable
from typing import Final

from events.codes import name_of
from rules.cash_out.family import GRANT, touched, uses_under
from rules.cash_out.windows import account_money
from rules.context import Context
from rules.findings import Finding, Verdict, found
from rules.histories.digests import pseudonym
from rules.histories.keyed import ACCOUNT, Account
from rules.histories.records import Grant, Swipe
from rules.rule import Rule

KIND: Final = ACCOUNT
RECORDS: Final = (Grant, Swipe)
SUBJECT: Final = "account"
_COUNTER: Final = "counter"


def check(
    rule: Rule, context: Context, account: Account, record: Grant | Swipe
) -> Iterable[Verdict]:
    """One matter an authorisation, with what was spent under it."""
    if isinstance(record, Swipe) and not record.owner:
        return ()
    for grant in account.grants:
        if grant.channel == _COUNTER:
            break
    else:
        return ()
    return [
        Verdict(grant.event_id, _look(rule, context, account, grant))
        for grant in touched(account, record)
        if grant.channel == _COUNTER and grant.commitment
    ]


def _look(rule: Rule, context: Context, account: Account, grant: Grant) -> Finding | None:
    if grant.commitment.lower() in rule.at(grant.time)["affirmative"]:
        return None
    path = rule.meta.policy[0]
    documents = context.law(grant.owner_area, path, grant.time)
    if documents is None or "commitment" not in documents.codes:
        return None
    uses = [swipe for swipe in uses_under(account, grant) if not swipe.rev_at]
    amount = sum(account_money(swipe) for swipe in uses)
    return found(
        [grant],
        amount=amount,
        involved=sum(swipe.fee for swipe in uses),
        area=grant.owner_area,
        assumed=(path,) if documents.filled else (),
        also=[swipe.setl_id for swipe in uses],
        evidence={
            "granted_at": grant.time,
            "user": pseudonym(grant.user),
            "relation": grant.relation or "other",
            "relation_zh": name_of("rlts", grant.relation or "other"),
            "action": GRANT,
            "uses": len(uses),
            "amount_fen": amount,
        },
    )
