"""An account paid out for a death, an emigration or a transfer that did not take place.

Paid out for a death, but the person goes on being treated and no report of the death ever fits;
paid out for leaving, but the insurance goes on paying for the person where it was. A notice that
arrives later takes the finding back.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from events.codes import name_of
from events.times import DAY, HOUR, day_of
from rules.context import Context
from rules.findings import Finding, Verdict, found
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Payout, Status, Visit
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Payout, Visit, Status)
SUBJECT: Final = "account"
_DEATH: Final = "death"
_POOLING_AREA: Final = 4


def check(
    rule: Rule, context: Context, person: Person, record: Payout | Visit | Status
) -> Iterable[Verdict]:
    """One matter a payout."""
    if not person.payouts:
        return ()
    return [
        Verdict(payout.event_id, _look(rule.at(payout.time), context, person, payout))
        for payout in person.payouts
        if not isinstance(record, Visit) or record.time > payout.time
    ]


def _look(
    limits: Mapping[str, Any], context: Context, person: Person, payout: Payout
) -> Finding | None:
    if payout.reason not in limits["reasons"] or _noticed(limits, person, payout):
        return None
    back = _insured_anew(person, payout)
    later = [
        visit
        for visit in person.visits
        if _contradicts(limits, payout, visit) and (back is None or day_of(visit.time) < back)
    ]
    if not later:
        return None
    return found(
        [payout],
        amount=payout.amount,
        involved=payout.amount + sum(visit.fee for visit in later),
        area=payout.area,
        also=[visit.setl_id for visit in later],
        evidence={
            "paid_at": payout.time,
            "amount_fen": payout.amount,
            "reason": payout.reason,
            "reason_zh": name_of("payout_reason", payout.reason),
            "times": len(later),
            "first_at": later[0].time,
            "institution": context.name_of(later[0].inst),
        },
    )


def _noticed(limits: Mapping[str, Any], person: Person, payout: Payout) -> bool:
    """Whether a report says that the person had died, or the insurance ended, by the payout."""
    day = day_of(payout.time)
    if payout.reason == _DEATH:
        return any(
            status.death_day is not None and status.death_day <= day for status in person.statuses
        ) or any(status.survival in limits["dead"] for status in person.statuses)
    return any(
        status.state in limits["ended"] or (status.end_day is not None and status.end_day <= day)
        for status in person.statuses
    )


def _insured_anew(person: Person, payout: Payout) -> int | None:
    """Day number from which on somebody who had left was insured again; None if never told."""
    if payout.reason == _DEATH:
        return None
    day, area = day_of(payout.time), payout.area[:_POOLING_AREA]
    begins = [
        status.begin_day
        for status in person.statuses
        if status.begin_day is not None
        and status.begin_day > day
        and status.area[:_POOLING_AREA] in ("", area)
    ]
    return min(begins, default=None)


def _contradicts(limits: Mapping[str, Any], payout: Payout, visit: Visit) -> bool:
    """Whether a settlement shows that what the payout was made for did not happen."""
    if visit.rev_at:
        return False
    if payout.reason == _DEATH:
        return visit.time > payout.time + int(limits["grace_hours"]) * HOUR
    same_area = visit.insured_area[:_POOLING_AREA] == payout.area[:_POOLING_AREA]
    paid = visit.fund or visit.account > visit.shared or (visit.account and not visit.owner)
    return bool(same_area and paid and visit.time > payout.time + limits["grace_days"] * DAY)
