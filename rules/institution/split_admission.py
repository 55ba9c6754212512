"""One stay cut into two: back in the same hospital for the same disease within days.

A discharge and an admission too close to each other, with one main diagnosis, are one stay that
was cut to have two payments. Planned returns (chemotherapy, radiation, dialysis), psychiatry and
births, transfers and emergencies are left out.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from events.national_codes import DscgWay, MedType
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Refund, Stay, Visit
from rules.impersonation.drawn import paid
from rules.impersonation.stays import is_inpatient
from rules.institution.admissions import Admission, admissions, gone
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit, Stay, Refund)
SUBJECT: Final = "person"
_MOVED: Final = frozenset({DscgWay.TRANSFERRED, DscgWay.COMMUNITY, DscgWay.DEATH})
_URGENT: Final = (str(MedType.EMERGENCY_ADMISSION), str(MedType.TRANSFER), str(MedType.INJURY))
_CATEGORY: Final = 3
Limits = Mapping[str, Any]


def check(
    rule: Rule, context: Context, person: Person, record: Visit | Stay | Refund
) -> Iterable[Verdict]:
    """One matter a stay: that it goes on with one that was said to be over."""
    if isinstance(record, Visit) and not is_inpatient(record):
        return ()
    return _verdicts(rule, context, person, record)


def _verdicts(
    rule: Rule, context: Context, person: Person, record: Visit | Stay | Refund
) -> Iterator[Verdict]:
    if len(person.stays) + len(person.visits) < 2:
        return
    limits = rule.at(record.time)
    known = admissions(person, limits["longest"])
    verdicts = {
        later.about: _judge(limits, context, before, later)
        for at, later in enumerate(known)
        if (before := [one for one in known[:at] if _is_near(limits, one, later)])
    }
    if person.standing:
        yield from gone(rule, person, verdicts)
    for about, finding in verdicts.items():
        yield Verdict(about, finding)


def _is_near(limits: Limits, one: Admission, later: Admission) -> bool:
    return (
        one.bed.inst == later.bed.inst
        and one.about != later.about
        and one.bed.closed
        and 0 <= later.begins - one.ends <= limits["watch_days"]
    )


def _judge(
    limits: Limits, context: Context, before: list[Admission], later: Admission
) -> Finding | None:
    for one in reversed(before):
        severity = _severity(limits, one, later)
        if not severity:
            continue
        gone = [at for at in (one.rev_at, later.rev_at) if at]
        if gone and min(gone) <= later.bed.time:
            continue
        finding = _finding(context, one, later, severity)
        return withdrawn(finding) if gone else finding
    return None


def _severity(limits: Limits, one: Admission, later: Admission) -> int:
    """How plainly the second stay goes on with the first; 0 where it does not."""
    first, second = one.diagnosis, later.diagnosis
    if not first or first[:_CATEGORY] != second[:_CATEGORY]:
        return 0
    if first.startswith(tuple(limits["returning"].split())) or one.ways & _MOVED:
        return 0
    if any(visit.med_type.startswith(_URGENT) for visit in later.visits):
        return 0
    if _is_course(limits, one) or _is_course(limits, later):
        return 0
    gap = later.begins - one.ends
    if gap <= limits["days"]:
        return 2
    return 3 if first == second else 0


def _is_course(limits: Limits, stay: Admission) -> bool:
    """Whether a stay is one of a course of treatments that the patient returns for."""
    words = limits["courses"].split()
    return any(
        word in line.name for visit in stay.visits for line in visit.lines for word in words
    ) or any(
        code.startswith(tuple(limits["returning"].split()))
        for visit in stay.visits
        for code in visit.diagnoses
    )


def _finding(context: Context, one: Admission, later: Admission, severity: int) -> Finding:
    amount = sum(paid(visit) for visit in later.standing or later.visits)
    return found(
        [*one.records, *later.records],
        amount=amount,
        involved=sum(visit.fee for visit in (*one.visits, *later.visits)),
        area=_area(one, later),
        severity=severity,
        evidence={
            "institution": context.name_of(later.bed.inst),
            "diagnosis": later.diagnosis,
            "first_admitted_at": one.bed.time,
            "discharged_at": one.bed.until,
            "admitted_at": later.bed.time,
            "days": later.begins - one.ends,
            "paid_fen": amount,
        },
    )


def _area(*stays: Admission) -> str:
    return next(
        (visit.insured_area for stay in stays for visit in stay.visits),
        next((message.area for stay in stays for message in stay.messages), ""),
    )
