"""Filled on a prescription that is not valid: expired, told to be invalid, withdrawn, not yet
issued, issued by somebody who is no physician, or for none of the drugs that were sold on it.

Says nothing of prescriptions that the platform never told of.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import lru_cache
from typing import Any, Final, NamedTuple

from events.identifiers import check_staff, is_physician
from events.national_codes import RxStas, RxUsedStas
from events.times import DAY, HOUR, MINUTE, day_of, day_start
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Script, Visit
from rules.histories.scripts import all_names, own_numbers
from rules.histories.spreading import at_pharmacy
from rules.impersonation.drawn import paid
from rules.institution.prescriptions import (
    numbers,
    scripts_of,
    sells_other_drugs,
)
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit, Script)
SUBJECT: Final = "person"
_REVOKED: Final = str(RxStas.REVOKED)
_INVALID: Final = str(RxStas.EXPIRED)
_USED: Final = str(RxUsedStas.USED)
Limits = Mapping[str, Any]


class Fault(NamedTuple):
    """What is wrong with a prescription, and what the platform told of it."""

    zh: str
    en: str
    script: Script
    severity: int


def check(
    rule: Rule, context: Context, person: Person, record: Visit | Script
) -> Iterable[Verdict]:
    """One matter a settlement at a pharmacy: that its prescription is not valid."""
    if not person.scripts or not person.visits:
        return ()
    limits = rule.at(record.time)
    if isinstance(record, Script):
        return _verdicts(limits, context, person, record)
    if at_pharmacy(record) and any(line.rx for line in record.lines):
        return (Verdict(record.event_id, _judge(limits, context, person, record)),)
    return ()


def _verdicts(
    limits: Limits, context: Context, person: Person, record: Script
) -> Iterator[Verdict]:
    known = all_names(person, own_numbers(record))
    for visit in person.visits:
        if at_pharmacy(visit) and any(line.rx in known for line in visit.lines):
            yield Verdict(visit.event_id, _judge(limits, context, person, visit))


def _judge(limits: Limits, context: Context, person: Person, visit: Visit) -> Finding | None:
    for number in sorted(numbers(visit, limits["digits"])):
        names = all_names(person, {number})
        scripts = scripts_of(person, names)
        fault = _fault(limits, scripts, visit, names) if scripts else None
        if fault is None:
            continue
        if visit.rev_at and visit.rev_at <= fault.script.time:
            continue
        finding = _finding(context, visit, number, fault)
        return withdrawn(finding) if visit.rev_at else finding
    return None


def _fault(
    limits: Limits, scripts: Sequence[Script], visit: Visit, names: Set[str]
) -> Fault | None:
    issued = next((script for script in scripts if is_no_physician(script.doctor)), None)
    if issued is not None:
        return Fault("由非医师开具", "was issued by no physician", issued, 1)
    told = [script for script in scripts if script.time <= visit.time]
    if not told:
        first = scripts[0]
        if first.time - visit.time < limits["backdated_hours"] * HOUR:
            return None
        return Fault("结算后才开具", "was issued only afterwards", first, 2)
    if told[-1].state == _REVOKED:
        return Fault("已撤销", "had been withdrawn", told[-1], 1)
    if _is_invalid(told, visit.time - limits["grace_minutes"] * MINUTE):
        return Fault("已失效", "was no longer valid", told[-1], 2)
    until = max(script.valid_until for script in scripts)
    late = visit.time - _last_second(until) if until else 0
    if late > limits["grace_minutes"] * MINUTE:
        severity = 3 if late <= limits["soon_hours"] * HOUR else 2
        return Fault("已过有效期", "had expired", told[-1], severity)
    if sells_other_drugs(scripts, visit, names):
        return Fault("未开具所售药品", "prescribes none of the drugs sold", told[-1], 2)
    return None


def _is_invalid(told: Sequence[Script], by: int) -> bool:
    """Whether a prescription had been told to be invalid by then, but not because it was filled."""
    return (
        told[-1].state == _INVALID
        and told[-1].time <= by
        and all(script.used != _USED for script in told)
    )


@lru_cache(4096)
def is_no_physician(code: str) -> bool:
    """Whether a staff code is a nurse's, pharmacist's or technician's."""
    return bool(code) and check_staff(code) is None and not is_physician(code)


def _last_second(until: int) -> int:
    """The end of validity; one told as a day holds until the day's end."""
    return until + DAY - 1 if until == day_start(day_of(until)) else until


def _finding(context: Context, visit: Visit, number: str, fault: Fault) -> Finding:
    script = fault.script
    return found(
        [visit],
        amount=paid(visit),
        involved=visit.fee,
        area=visit.insured_area,
        severity=fault.severity,
        evidence={
            "institution": context.name_of(visit.inst),
            "settled_at": visit.time,
            "prescription": number,
            "issuer": context.name_of(script.inst),
            "fault_zh": fault.zh,
            "fault_en": fault.en,
            "told_at": script.time,
            "valid_until_at": script.valid_until,
            "doctor": script.doctor,
            "paid_fen": paid(visit),
        },
    )
