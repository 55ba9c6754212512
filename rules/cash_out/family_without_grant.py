"""Somebody else's account used without an authorisation in force.

An owner's authorisation holds from the moment it is given until the moment it is taken back; what
counts is when that happened, not when it was reported.
"""

from collections.abc import Iterable
from typing import Final

from rules.cash_out.family import GRANT, home_of, last_word
from rules.cash_out.windows import account_money
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.digests import pseudonym
from rules.histories.keyed import ACCOUNT, Account
from rules.histories.records import Grant, Swipe
from rules.histories.series import between
from rules.rule import Rule

KIND: Final = ACCOUNT
RECORDS: Final = (Swipe, Grant)
SUBJECT: Final = "account"
_STATES: Final = {False: ("从未授权", "never authorised"), True: ("授权已解除", "revoked before")}


def check(
    rule: Rule, context: Context, account: Account, record: Swipe | Grant
) -> Iterable[Verdict]:
    """One matter a settlement paid from another person's account."""
    if isinstance(record, Swipe):
        return (_verdict(rule, context, account, record),) if record.owner else ()
    if not account.swipes:
        return ()
    return [
        _verdict(rule, context, account, swipe)
        for swipe in between(account.swipes, record.time, account.swipes[-1].time)
        if swipe.owner and swipe.psn_no == record.user
    ]


def _verdict(rule: Rule, context: Context, account: Account, swipe: Swipe) -> Verdict:
    finding = _look(rule, context, account, swipe)
    return Verdict(swipe.event_id, withdrawn(finding) if swipe.rev_at else finding)


def _look(rule: Rule, context: Context, account: Account, swipe: Swipe) -> Finding | None:
    grant = last_word(account, swipe.psn_no, swipe.time)
    if grant is not None and grant.action == GRANT:
        return None
    path = rule.meta.policy[0]
    required = context.law(home_of(grant, swipe), path, swipe.time)
    if required is None or not required.flag:
        return None
    state_zh, state_en = _STATES[grant is not None]
    amount = account_money(swipe)
    return found(
        [swipe],
        amount=amount,
        involved=swipe.fee,
        area=swipe.insured_area,
        assumed=(path,) if required.filled else (),
        evidence={
            "institution": context.name_of(swipe.inst),
            "used_at": swipe.time,
            "user": pseudonym(swipe.psn_no),
            "shared_fen": amount,
            "state_zh": state_zh,
            "state_en": state_en,
            "ended_at": grant.time if grant is not None else None,
        },
    )
