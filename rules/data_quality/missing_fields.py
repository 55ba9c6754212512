"""Mandatory fields that a settlement leaves empty.

Some say so by themselves: without them nothing can be judged, or their companion was sent. Others
are missing only where the institution fills them otherwise: what a sender never sends is its
convention, or its interface's, and no defect of a settlement.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from events.times import month_of
from rules.context import Context
from rules.data_quality.collecting import always, collected
from rules.findings import Finding, Verdict, found
from rules.histories.contradictions import LACKS, MISSING
from rules.histories.keyed import INSTITUTION_MONTH, InstitutionMonth
from rules.histories.records import Bill, Defect
from rules.institution.months import ABOUT, due, judged
from rules.rule import Rule

KIND: Final = INSTITUTION_MONTH
RECORDS: Final = (Defect, Bill)
SUBJECT: Final = "institution"
_SAYS: Final = {
    "med_type": ("未填写医疗类别", "no way of treatment"),
    "mdtrt_cert_type": ("填写了凭证编号而未填写凭证类型", "a credential number but no kind"),
    "certno": ("填写了证件类型而未填写证件号码", "a kind of certificate but no number"),
    "item": ("费用明细未填写目录编码", "a fee line without an item code"),
}
_RARE: Final = {
    "insutype": ("险种类型", "kind of insurance"),
    "psn_type": ("人员类别", "category of person"),
    "mdtrt_cert_type": ("就诊凭证类型", "kind of credential"),
    "mdtrt_id": ("就诊ID", "number of the visit"),
}


def check(
    rule: Rule, context: Context, month: InstitutionMonth, record: Defect | Bill
) -> Iterable[Verdict]:
    """One matter a kind of defect in the month, and one for what is otherwise filled."""
    if isinstance(record, Bill):
        return _rare(rule, context, month, record) if month.lacking else ()
    if record.sort == MISSING:
        return collected(rule, context, month, record, _SAYS, always)
    return ()


def _rare(rule: Rule, context: Context, month: InstitutionMonth, bill: Bill) -> Iterator[Verdict]:
    limits = rule.at(bill.time)
    total, most = len(month.bills), float(limits["rare_share"])
    holds = total >= limits["rare_from"] and any(
        0 < _count(month, bit) <= most * total for bit in LACKS.values()
    )
    task = due(rule, month, bill, holds=holds)
    if task == "look":
        yield Verdict(ABOUT, _look(rule, context, month))
    elif task == "drop":
        yield Verdict(ABOUT, None)


def _count(month: InstitutionMonth, bit: int) -> int:
    return sum(number for bits, number in month.lacking.items() if bits & bit)


def _look(rule: Rule, context: Context, month: InstitutionMonth) -> Finding | None:
    bills = judged(month)
    if not bills:
        return None
    limits = rule.at(bills[0].time)
    most = limits["rare_share"] * len(bills)
    names = [
        name
        for name, bit in LACKS.items()
        if 0 < sum(1 for bill in bills if bill.lacks & bit) <= most
    ]
    if not names or len(bills) < limits["rare_from"]:
        return None
    bits = sum(LACKS[name] for name in names)
    without = [bill for bill in bills if bill.lacks & bits]
    listed = without[: limits["single"]]
    return found(
        listed,
        amount=0,
        area=listed[0].insured_area,
        evidence={
            "institution": context.name_of(month.key.partition("|")[0]),
            "month": month_of(listed[0].time),
            "kind": " ".join(names),
            "kind_zh": "未填写平时填写的" + "、".join(_RARE[name][0] for name in names),
            "kind_en": "no " + ", ".join(_RARE[name][1] for name in names) + ", filled otherwise",
            "count": len(without),
            "first_at": without[0].time,
            "last_at": without[-1].time,
        },
    )
