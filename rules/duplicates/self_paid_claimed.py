"""A visit inside the region that the insured chose to pay in full is claimed by hand later.

Where policy says that such a visit is not reimbursed (Ningxia, article 22), a paid manual claim
for care inside the region must have a reason why it was not settled directly. The visit itself,
settled without insurance money, or a reason that names the insured's own choice makes it clear;
without either it is suspicious. A visit that was settled directly is another matter: its
expense was claimed again.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from events.local_codes import Scheme
from events.times import day_of
from rules.context import Context
from rules.duplicates.claims import (
    claim_paid,
    claims_since,
    counts,
    day_claimed,
    days_of,
    is_told_again,
    one_receipt,
    same_expense,
    settled_before,
)
from rules.findings import Finding, Verdict, found, stood, withdrawn
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Claim, Permit, Status, Visit
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Claim, Visit, Status, Permit)
SUBJECT: Final = "person"
_LAW: Final = "manual_claim.in_region_self_paid"
_REGION: Final = "offsite.region"
_SCHEMES: Final = frozenset(
    {Scheme.GENERAL, Scheme.CHRONIC, Scheme.TWO_DISEASE, Scheme.PHARMACY, Scheme.OTHER}
)
_LONG_NUMBER: Final = re.compile(r"\d[\dXx]{5,}")
_SHOWN: Final = 60
_COVERED: Final = frozenset({"1", ""})


def check(
    rule: Rule, context: Context, person: Person, record: Claim | Visit | Status | Permit
) -> Iterable[Verdict]:
    """One matter a claim."""
    if not person.claims:
        return ()
    claims = claims_since(person, record) if isinstance(record, Visit) else person.claims
    return [
        Verdict(
            claim.event_id,
            None if is_told_again(person, claim) else _judged(rule, context, person, claim),
        )
        for claim in claims
        if counts(claim) and claim.scheme in _SCHEMES and _barred(context, claim)
    ]


def _barred(context: Context, claim: Claim) -> bool:
    """Whether the policy of the day does not reimburse a self-paid visit at the claim's place."""
    when = claim.begin or claim.time
    law = context.law(claim.insured_area, _LAW, when)
    region = context.law(claim.insured_area, _REGION, when)
    if law is None or region is None or law.text != "not_reimbursed":
        return False
    digits = 2 if region.text == "province" else 4
    home = claim.insured_area[:digits]
    return claim.area.startswith(home) and _area(context, claim).startswith(home)


def _area(context: Context, claim: Claim) -> str:
    """Area of the claim's institution: as known, else as its code says, else as claimed."""
    known = context.institutions.get(claim.inst)
    if known is not None and known.area:
        return known.area
    coded = claim.inst[1:7]
    return coded if coded.isdigit() and len(coded) == 6 else claim.area


def _judged(rule: Rule, context: Context, person: Person, claim: Claim) -> Finding | None:
    numbers = rule.at(claim.time)
    reason = claim.reason.lower()
    if any(word in reason for word in numbers["exempt_reasons"]):
        return None
    if _exempt(numbers, person, claim):
        return None
    visits = [visit for visit in settled_before(person, claim) if _concerns(claim, visit)]
    if not any(visit.rev_at for visit in visits):
        return _look(rule, context, person, claim, visits)
    if not all(stood(visit, claim.time) for visit in visits):
        return None
    return withdrawn(_look(rule, context, person, claim, visits))


def _concerns(claim: Claim, visit: Visit) -> bool:
    """Whether a settlement is of the claim's visit; for a reversed one its total may differ."""
    if same_expense(claim, visit):
        return True
    return bool(visit.rev_at) and claim.inst == visit.inst and day_claimed(claim) in days_of(visit)


def _exempt(numbers: Mapping[str, Any], person: Person, claim: Claim) -> bool:
    """Whether the person could not settle directly, or had filed that they would not."""
    when = claim.begin or claim.time
    day = day_of(when)
    if any(
        permit.action != "cancel"
        and permit.kind in numbers["exempt_filings"]
        and (permit.begin_day is None or permit.begin_day <= day)
        and (permit.end_day is None or permit.end_day >= day)
        for permit in person.permits
    ):
        return True
    known = {status.insurance: status for status in person.statuses if status.time <= when}
    if known:
        return not any(_covers(status, day) for status in known.values())
    return any(
        status.begin_day is not None and 0 <= day - status.begin_day <= numbers["recent_days"]
        for status in person.statuses
        if status.time <= claim.time
    )


def _covers(status: Status, day: int) -> bool:
    return (
        status.state in _COVERED
        and (status.begin_day is None or status.begin_day <= day)
        and (status.end_day is None or status.end_day >= day)
    )


def _look(
    rule: Rule, context: Context, person: Person, claim: Claim, visits: Sequence[Visit]
) -> Finding | None:
    if any(_directly_paid(claim, visit) for visit in visits):
        return None
    numbers = rule.at(claim.time)
    reason = claim.reason.lower()
    own = any(word in reason for word in numbers["own_reasons"])
    if not visits and not own and not _suspicious(numbers, context, person, claim):
        return None
    return found(
        [*visits, claim],
        amount=claim_paid(claim),
        involved=claim.fee,
        area=claim.insured_area,
        severity=1 if visits or own else 2,
        evidence={
            "institution": context.name_of(claim.inst or (visits[0].inst if visits else "")),
            "visited_at": claim.begin or claim.time,
            "claimed_at": claim.time,
            "fee_fen": claim.fee,
            "claimed_fen": claim_paid(claim),
            "reason": _shown(claim.reason),
            "self_paid_settlements": len(visits),
        },
    )


def _shown(reason: str) -> str:
    """A reason as alerts may show it: short, without the numbers people write into it."""
    return _LONG_NUMBER.sub("…", reason)[:_SHOWN]


def _directly_paid(claim: Claim, visit: Visit) -> bool:
    """Whether insurance paid a visit, or would with the claim pay more than it cost."""
    if visit.fund or visit.pool:
        return True
    account = visit.account or visit.shared
    return bool(account) and account + claim_paid(claim) > visit.fee


def _suspicious(numbers: Mapping[str, Any], context: Context, person: Person, claim: Claim) -> bool:
    """Whether a claim alone, for care at a designated institution, tells no reason at all."""
    reason = claim.reason.lower()
    if any(word in reason for word in numbers["offsite_reasons"]) or not claim.inst:
        return False
    if context.institutions and claim.inst not in context.institutions:
        return False
    return not any(
        other.event_id != claim.event_id and one_receipt(other.bill, claim.bill)
        for other in person.claims
    )
