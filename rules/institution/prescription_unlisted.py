"""Sold on prescriptions of an institution that nobody knows.

Where the reference data lists an area's institutions, a prescription under another code of that
area was issued by none of them, unless whoever has that code settles there or is told of: then the
list is old. So was one under what was meant as a code of that kind and is none.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from events.identifiers import area_of_institution, check_institution, is_area
from rules.benefit_rules.payments import CITY
from rules.cash_out.windows import is_raised
from rules.context import Context
from rules.findings import Finding, Verdict, found
from rules.histories.institution_month import InstitutionMonth
from rules.histories.keyed import INSTITUTION_MONTH
from rules.histories.records import Bill, Designation, Filling
from rules.institution.months import ABOUT
from rules.institution.prescriptions import resting
from rules.institution.settled import judge_all
from rules.rule import Rule

KIND: Final = INSTITUTION_MONTH
RECORDS: Final = (Filling, Bill, Designation)
SUBJECT: Final = "institution"
_UNLISTED: Final = ("不在该地定点机构名单中", "is none of the area's listed institutions")
_MEANT: Final = re.compile(r"H\d{6,}", re.ASCII).fullmatch
_NO_CODE: Final = ("不是定点医药机构编码", "is no institution's code")
Limits = Mapping[str, Any]


def check(
    rule: Rule, context: Context, month: InstitutionMonth, record: Filling | Bill | Designation
) -> Iterable[Verdict]:
    """One matter a month: sales on prescriptions under an unknown code."""
    if not month.fillings:
        return ()
    inst = month.key.partition("|")[0]
    if _is_known(context, inst):
        return ()
    if month.bills or month.designations:
        return (Verdict(ABOUT, None),) if is_raised(rule, month, ABOUT) else ()
    return (Verdict(ABOUT, _judge(rule.at(record.time), context, month, inst)),)


def _is_known(context: Context, inst: str) -> bool:
    """Whether a code is in the reference data, however it was typed."""
    return inst in context.institutions or inst.strip().upper() in context.institutions


def _judge(limits: Limits, context: Context, month: InstitutionMonth, inst: str) -> Finding | None:
    is_code = check_institution(inst) is None
    if not is_code and not _is_meant(context, inst):
        return None
    sales = [
        sale
        for sale in month.fillings
        if (sale.pool > 0 or sale.account > 0) and _is_covered(limits, context, inst, sale)
    ]
    if not sales:
        return None
    sold = max(sale.sold_at for sale in sales)
    fault = _UNLISTED if is_code else _NO_CODE
    return judge_all(sales, sold, partial(_look, month, context, inst, fault))


def _is_meant(context: Context, inst: str) -> bool:
    """Whether what is no code was meant as a national one, and is none cut off or drawn out."""
    if _MEANT(inst) is None:
        return False
    return not any(
        known.startswith(inst) or inst.startswith(known) for known in context.institutions
    )


def _is_covered(limits: Limits, context: Context, inst: str, sale: Filling) -> bool:
    """Whether the reference data knows the seller, and its city's institutions.

    A code that names another city is left alone; one that names none that there is, is not.
    """
    seller = context.institutions.get(sale.seller)
    if seller is None:
        return False
    here = seller.area or area_of_institution(seller.code)
    named = inst[1:7]
    if is_area(named):
        if named[:CITY] != here[:CITY]:
            return False
        here = area_of_institution(inst) or here
    least: int = limits["institutions"]
    return context.listed(here) >= least


def _look(
    month: InstitutionMonth,
    context: Context,
    inst: str,
    fault: tuple[str, str],
    sales: Sequence[Filling],
) -> Finding:
    paid = {sale.sale: sale for sale in sales}
    amount = sum(sale.pool + sale.account for sale in paid.values())
    finding = found(
        sales,
        amount=amount,
        involved=sum(sale.fee for sale in paid.values()),
        area=sales[0].insured_area,
        evidence={
            "issuer": inst,
            "fault_zh": fault[0],
            "fault_en": fault[1],
            "month": month.key.partition("|")[2],
            "numbers": sorted({sale.number for sale in sales}),
            "doctors": sorted({sale.doctor for sale in sales} - {""}),
            "sellers": sorted({context.name_of(sale.seller) for sale in sales}),
            "sales": len(paid),
            "first_at": sales[0].time,
            "last_at": sales[-1].time,
            "amount_fen": amount,
        },
    )
    return resting(finding, sales)
