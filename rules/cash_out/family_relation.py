"""An account shared with somebody whom the policy in force does not let share it.

The relation is judged when the authorisation is given and again at each use, because areas widen
the circle from a date on.
"""

from collections.abc import Iterable
from typing import Final

from events.codes import name_of
from rules.cash_out.family import touched, uses_under
from rules.cash_out.windows import account_money
from rules.context import Context
from rules.findings import Finding, Verdict, found
from rules.histories.digests import pseudonym
from rules.histories.keyed import ACCOUNT, Account
from rules.histories.records import Grant, Swipe
from rules.rule import Rule

KIND: Final = ACCOUNT
RECORDS: Final = (Swipe, Grant)
SUBJECT: Final = "account"
_ALSO: Final = "account.family.near_relatives"
"""Widens the circle where it is set; the rule does not need it."""


def check(
    rule: Rule, context: Context, account: Account, record: Swipe | Grant
) -> Iterable[Verdict]:
    """One matter an authorisation: that its relation is not one of the policy's."""
    if isinstance(record, Swipe) and not record.owner:
        return ()
    verdicts: list[Verdict] = []
    for grant in touched(account, record):
        finding = _look(rule, context, account, grant)
        if finding is not None or account.standing:
            verdicts.append(Verdict(grant.event_id, finding))
    return verdicts


def _look(rule: Rule, context: Context, account: Account, grant: Grant) -> Finding | None:
    if not grant.relation:
        return None
    since = grant.time
    broken = _breaks(rule, context, grant, since)
    if not broken and not account.swipes:
        return None
    uses = [swipe for swipe in uses_under(account, grant) if not swipe.rev_at]
    if not broken:
        uses = [swipe for swipe in uses if _breaks(rule, context, grant, swipe.time)]
        if not uses:
            return None
        since = uses[0].time
    amount = sum(account_money(swipe) for swipe in uses)
    never: list[str] = rule.at(grant.time)["never"]
    return found(
        [grant, *uses],
        amount=amount,
        involved=sum(swipe.fee for swipe in uses),
        area=grant.owner_area,
        severity=1 if grant.relation in never else 2,
        assumed=_assumed(rule, context, grant, since),
        evidence={
            "relation": grant.relation,
            "relation_zh": name_of("rlts", grant.relation),
            "user": pseudonym(grant.user),
            "granted_at": grant.time,
            "uses": len(uses),
            "amount_fen": amount,
        },
    )


def _breaks(rule: Rule, context: Context, grant: Grant, time: int) -> bool:
    """Whether the policy at a time names the relations that may share, and not this one."""
    area, relation = grant.owner_area, grant.relation
    law = context.law(area, rule.meta.policy[0], time)
    if law is None or relation in law.codes:
        return False
    wider = context.law(area, _ALSO, time)
    return wider is None or relation not in wider.codes


def _assumed(rule: Rule, context: Context, grant: Grant, time: int) -> tuple[str, ...]:
    """Which of the policy's values at a time an overlay filled in."""
    paths = (*rule.meta.policy, _ALSO)
    values = [(path, context.law(grant.owner_area, path, time)) for path in paths]
    return tuple(path for path, value in values if value is not None and value.filled)
