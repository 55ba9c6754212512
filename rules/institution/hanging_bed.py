"""A bed that was occupied on paper only: days on end without any service, or next to no cost.

Fee lines date their services. A stay whose services are dated as they happen, and which then has
days on end without any but the bed, was interrupted while the bed was kept. A stay that cost less
than its days could is one that needed no bed, and so is one of several days on most of which bed,
nursing and the doctor's round were charged and nothing else, whatever they come to.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, Final, NamedTuple

from events.national_codes import DscgWay
from events.times import day_of, day_start
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Line, Refund, Stay, Visit
from rules.impersonation.drawn import paid
from rules.impersonation.stays import is_inpatient
from rules.institution.admissions import Admission, admissions, gone
from rules.institution.bare_stays import bare_days
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit, Stay, Refund)
SUBJECT: Final = "person"
_BED: Final = "01"
_UNIT: Final = 1000
_AWAY: Final = frozenset({DscgWay.TRANSFERRED, DscgWay.DEATH})
Limits = Mapping[str, Any]


class Gap(NamedTuple):
    """Days on end without a service: the first, and how many."""

    first: int
    days: int


def check(
    rule: Rule, context: Context, person: Person, record: Visit | Stay | Refund
) -> Iterable[Verdict]:
    """One matter a stay: that nothing was done in it on days on end or most days, or little."""
    if isinstance(record, Visit) and not is_inpatient(record):
        return ()
    return _verdicts(rule, context, person, record)


def _verdicts(
    rule: Rule, context: Context, person: Person, record: Visit | Stay | Refund
) -> Iterator[Verdict]:
    if not any(map(is_inpatient, person.visits)):
        return
    limits = rule.at(record.time)
    stays = [
        stay for stay in admissions(person, limits["longest"]) if stay.visits and stay.bed.closed
    ]
    if person.standing:
        yield from gone(rule, person, {stay.about for stay in stays})
    for stay in stays:
        finding = _look(limits, context, stay)
        if finding is not None and stay.rev_at:
            finding = withdrawn(finding)
        yield Verdict(stay.about, finding)


def _look(limits: Limits, context: Context, stay: Admission) -> Finding | None:
    visits = stay.standing or stay.visits
    lines = [line for visit in visits for line in visit.lines if line.amount > 0]
    gap = _gap(limits, stay, lines)
    fee = sum(visit.fee for visit in visits)
    nights = max(stay.ends - stay.begins, 1)
    bare = 0 if stay.ways & _AWAY else bare_days(limits, stay, visits)
    if gap is None and not bare and not _is_cheap(limits, stay, fee, nights):
        return None
    amount = sum(paid(visit) for visit in visits)
    zh, en = "费用过低", "next to no cost"
    if bare:
        zh, en = (
            f"其中{bare}天仅有床位、护理和诊察费",
            f"nothing but bed, nursing and rounds charged on {bare} of the days",
        )
    if gap is not None:
        zh, en = (
            f"连续{gap.days}天除床位外无任何费用",
            f"{gap.days} days on end without any service",
        )
    return found(
        stay.records,
        amount=amount,
        involved=fee,
        area=visits[0].insured_area,
        severity=2 if gap is not None or bare == nights else 3,
        evidence={
            "institution": context.name_of(stay.bed.inst),
            "admitted_at": stay.bed.time,
            "discharged_at": stay.bed.until,
            "nights": nights,
            "idle_days": gap.days if gap is not None else bare,
            "idle_from_at": day_start(gap.first) if gap is not None else 0,
            "reason_zh": zh,
            "reason_en": en,
            "fee_fen": fee,
            "paid_fen": amount,
        },
    )


def _is_cheap(limits: Limits, stay: Admission, fee: int, nights: int) -> bool:
    """Whether a whole stay cost less than any stay can."""
    if nights < limits["least_nights"] or stay.ways & _AWAY or fee <= 0:
        return False
    if fee < limits["cheap"]:
        return True
    return fee < min(int(limits["cheap_long"]), int(limits["cheap_night"]) * nights)


def _gap(limits: Limits, stay: Admission, lines: list[Line]) -> Gap | None:
    """The longest run of days without a service, where services are dated as they happen."""
    if stay.ends - stay.begins <= limits["idle_days"]:
        return None
    days: set[int] = set()
    for line in lines:
        if line.category == _BED or "床位" in line.name:
            continue
        if not line.at or line.quantity >= limits["summed"] * _UNIT:
            return None
        days.add(day_of(line.at))
    inside = sorted(day for day in days if stay.begins <= day <= stay.ends)
    if len(inside) < limits["fee_days"] or inside[0] > stay.begins + 1:
        return None
    marks = [*inside, stay.ends]
    gaps = [Gap(day + 1, after - day - 1) for day, after in pairwise(marks)]
    longest = max(gaps, key=lambda gap: (gap.days, -gap.first))
    return longest if longest.days >= limits["idle_days"] else None
