"""Mandatory fields of the interface that a settlement leaves empty."""

from collections.abc import Iterator
from typing import Final

from rules.context import Context
from rules.data_quality.collecting import always, collected
from rules.findings import Verdict
from rules.histories.contradictions import MISSING
from rules.histories.keyed import INSTITUTION_MONTH, InstitutionMonth
from rules.histories.records import Defect
from rules.rule import Rule

KIND: Final = INSTITUTION_MONTH
RECORDS: Final = (Defect,)
SUBJECT: Final = "institution"
_SAYS: Final = {
    "med_type": ("未填写医疗类别", "no way of treatment"),
    "insutype": ("未填写险种类型", "no kind of insurance"),
    "mdtrt_cert_type": ("未填写就诊凭证类型", "no kind of credential"),
    "feedetail": ("未上传费用明细", "no fee lines"),
    "item": ("费用明细未填写目录编码", "a fee line without an item code"),
}


def check(
    rule: Rule, context: Context, month: InstitutionMonth, record: Defect
) -> Iterator[Verdict]:
    """One matter a kind of defect in the month."""
    if record.sort != MISSING:
        return
    yield from collected(rule, context, month, record, _SAYS, always)
