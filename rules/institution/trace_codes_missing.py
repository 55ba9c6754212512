"""Drugs settled without trace codes, once these must be scanned.

Judges an institution that scans by how much it leaves out in a month. One that sends no code at
all may have no scanner or a sender that drops the field: it is told only where it sent codes on
the last days of one of the two months before.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from rules.context import Context
from rules.findings import Finding, Verdict, found
from rules.histories.institution_month import InstitutionMonth
from rules.histories.keyed import INSTITUTION_MONTH
from rules.histories.records import Bill, Scan
from rules.institution.months import ABOUT, is_large, judged, reviewed
from rules.institution.settled import insured, must_scan, scans
from rules.rule import Rule

KIND: Final = INSTITUTION_MONTH
RECORDS: Final = (Bill, Scan)
SUBJECT: Final = "institution"
Limits = Mapping[str, Any]


def check(
    rule: Rule, context: Context, month: InstitutionMonth, record: Bill | Scan
) -> Iterable[Verdict]:
    """One matter a month: its drugs without trace codes."""
    if not month.standing and not (
        month.untraced and (month.scans or month.untraced < month.drugs)
    ):
        return ()
    if isinstance(record, Scan):
        return _told(rule, context, month)
    bill = record
    if not (bill.drugs or is_large(month)) or not scans(context, month, pharmacy=bill.pharmacy):
        return ()
    return _verdicts(rule, context, month, bill)


def _verdicts(
    rule: Rule, context: Context, month: InstitutionMonth, bill: Bill
) -> Iterable[Verdict]:
    limits = rule.at(bill.time)
    missing, drugs = month.untraced, month.drugs
    look = partial(_look, limits, context, month)
    return reviewed(rule, month, bill, look, holds=_holds(limits, month, drugs, missing))


def _told(rule: Rule, context: Context, month: InstitutionMonth) -> Iterator[Verdict]:
    """What word of earlier scanning changes."""
    bills = month.bills
    if bills and scans(context, month, pharmacy=bills[0].pharmacy):
        yield Verdict(ABOUT, _look(rule.at(bills[-1].time), context, month))


def _holds(limits: Limits, month: InstitutionMonth, drugs: int, missing: int) -> bool:
    return (
        (missing < drugs or bool(month.scans))
        and drugs >= limits["lines"]
        and missing >= limits["least_share"] * drugs
    )


def _look(limits: Limits, context: Context, month: InstitutionMonth) -> Finding | None:
    counted = [b for b in judged(month) if b.drugs and not b.rev_at and insured(b)]
    if not any(bill.untraced and must_scan(context, bill) for bill in counted):
        return None
    bills = [bill for bill in counted if must_scan(context, bill)]
    drugs = sum(bill.drugs for bill in bills)
    missing = sum(bill.untraced for bill in bills)
    if not _holds(limits, month, drugs, missing):
        return None
    without = [bill for bill in bills if bill.untraced]
    amount = sum(bill.untraced_amount for bill in without)
    inst, _, number = month.key.partition("|")
    return found(
        without,
        amount=amount,
        involved=sum(bill.fee for bill in without),
        area=without[0].insured_area,
        severity=2 if limits["great_share"] * drugs <= missing < drugs else 3,
        evidence={
            "institution": context.name_of(inst),
            "month": number,
            "drugs": drugs,
            "missing": missing,
            "percent": 100 * missing // drugs,
            "settlements": len(without),
            "amount_fen": amount,
        },
    )
