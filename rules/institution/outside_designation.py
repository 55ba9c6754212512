"""Settled by an institution that is suspended, terminated, or not designated for the service.

Which notice holds is said by `rules.institution.designations`. It does not matter when it arrives.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Final, NamedTuple

from events.codes import Scheme
from events.times import DAY, day_of, day_start
from rules.context import Context
from rules.findings import Finding, Verdict, found
from rules.histories.institution_month import InstitutionMonth
from rules.histories.keyed import INSTITUTION_MONTH
from rules.histories.records import Bill, Designation
from rules.histories.series import between
from rules.institution.designations import BARRED, begin_of, held_at
from rules.institution.services import covers
from rules.institution.settled import insured, judge_all
from rules.rule import Rule

KIND: Final = INSTITUTION_MONTH
RECORDS: Final = (Bill, Designation)
SUBJECT: Final = "institution"
_EMERGENCY: Final = str(Scheme.EMERGENCY)
_INPATIENT: Final = str(Scheme.INPATIENT)
_OTHER_SERVICE: Final = ("定点范围不含该类服务", "is not designated for this service")


class Breach(NamedTuple):
    """A settlement and the notice it breaks."""

    bill: Bill
    notice: Designation


def check(
    rule: Rule, context: Context, month: InstitutionMonth, record: Bill | Designation
) -> Iterable[Verdict]:
    """One matter a day: its settlements that the designation does not cover."""
    notices = month.designations
    if not notices or not month.bills:
        return ()
    if isinstance(record, Bill):
        if _is_free(notices, record) or _breach(notices, record) is None:
            return ()
        return (_day(rule, context, month, day_of(record.time)),)
    return _verdicts(rule, context, month)


def _verdicts(rule: Rule, context: Context, month: InstitutionMonth) -> Iterator[Verdict]:
    for day in sorted({day_of(bill.time) for bill in month.bills}):
        yield _day(rule, context, month, day)


def _day(rule: Rule, context: Context, month: InstitutionMonth, day: int) -> Verdict:
    start = day_start(day)
    bills = between(month.bills, start, start + DAY - 1)
    breaches = [b for bill in bills if (b := _breach(month.designations, bill)) is not None]
    if not breaches:
        return Verdict(str(day), None)
    told = max(breach.notice.time for breach in breaches)
    notices = {breach.bill.event_id: breach.notice for breach in breaches}
    look = partial(_look, rule, context, month, notices)
    return Verdict(str(day), judge_all([breach.bill for breach in breaches], told, look))


def _is_free(notices: Sequence[Designation], bill: Bill) -> bool:
    """Whether no notice of the month can forbid a settlement: a quick test for what is usual."""
    for notice in notices:
        if notice.state in BARRED:
            return False
        services = notice.services
        if services and covers(services, bill.scheme, bill.insured_area) is False:
            return False
    return True


def _breach(notices: Sequence[Designation], bill: Bill) -> Breach | None:
    """The notice that forbids a settlement, if one does."""
    if not _is_insured(bill) or bill.scheme == _EMERGENCY:
        return None
    held = held_at(notices, bill.time)
    if held is None:
        return None
    if bill.scheme == _INPATIENT and _was_admitted_before(held, bill):
        return None
    covered = covers(held.services, bill.scheme, bill.insured_area)
    if held.state not in BARRED:
        return Breach(bill, held) if covered is False else None
    return None if held.services and covered is False else Breach(bill, held)


def _is_insured(bill: Bill) -> bool:
    """Whether it was settled under insurance: drew money, or filled the deductible with cash."""
    return insured(bill) > 0 or bill.deductible > 0


def _was_admitted_before(notice: Designation, bill: Bill) -> bool:
    return notice.state in BARRED and (not bill.begin or day_of(bill.begin) < begin_of(notice))


def _look(
    rule: Rule,
    context: Context,
    month: InstitutionMonth,
    notices: dict[str, Designation],
    bills: Sequence[Bill],
) -> Finding | None:
    inst = month.key.partition("|")[0]
    notice = notices[bills[0].event_id]
    state_zh, state_en = BARRED.get(notice.state, _OTHER_SERVICE)
    amount = sum(insured(bill) for bill in bills)
    severity = None if notice.state in BARRED else rule.at(bills[0].time)["scope_severity"]
    if not amount:
        severity = rule.at(bills[0].time)["unpaid_severity"]
    return found(
        bills,
        amount=amount,
        involved=sum(bill.fee for bill in bills),
        area=bills[0].insured_area,
        severity=severity,
        evidence={
            "institution": context.name_of(inst),
            "state_zh": state_zh,
            "state_en": state_en,
            "since_at": day_start(begin_of(notice)),
            "until_at": day_start(notice.end_day) if notice.end_day is not None else 0,
            "told_at": notice.time,
            "services": list(notice.services),
            "settlements": len(bills),
            "first_at": bills[0].time,
            "amount_fen": amount,
            "deductible_fen": sum(bill.deductible for bill in bills),
        },
    )
