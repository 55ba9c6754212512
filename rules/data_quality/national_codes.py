"""Codes that are not built as the national coding rules say, and placeholders instead of codes.

An item that the reference catalogue lists under the code it was sent with is known to the area.
Numbers of an institution's own for its physicians, and diagnoses by no classification, are told
where it otherwise uses national codes.
"""

from collections.abc import Iterable
from typing import Final

from rules.context import Context
from rules.data_quality.collecting import Counts, collected
from rules.data_quality.exceptions import Way, Ways, exceptions
from rules.findings import Verdict
from rules.histories import sending
from rules.histories.contradictions import CODING
from rules.histories.institution_month import InstitutionMonth
from rules.histories.keyed import INSTITUTION_MONTH
from rules.histories.records import Bill, Defect
from rules.institution.months import ABOUT
from rules.rule import Rule

KIND: Final = INSTITUTION_MONTH
RECORDS: Final = (Defect, Bill)
SUBJECT: Final = "institution"
_SAYS: Final = {
    "institution": ("机构编码不符合国家编码规则", "a malformed institution code"),
    "item": ("目录编码不符合国家编码规则", "a malformed item code"),
    "staff": ("医保医师（护士、药师）编码不符合国家编码规则", "a malformed physician's code"),
    "name": ("用姓名代替医师编码", "a physician's name instead of a code"),
    "diagnosis": ("诊断编码不可能是疾病编码", "a diagnosis that can be no code of a disease"),
    "placeholder": ("用占位编码代替真实编码", "a placeholder instead of a code"),
}

_OTHERWISE: Final = Ways(
    about=ABOUT,
    ways={
        "staff": Way(
            sending.OWN_STAFF,
            sending.NATIONAL_STAFF,
            "自编医师工号",
            "physicians by a number of the institution's own",
        ),
        "diagnosis": Way(
            sending.OTHER_DISEASE,
            sending.NATIONAL_DISEASE,
            "不属于ICD-10或中医病证分类的诊断编码",
            "diagnoses by codes of neither ICD-10 nor Chinese medicine",
        ),
    },
    bits=sending.OWN_STAFF | sending.OTHER_DISEASE,
    zh="使用{}，而平时使用国家编码",
    en="{}, where national codes are used otherwise",
)


def check(
    rule: Rule, context: Context, month: InstitutionMonth, record: Defect | Bill
) -> Iterable[Verdict]:
    """One matter a kind of defect in the month, and one for what else is coded nationally."""
    if isinstance(record, Bill):
        if not month.sent_any & ~month.sent_all & _OTHERWISE.bits:
            return ()
        return exceptions(rule, context, month, record, _OTHERWISE)
    if record.sort == CODING:
        return collected(rule, context, month, record, _SAYS, _unknown(context))
    return ()


def _unknown(context: Context) -> Counts:
    """What the reference data lists itself is a code the area knows, however it is built."""

    def counts(defect: Defect, kind: str) -> bool:
        return kind != "item" or any(
            code not in context.reference.catalogue for code in defect.what.split()
        )

    return counts
