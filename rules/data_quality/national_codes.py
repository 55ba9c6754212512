"""Codes that are not built as the national coding rules say, and placeholders instead of codes.

An item that the reference catalogue lists under the code it was sent with is known to the area.
"""

from collections.abc import Iterator
from typing import Final

from rules.context import Context
from rules.data_quality.collecting import Counts, collected
from rules.findings import Verdict
from rules.histories.contradictions import CODING
from rules.histories.keyed import INSTITUTION_MONTH, InstitutionMonth
from rules.histories.records import Defect
from rules.rule import Rule

KIND: Final = INSTITUTION_MONTH
RECORDS: Final = (Defect,)
SUBJECT: Final = "institution"
_SAYS: Final = {
    "institution": ("机构编码不符合国家编码规则", "a malformed institution code"),
    "item": ("目录编码不符合国家编码规则", "a malformed item code"),
    "staff": ("医保医师（护士、药师）编码不符合国家编码规则", "a malformed physician's code"),
    "diagnosis": ("诊断编码不可能是疾病编码", "a diagnosis that can be no code of a disease"),
    "placeholder": ("用占位编码代替真实编码", "a placeholder instead of a code"),
}


def check(
    rule: Rule, context: Context, month: InstitutionMonth, record: Defect
) -> Iterator[Verdict]:
    """One matter a kind of defect in the month."""
    if record.sort == CODING:
        yield from collected(rule, context, month, record, _SAYS, _unknown(context))


def _unknown(context: Context) -> Counts:
    """What the reference data lists itself is a code the area knows, however it is built."""

    def counts(defect: Defect, kind: str) -> bool:
        return kind != "item" or any(
            code not in context.reference.catalogue for code in defect.what.split()
        )

    return counts
