"""One physician's patients are all sent to one pharmacy.

Looks from the pharmacy's side: in a month, many patients with prescriptions from outside signed by
one physician, who signed most of all that the pharmacy filled. Where that physician's other
prescriptions went cannot be seen from there, nor what the patient was told.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from rules.cash_out.windows import is_raised
from rules.context import Context
from rules.findings import Finding, Verdict, found
from rules.histories.institution_month import InstitutionMonth
from rules.histories.keyed import INSTITUTION_MONTH
from rules.histories.records import Bill
from rules.institution.settled import insured
from rules.rule import Rule

KIND: Final = INSTITUTION_MONTH
RECORDS: Final = (Bill,)
SUBJECT: Final = "institution"
_ABOUT: Final = "steered"
Limits = Mapping[str, Any]


def check(rule: Rule, context: Context, month: InstitutionMonth, bill: Bill) -> Iterable[Verdict]:
    """One matter a month: the physician whose patients come to this pharmacy."""
    if not bill.doctor or not bill.pharmacy:
        return ()
    return _verdicts(rule, context, month, bill)


def _verdicts(
    rule: Rule, context: Context, month: InstitutionMonth, bill: Bill
) -> Iterator[Verdict]:
    limits = rule.at(bill.time)
    most = max(month.signers.values(), default=0)
    holds = most >= limits["persons"] and most >= limits["share"] * sum(month.signers.values())
    if holds:
        yield Verdict(_ABOUT, _look(limits, context, month))
    elif month.standing and is_raised(rule, month, _ABOUT):
        yield Verdict(_ABOUT, None)


def _look(limits: Limits, context: Context, month: InstitutionMonth) -> Finding | None:
    most = max(month.signers.values())
    doctor = min(name for name, number in month.signers.items() if number == most)
    standing = [bill for bill in month.filled if not bill.rev_at]
    signed: Sequence[Bill] = [bill for bill in standing if bill.doctor == doctor]
    persons = len({bill.psn_no for bill in signed})
    if persons < limits["persons"]:
        return None
    amount = sum(map(insured, signed))
    inst, _, number = month.key.partition("|")
    return found(
        signed,
        amount=amount,
        involved=sum(bill.fee for bill in signed),
        area=signed[0].insured_area,
        evidence={
            "institution": context.name_of(inst),
            "month": number,
            "doctor": doctor,
            "persons": persons,
            "prescriptions": len(signed),
            "filled": len(standing),
            "amount_fen": amount,
        },
    )
