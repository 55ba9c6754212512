"""Patients pay too large a share of their bills alone.

Measures own expense over fees of the month's settlements: all of a hospital's, at a pharmacy those
in which the pool took part. Where the area sets a bound it counts; elsewhere only what is far out
of the ordinary.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Final

from rules.context import Context
from rules.findings import Finding, Verdict, found
from rules.histories.institution_month import InstitutionMonth
from rules.histories.keyed import INSTITUTION_MONTH
from rules.histories.records import Bill
from rules.institution.months import is_large, judged, place, reviewed
from rules.rule import Rule

KIND: Final = INSTITUTION_MONTH
RECORDS: Final = (Bill,)
SUBJECT: Final = "institution"
_LAW: Final = "own_expense.max_ratio"
Limits = Mapping[str, Any]


def check(rule: Rule, context: Context, month: InstitutionMonth, bill: Bill) -> Iterable[Verdict]:
    """One matter a month: its share of own expense."""
    if not month.paid_own and not month.standing:
        return ()
    if not (_counts(bill) or is_large(month)):
        return ()
    limits = rule.at(bill.time)
    much = (
        month.paid >= limits["settlements"]
        and 100 * month.paid_own >= limits["floor"] * month.paid_fee
    )
    return _verdicts(rule, context, month, bill, much=much) if much or month.standing else ()


def _counts(bill: Bill) -> bool:
    """Whether a settlement tells of treatment, not of what a pharmacy's customer chose."""
    return bill.fund > 0 or not bill.pharmacy


def _verdicts(
    rule: Rule, context: Context, month: InstitutionMonth, bill: Bill, *, much: bool
) -> Iterable[Verdict]:
    limits = rule.at(bill.time)
    if much:
        bound, _ = _bound(limits, context, month)
        much = month.paid_own > bound * month.paid_fee
    look = partial(_look, limits, context, month)
    return reviewed(rule, month, bill, look, holds=much)


def _bound(limits: Limits, context: Context, month: InstitutionMonth) -> tuple[float, bool]:
    """The greatest share, and whether the area sets it."""
    area, since = place(context, month)
    law = context.law(area, _LAW, since)
    if law is None:
        return float(limits["outlier"]), False
    return float(law.ratio), law.filled


def _look(limits: Limits, context: Context, month: InstitutionMonth) -> Finding | None:
    bills = [bill for bill in judged(month) if _counts(bill) and not bill.rev_at]
    if len(bills) < limits["settlements"]:
        return None
    bound, filled = _bound(limits, context, month)
    fee, own = sum(bill.fee for bill in bills), sum(bill.own_expense for bill in bills)
    if own <= bound * fee or fee < limits["least"]:
        return None
    above = [bill for bill in bills if bill.own_expense > bound * bill.fee]
    inst, _, number = month.key.partition("|")
    return found(
        above,
        amount=own - round(bound * fee),
        involved=fee,
        area=above[0].insured_area,
        assumed=(_LAW,) if filled else (),
        evidence={
            "institution": context.name_of(inst),
            "month": number,
            "settlements": len(bills),
            "above": len(above),
            "percent": round(100 * own / fee),
            "bound_percent": round(100 * bound),
            "own_fen": own,
            "fee_fen": fee,
        },
    )
