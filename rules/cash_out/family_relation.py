"""An account shared with somebody whom the policy in force does not let share it.

The relation is judged when the authorisation is given and again at each use, because areas widen
the circle from a date on.
"""

from collections.abc import Iterator
from typing import Final

from events.codes import name_of
from rules.cash_out.family import touched, uses_under
from rules.cash_out.windows import account_money
from rules.context import Context
from rules.findings import Finding, Verdict, found
from rules.histories.digests import pseudonym
from rules.histories.keyed import ACCOUNT, Account
from rules.histories.records import Grant, Swipe
from rules.packs import Value
from rules.rule import Rule

KIND: Final = ACCOUNT
RECORDS: Final = (Swipe, Grant)
SUBJECT: Final = "account"
_ALSO: Final = "account.family.near_relatives"
"""Widens the circle where it is set; the rule does not need it."""


def check(
    rule: Rule, context: Context, account: Account, record: Swipe | Grant
) -> Iterator[Verdict]:
    """One matter an authorisation: that its relation is not one of the policy's."""
    if isinstance(record, Swipe) and not record.owner:
        return
    for grant in touched(account, record):
        yield Verdict(grant.event_id, _look(rule, context, account, grant))


def _look(rule: Rule, context: Context, account: Account, grant: Grant) -> Finding | None:
    if not grant.relation:
        return None
    allowed = _allowed(rule, context, grant, grant.time)
    uses = [swipe for swipe in uses_under(account, grant) if not swipe.rev_at]
    if allowed is None or grant.relation in allowed[0]:
        uses = [swipe for swipe in uses if _breaks(rule, context, grant, swipe.time)]
        if not uses:
            return None
        allowed = _allowed(rule, context, grant, uses[0].time)
    amount = sum(account_money(swipe) for swipe in uses)
    never: list[str] = rule.at(grant.time)["never"]
    return found(
        [grant, *uses],
        amount=amount,
        involved=sum(swipe.fee for swipe in uses),
        area=grant.owner_area,
        severity=1 if grant.relation in never else 2,
        assumed=allowed[1] if allowed is not None else (),
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
    allowed = _allowed(rule, context, grant, time)
    return allowed is not None and grant.relation not in allowed[0]


def _allowed(
    rule: Rule, context: Context, grant: Grant, time: int
) -> tuple[frozenset[str], tuple[str, ...]] | None:
    """The relations allowed at a time, and which of the values an overlay filled in."""
    paths = (*rule.meta.policy, _ALSO)
    values: list[Value | None] = [context.law(grant.owner_area, path, time) for path in paths]
    if values[0] is None:
        return None
    codes = frozenset(code for value in values if value is not None for code in value.codes)
    filled = tuple(
        path
        for path, value in zip(paths, values, strict=True)
        if value is not None and value.filled
    )
    return codes, filled
