"""A settlement, or care claimed by hand, after the day of death, however late that becomes known.

The day of death and the day after are quiet, and so is the hospital's bill for a stay that began
before. The family may claim at any time for care that began before the death; a claim counts by
when its care began.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from events.times import date_of, day_of, day_start
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import RED, Claim, Status, Stay, Visit
from rules.impersonation.drawn import paid, verdict
from rules.impersonation.stays import began, is_inpatient
from rules.impersonation.survival import death_day, may_have_died
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit, Status, Stay, Claim)
SUBJECT: Final = "person"
_CASH_ONLY: Final = 3
"""Somebody used a dead person's credential, but nobody lost money by it."""
_SETTLED: Final[dict[str, Any]] = {"way_zh": "结算", "way_en": "settled"}
_BY_HAND: Final[dict[str, Any]] = {
    "way_zh": "就诊（事后手工报销）",
    "way_en": "gave care that was claimed by hand",
}


def check(
    rule: Rule, context: Context, person: Person, record: Visit | Status | Stay | Claim
) -> Iterable[Verdict]:
    """One matter a settlement or manual claim: that the person had died before."""
    if not may_have_died(person):
        return ()
    died = death_day(person, rule.at(record.time)["dead"])
    visits: Sequence[Visit] = () if isinstance(record, Claim) else person.visits
    claims: Sequence[Claim] = person.claims
    if isinstance(record, Visit):
        visits, claims = (record,), ()
    return [
        verdict(visit, None if died is None else _look(rule, context, person, visit, died))
        for visit in visits
    ] + [Verdict(claim.event_id, _claimed(rule, context, person, claim, died)) for claim in claims]


def _look(rule: Rule, context: Context, person: Person, visit: Visit, died: int) -> Finding | None:
    parameters = rule.at(visit.time)
    late = day_of(visit.time) - died
    if late <= parameters["grace_days"]:
        return None
    if is_inpatient(visit) or visit.scheme in parameters["billed_later"]:
        start = began(person, visit)
        if start <= day_start(died + 1) and late <= parameters["billing_days"]:
            return None
    amount = paid(visit)
    return found(
        [visit],
        amount=amount,
        involved=visit.fee,
        area=visit.insured_area,
        severity=None if amount else _CASH_ONLY,
        evidence={
            "institution": context.name_of(visit.inst),
            "settled_at": visit.time,
            "died_on": date_of(died).isoformat(),
            "days": late,
            "paid_fen": amount,
            **_SETTLED,
        },
    )


def _claimed(
    rule: Rule, context: Context, person: Person, claim: Claim, died: int | None
) -> Finding | None:
    """What a claim says: that care was paid for which began after the death."""
    amount = claim.fund or claim.pool
    if died is None or not claim.begin or not amount or claim.bill_flag == RED:
        return None
    late = day_of(claim.begin) - died
    if late <= rule.at(claim.time)["grace_days"] or _told_before(person, claim):
        return None
    finding = found(
        [claim],
        amount=amount,
        involved=claim.fee,
        area=claim.insured_area,
        evidence={
            "institution": context.name_of(claim.inst),
            "settled_at": claim.begin,
            "died_on": date_of(died).isoformat(),
            "days": late,
            "paid_fen": amount,
            **_BY_HAND,
        },
    )
    return withdrawn(finding) if _taken_back(person, claim) else finding


def _told_before(person: Person, claim: Claim) -> bool:
    """Whether the same claim was paid in an earlier report of it."""
    return any(
        claim.claim_id
        and other.claim_id == claim.claim_id
        and (other.time, other.event_id) < (claim.time, claim.event_id)
        and (other.fund or other.pool)
        and other.bill_flag != RED
        for other in person.claims
    )


def _taken_back(person: Person, claim: Claim) -> bool:
    """Whether the claim's receipt was cancelled by a red one afterwards."""
    return any(
        claim.bill
        and other.bill == claim.bill
        and other.bill_flag == RED
        and other.time >= claim.time
        for other in person.claims
    )
