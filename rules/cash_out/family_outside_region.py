"""An account shared beyond the region within which it may be shared or used.

Two demands: the relative must be insured in the region (seen when the authorisation is given, or
from a relative's settlement), and the shared money must be spent in it.
"""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from rules.cash_out.family import GRANT, apart, home_of, last_word, outside, touched, uses_under
from rules.cash_out.windows import account_money
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.digests import pseudonym
from rules.histories.keyed import ACCOUNT, Account
from rules.histories.records import Grant, Record, Swipe
from rules.rule import Rule

KIND: Final = ACCOUNT
RECORDS: Final = (Swipe, Grant)
SUBJECT: Final = "account"


class Demand(NamedTuple):
    """One of the two demands: which of the rule's policy paths, and what a breach is called."""

    at: int
    zh: str
    en: str


_INSURED: Final = Demand(0, "共济人在区域外参保", "the relative is insured outside the region")
_SPENT: Final = Demand(1, "在区域外使用共济资金", "shared money was spent outside the region")


def check(
    rule: Rule, context: Context, account: Account, record: Swipe | Grant
) -> Iterable[Verdict]:
    """One matter an authorisation of somebody insured elsewhere, one a use elsewhere."""
    if isinstance(record, Swipe):
        if not record.owner:
            return ()
        verdicts = [_used(rule, context, account, record)]
    else:
        verdicts = [
            _used(rule, context, account, swipe)
            for swipe in account.swipes
            if swipe.psn_no == record.user and swipe.owner and swipe.time >= record.time
        ]
    for grant in touched(account, record):
        if account.standing or apart(grant.owner_area, grant.user_area):
            finding = _granted(rule, context, account, grant)
            verdicts.append(Verdict(grant.event_id, finding))
    return verdicts


def _used(rule: Rule, context: Context, account: Account, swipe: Swipe) -> Verdict:
    finding = _use(rule, context, account, swipe)
    return Verdict(swipe.event_id, withdrawn(finding) if swipe.rev_at else finding)


def _use(rule: Rule, context: Context, account: Account, swipe: Swipe) -> Finding | None:
    """A use outside the region, or by somebody insured elsewhere whom no authorisation shows so."""
    grant = last_word(account, swipe.psn_no, swipe.time)
    home = home_of(grant, swipe)
    if _breaks(rule, context, _SPENT, home, swipe.area, swipe.time):
        return _finding(rule, context, _SPENT, home, swipe.psn_no, [swipe], [swipe])
    known = grant.user_area if grant is not None and grant.action == GRANT else ""
    if _breaks(rule, context, _INSURED, home, known, swipe.time):
        return None
    if _breaks(rule, context, _INSURED, home, swipe.insured_area, swipe.time):
        return _finding(rule, context, _INSURED, home, swipe.psn_no, [swipe], [swipe])
    return None


def _granted(rule: Rule, context: Context, account: Account, grant: Grant) -> Finding | None:
    """An authorisation of somebody insured outside the region, with what was spent under it."""
    home = grant.owner_area
    if not _breaks(rule, context, _INSURED, home, grant.user_area, grant.time):
        return None
    uses = [swipe for swipe in uses_under(account, grant) if not swipe.rev_at]
    return _finding(rule, context, _INSURED, home, grant.user, [grant, *uses], uses)


def _breaks(rule: Rule, context: Context, demand: Demand, home: str, area: str, time: int) -> bool:
    if not apart(home, area):
        return False
    region = context.law(home, rule.meta.policy[demand.at], time)
    return region is not None and outside(region.text, home, area)


def _finding(
    rule: Rule,
    context: Context,
    demand: Demand,
    home: str,
    user: str,
    records: Sequence[Record],
    uses: Sequence[Swipe],
) -> Finding:
    amount = sum(account_money(swipe) for swipe in uses)
    path = rule.meta.policy[demand.at]
    region = context.law(home, path, records[0].time)
    return found(
        records,
        amount=amount,
        involved=sum(swipe.fee for swipe in uses),
        area=home,
        assumed=(path,) if region is not None and region.filled else (),
        evidence={
            "why_zh": demand.zh,
            "why_en": demand.en,
            "region": region.text if region is not None else "",
            "user": pseudonym(user),
            "uses": len(uses),
            "amount_fen": amount,
            "since_at": records[0].time,
            "institution": context.name_of(uses[0].inst) if uses else "",
        },
    )
