"""One account shared with more people than a family has.

An authorisation is looked at together with all others in force then and those who used the account
of late: there are too many, or relations that exclude each other, such as two spouses at a time.
Somebody's first use without authorisation is looked at together with who else used it of late. A
big family (spouse, parents of both, three children) stays below.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from events.times import DAY
from rules.cash_out.family import GRANT, last_word
from rules.cash_out.windows import account_money, is_raised, month_bounds, months_from
from rules.context import Context
from rules.findings import Finding, Verdict, found, stands, stood, withdrawn
from rules.histories.digests import pseudonym
from rules.histories.keyed import ACCOUNT, Account
from rules.histories.records import Grant, Swipe
from rules.histories.series import between
from rules.rule import Rule

KIND: Final = ACCOUNT
RECORDS: Final = (Grant, Swipe)
SUBJECT: Final = "account"
Counts = Callable[[Swipe, int], bool]
"""Whether a settlement counts at a time."""

_ZH: Final = {"spouse": "配偶", "parent": "父母", "spouse_parent": "配偶父母", "child": "子女"}


class Crowd(NamedTuple):
    """Whom an account serves too many of at a moment, and why."""

    users: frozenset[str]
    grants: tuple[Grant, ...]
    contradiction: str


def check(
    rule: Rule, context: Context, account: Account, record: Grant | Swipe
) -> Iterable[Verdict]:
    """One matter a calendar month: the authorisations and uses that are too many in it."""
    if isinstance(record, Swipe) and not record.owner:
        return ()
    limits = rule.at(record.time)
    if not _possible(limits, account):
        return ()
    follow = limits["follow_days"] * DAY
    reach = limits["window_days"] * DAY
    for series in (account.grants, account.swipes):
        if series:
            reach = max(reach, series[-1].time - record.time)
    return [
        Verdict(month, _look(rule, context, account, month))
        for month in months_from(record.time - follow, reach + follow)
        if is_raised(rule, account, month) or _may_show(account, month, record.time)
    ]


def _may_show(account: Account, month: str, time: int) -> bool:
    """Whether a record of that time can show too many in a month in which they were not before.

    It is looked at together with what came before it, and only sharing and use show anything.
    """
    first, last = month_bounds(month)
    if last < time:
        return False
    return bool(between(account.grants, first, last) or between(account.swipes, first, last))


def _possible(limits: Mapping[str, Any], account: Account) -> bool:
    """Whether there were ever enough people; a cheap test before the months are looked at."""
    if len(account.grants) <= 1 and len(account.grants) + len(account.swipes) <= limits["most"]:
        return False
    granted = [grant for grant in account.grants if grant.action == GRANT]
    if len(granted) > 1 and _clash(limits, granted)[0]:
        return True
    if len(granted) + len(account.swipes) <= limits["most"]:
        return False
    users = {swipe.psn_no for swipe in account.swipes if swipe.owner}
    users.update([grant.user for grant in granted])
    return bool(len(users) > limits["most"])


def _look(rule: Rule, context: Context, account: Account, month: str) -> Finding | None:
    finding = _found(rule, context, account, month, lambda swipe, _: stands(swipe))
    if finding is None and any(swipe.rev_at for swipe in account.swipes):
        finding = withdrawn(_found(rule, context, account, month, stood))
    return finding


def _found(
    rule: Rule, context: Context, account: Account, month: str, counts: Counts
) -> Finding | None:
    first, last = month_bounds(month)
    limits = rule.at(first)
    follow = last + limits["follow_days"] * DAY
    uses = [s for s in between(account.swipes, first, follow) if s.owner and counts(s, s.time)]
    crowds: list[Crowd] = []
    taking: dict[str, Swipe] = {}
    for grant in between(account.grants, first, last):
        crowd = _allowed(limits, account, grant, counts) if grant.action == GRANT else None
        if crowd is not None:
            crowds.append(crowd)
            taking |= {use.event_id: use for use in uses if use.psn_no in crowd.users}
    for anchor in uses:
        crowd = _using(limits, account, anchor, counts) if anchor.time <= last else None
        if crowd is not None:
            crowds.append(crowd)
            taking |= {use.event_id: use for use in uses if use.psn_no in crowd.users}
    ordered = sorted(taking.values(), key=lambda use: (use.time, use.event_id))
    return _finding(context, month, crowds, ordered) if crowds else None


def _finding(
    context: Context, month: str, crowds: Sequence[Crowd], taking: Sequence[Swipe]
) -> Finding:
    users = frozenset(user for crowd in crowds for user in crowd.users)
    grants = {grant.event_id: grant for crowd in crowds for grant in crowd.grants}
    contradictions = {crowd.contradiction for crowd in crowds} - {""}
    amount = sum(account_money(swipe) for swipe in taking)
    area = taking[-1].insured_area if taking else next(iter(grants.values())).owner_area
    return found(
        [*grants.values(), *taking],
        amount=amount,
        involved=sum(swipe.fee for swipe in taking),
        area=area,
        severity=1 if contradictions else 2,
        evidence={
            "users": len(users),
            "authorised": len({grant.user for grant in grants.values()}),
            "uses": len(taking),
            "contradictions": sorted(contradictions),
            "contradictions_zh": "、".join(_ZH.get(one, one) for one in sorted(contradictions))
            or "无",
            "contradictions_en": ", ".join(sorted(contradictions)) or "none",
            "amount_fen": amount,
            "month": month,
            "institution": context.name_of(taking[-1].inst) if taking else "",
            "people": sorted(map(pseudonym, users)),
        },
    )


def _allowed(
    limits: Mapping[str, Any], account: Account, anchor: Grant, counts: Counts
) -> Crowd | None:
    """Who is too many at the moment of an authorisation; None if nobody is."""
    in_force: dict[str, Grant] = {}
    for grant in account.grants:
        if (grant.time, grant.event_id) > (anchor.time, anchor.event_id):
            break
        if grant.action == GRANT:
            in_force[grant.user] = grant
        else:
            in_force.pop(grant.user, None)
    users = _recent(limits, account, anchor.time, counts) | in_force.keys()
    authorised = tuple(in_force.values())
    contradiction, clashing = _clash(limits, authorised)
    if len(users) > limits["most"] or (contradiction and len(users) > limits["few"]):
        return Crowd(frozenset(users), authorised, contradiction)
    if not contradiction:
        return None
    return Crowd(frozenset(grant.user for grant in clashing), clashing, contradiction)


def _using(
    limits: Mapping[str, Any], account: Account, anchor: Swipe, counts: Counts
) -> Crowd | None:
    """Who is too many when somebody new uses the account without authorisation, or None."""
    word = last_word(account, anchor.psn_no, anchor.time)
    if word is not None and word.action == GRANT:
        return None
    known = _recent(limits, account, anchor.time - 1, counts)
    users = known | {anchor.psn_no}
    if len(users) <= limits["most"] or len(users) == len(known):
        return None
    return Crowd(frozenset(users), (), "")


def _recent(limits: Mapping[str, Any], account: Account, time: int, counts: Counts) -> set[str]:
    begin = time - limits["window_days"] * DAY
    swipes = between(account.swipes, begin, time)
    return {swipe.psn_no for swipe in swipes if swipe.owner and counts(swipe, time)}


def _clash(limits: Mapping[str, Any], grants: Sequence[Grant]) -> tuple[str, tuple[Grant, ...]]:
    """A kind of relation that is held by more people than it can be, and by whom."""
    kinds: dict[str, str] = limits["counted_as"]
    told = [kinds.get(grant.relation, "") for grant in grants]
    for kind, most in limits["most_of"].items():
        if told.count(kind) > most:
            clashing = [grant for grant in grants if kinds.get(grant.relation) == kind]
            return kind, tuple(clashing)
    return "", ()
