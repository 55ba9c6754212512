"""Somebody else's account used without an authorisation in force.

An owner's authorisation holds from the moment it is given until the moment it is taken back; what
counts is when that happened, not when it was reported. One that is given when the owner had died is
none, however late the death becomes known; what the owner gave before may still be used.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from events.times import date_of, day_of
from rules.cash_out.family import GRANT, home_of, last_word
from rules.cash_out.windows import account_money
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.digests import pseudonym
from rules.histories.keyed import ACCOUNT, Account
from rules.histories.records import Grant, Status, Swipe
from rules.histories.series import between
from rules.impersonation.survival import reported_death
from rules.rule import Rule

KIND: Final = ACCOUNT
RECORDS: Final = (Swipe, Grant, Status)
SUBJECT: Final = "account"
_STATES: Final = {
    False: ("没有已知的授权", "no authorisation is known"),
    True: ("授权已解除", "revoked before"),
}
_ALIVE: Final = "1"
_DEAD: Final = ("授权办理时账户所有人已死亡", "authorised when the owner had died")


def check(
    rule: Rule, context: Context, account: Account, record: Swipe | Grant | Status
) -> Iterable[Verdict]:
    """One matter a settlement paid from another person's account."""
    if isinstance(record, Swipe):
        return (_verdict(rule, context, account, record),) if record.owner else ()
    if not account.swipes:
        return ()
    if isinstance(record, Status):
        if not account.grants or not _may_have_died(account):
            return ()
        return [_verdict(rule, context, account, swipe) for swipe in account.swipes if swipe.owner]
    return [
        _verdict(rule, context, account, swipe)
        for swipe in between(account.swipes, record.time, account.swipes[-1].time)
        if swipe.owner and swipe.psn_no == record.user
    ]


def _verdict(rule: Rule, context: Context, account: Account, swipe: Swipe) -> Verdict:
    finding = _look(rule, context, account, swipe)
    return Verdict(swipe.event_id, withdrawn(finding) if swipe.rev_at else finding)


def _look(rule: Rule, context: Context, account: Account, swipe: Swipe) -> Finding | None:
    grant, void, died = _words(rule.at(swipe.time), account, swipe)
    if grant is not None and grant.action == GRANT:
        return None
    path = rule.meta.policy[0]
    required = context.law(home_of(grant, swipe), path, swipe.time)
    if required is None or not required.flag:
        return None
    state_zh, state_en = _STATES[grant is not None] if void is None else _DEAD
    ended = grant.time if grant is not None and void is None else None
    told: dict[str, Any] = {}
    if void is not None:
        told = {"granted_at": void.time, "died_on": date_of(died).isoformat()}
    amount = account_money(swipe)
    return found(
        [swipe] if void is None else [void, swipe],
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
            "ended_at": ended,
            **told,
        },
    )


def _may_have_died(account: Account) -> bool:
    """Whether any report ever told of the owner's death."""
    return any(
        status.death_day is not None or (status.survival and status.survival != _ALIVE)
        for status in account.statuses
    )


def _words(
    limits: Mapping[str, Any], account: Account, swipe: Swipe
) -> tuple[Grant | None, Grant | None, int]:
    """The owner's last word about the user, a void authorisation after it, and the day of death."""
    if not account.statuses or not _may_have_died(account):
        return last_word(account, swipe.psn_no, swipe.time), None, 0
    _, died = reported_death(account.statuses, limits["dead"])
    word = void = None
    for grant in account.grants:
        if grant.time > swipe.time:
            break
        if grant.user != swipe.psn_no:
            continue
        late = died is not None and day_of(grant.time) > died + limits["grace_days"]
        if late and grant.action == GRANT:
            void = grant
        else:
            word, void = grant, None
    return word, void, died or 0
