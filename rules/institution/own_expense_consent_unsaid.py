"""Own-expense items without a word on consent, where the institution otherwise sends the flag.

Whether an institution sends the flag is seen from its other lines of own expense in the month; of
one whose interface does not, or only at times, nothing is said.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Final

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
_LAW: Final = "own_expense.consent_required"
Limits = Mapping[str, Any]


def check(rule: Rule, context: Context, month: InstitutionMonth, bill: Bill) -> Iterable[Verdict]:
    """One matter a month: its own-expense lines that do not say whether somebody consented."""
    if not month.own_unsaid and not month.standing:
        return ()
    if not bill.own and not is_large(month):
        return ()
    return _verdicts(rule, context, month, bill)


def _verdicts(
    rule: Rule, context: Context, month: InstitutionMonth, bill: Bill
) -> Iterable[Verdict]:
    limits = rule.at(bill.time)
    look = partial(_look, limits, context, month)
    return reviewed(
        rule, month, bill, look, holds=_is_exception(limits, month.own_lines, month.own_unsaid)
    )


def _is_exception(limits: Limits, lines: int, unsaid: int) -> bool:
    """Whether lines without the flag are the exception to a habit."""
    said = lines - unsaid
    return unsaid > 0 and said >= limits["lines"] and said >= float(limits["share"]) * lines


def _look(limits: Limits, context: Context, month: InstitutionMonth) -> Finding | None:
    told = [(bill, bill.own) for bill in judged(month) if bill.own is not None and not bill.rev_at]
    lines = sum(own.lines for _, own in told)
    if not _is_exception(limits, lines, sum(own.unsaid for _, own in told)):
        return None
    without = [
        (bill, own)
        for bill, own in told
        if own.unsaid_amount >= limits["least"] and requires(context, _LAW, bill)
    ]
    if not without:
        return None
    bills = [bill for bill, _ in without]
    area = bills[0].insured_area
    law = context.law(area, _LAW, bills[0].time)
    amount = sum(own.unsaid_amount for _, own in without)
    inst, _, number = month.key.partition("|")
    return found(
        bills,
        amount=amount,
        involved=sum(bill.fee for bill in bills),
        area=area,
        assumed=(_LAW,) if law is not None and law.filled else (),
        evidence={
            "institution": context.name_of(inst),
            "month": number,
            "lines": lines,
            "unsaid": sum(own.unsaid for _, own in without),
            "settlements": len(bills),
            "first_at": bills[0].time,
            "last_at": bills[-1].time,
            "amount_fen": amount,
        },
    )
