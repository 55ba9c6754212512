"""Pool money at a pharmacy without an external prescription.

Whether a pharmacy reports prescriptions at all is seen from its other sales of the month; where it
reports none, nothing can be said of a single sale.
"""

from collections.abc import Iterable
from functools import partial
from typing import Final

from rules.context import Context
from rules.findings import Finding, Verdict, found
from rules.histories.institution_month import InstitutionMonth
from rules.histories.keyed import INSTITUTION_MONTH
from rules.histories.records import Bill
from rules.institution.months import is_large, judged, reviewed
from rules.institution.settled import requires
from rules.rule import Rule

KIND: Final = INSTITUTION_MONTH
RECORDS: Final = (Bill,)
SUBJECT: Final = "institution"
_LAW: Final = "pharmacy.prescription_required"


def check(rule: Rule, context: Context, month: InstitutionMonth, bill: Bill) -> Iterable[Verdict]:
    """One matter a month: sales the pool paid without a prescription."""
    if not month.standing and month.answered == month.asked:
        return ()
    if not (bill.asks or is_large(month)):
        return ()
    return _verdicts(rule, context, month, bill)


def _verdicts(
    rule: Rule, context: Context, month: InstitutionMonth, bill: Bill
) -> Iterable[Verdict]:
    limits = rule.at(bill.time)
    holds = (
        month.answered < month.asked
        and month.answered >= limits["reported"]
        and month.answered >= limits["reported_share"] * month.asked
    )
    look = partial(_look, context, month)
    return reviewed(rule, month, bill, look, holds=holds)


def _look(context: Context, month: InstitutionMonth) -> Finding | None:
    asked = [bill for bill in judged(month) if bill.asks and not bill.rev_at]
    missing = [bill for bill in asked if not bill.prescribed and requires(context, _LAW, bill)]
    if not missing:
        return None
    inst, _, number = month.key.partition("|")
    law = context.law(missing[0].insured_area, _LAW, missing[0].time)
    amount = sum(bill.fund for bill in missing)
    return found(
        missing,
        amount=amount,
        involved=sum(bill.fee for bill in missing),
        area=missing[0].insured_area,
        assumed=(_LAW,) if law is not None and law.filled else (),
        evidence={
            "institution": context.name_of(inst),
            "month": number,
            "sales": len(missing),
            "with_prescription": len(asked) - len(missing),
            "first_at": missing[0].time,
            "last_at": missing[-1].time,
            "amount_fen": amount,
        },
    )
