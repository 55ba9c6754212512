"""Pool money at a pharmacy on a prescription that nobody reported.

Whether the area's hospitals report what pharmacies fill is seen from the pharmacy's other sales of
the month: only where nearly all of their prescriptions are known does an unknown number say
anything, and only if it is as long as the known ones; elsewhere one says something that names a
physician whose other prescriptions are known. Prescriptions may come after the sale.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from rules.context import Context
from rules.findings import Finding, Verdict, found
from rules.histories.institution_month import ASKS, InstitutionMonth
from rules.histories.keyed import INSTITUTION_MONTH
from rules.histories.records import RX_HOSPITAL, RX_NAMED, Bill, Named
from rules.institution.months import judged, reviewed
from rules.institution.settled import requires
from rules.institution.told import asked, due_by_now
from rules.rule import Rule

KIND: Final = INSTITUTION_MONTH
RECORDS: Final = (Bill,)
SUBJECT: Final = "institution"
_LAW: Final = "pharmacy.prescription_required"
_UNKNOWN: Final = RX_NAMED | ASKS
Limits = Mapping[str, Any]


def check(rule: Rule, context: Context, month: InstitutionMonth, bill: Bill) -> Iterable[Verdict]:
    """One matter a month: pool-paid sales on numbers that nobody reported."""
    if not month.named or not (month.standing or month.named.get(_UNKNOWN)):
        return ()
    return _verdicts(rule, context, month, bill)


def _verdicts(
    rule: Rule, context: Context, month: InstitutionMonth, bill: Bill
) -> Iterable[Verdict]:
    limits = rule.at(bill.time)
    unknown, known = month.named.get(_UNKNOWN, 0), asked(month, having=RX_HOSPITAL)
    look = partial(_look, limits, context, month)
    holds = unknown > 0 and (
        _is_exception(limits, known, unknown)
        or (known >= limits["known"] and bool(_doubtful(limits, *_parted(month.filled))))
    )
    return reviewed(rule, month, bill, look, holds=holds)


def _parted(bills: Sequence[Bill]) -> tuple[list[Bill], list[Bill]]:
    """The pool-paid sales whose prescription hospitals reported, and those where nobody did."""
    known, unknown = [], []
    for bill in bills:
        if bill.asks and bill.named is not None and not bill.rev_at:
            if bill.named.by & RX_HOSPITAL:
                known.append(bill)
            elif bill.named.by == RX_NAMED:
                unknown.append(bill)
    return known, unknown


def _doubtful(limits: Limits, known: Sequence[Bill], unknown: Sequence[Bill]) -> Sequence[Bill]:
    """The sales on unknown prescriptions of physicians whose others are known.

    A code that the pharmacy writes for whomever counts as all of them together would.
    """
    reported = Counter(bill.doctor for bill in known)
    silent = Counter(bill.doctor for bill in unknown)
    doctors = {
        doctor
        for doctor, number in silent.items()
        if doctor and _is_exception(limits, reported[doctor], number)
    }
    return [bill for bill in unknown if bill.doctor in doctors]


def _is_exception(limits: Limits, known: int, unknown: int) -> bool:
    """Whether unknown prescriptions are the exception, all together or one physician's."""
    share = limits["many_share" if known >= limits["many_known"] else "share"]
    return unknown > 0 and known >= limits["known"] and known >= float(share) * (known + unknown)


def _look(limits: Limits, context: Context, month: InstitutionMonth) -> Finding | None:
    known, unknown = _parted(judged(month))
    if not _is_exception(limits, len(known), len(unknown)):
        unknown = list(_doubtful(limits, known, unknown))
    lengths = {len(_named(bill).number) for bill in known}
    told = [
        bill
        for bill in due_by_now(limits, month, unknown)
        if len(_named(bill).number) in lengths and requires(context, _LAW, bill)
    ]
    return _finding(context, month, told, len(known)) if told else None


def _finding(
    context: Context, month: InstitutionMonth, told: Sequence[Bill], known: int
) -> Finding:
    inst, _, number = month.key.partition("|")
    area = told[0].insured_area
    law = context.law(area, _LAW, told[0].time)
    amount = sum(bill.fund for bill in told)
    return found(
        told,
        amount=amount,
        involved=sum(bill.fee for bill in told),
        area=area,
        assumed=(_LAW,) if law is not None and law.filled else (),
        evidence={
            "institution": context.name_of(inst),
            "month": number,
            "sales": len(told),
            "known": known,
            "numbers": sorted({_named(bill).number for bill in told}),
            "doctors": sorted({bill.doctor for bill in told} - {""}),
            "first_at": told[0].time,
            "last_at": told[-1].time,
            "amount_fen": amount,
        },
    )


def _named(bill: Bill) -> Named:
    assert bill.named is not None
    return bill.named
