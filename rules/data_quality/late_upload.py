"""Settlements whose fees lie days back, that were sent days late, or settle what comes later."""

from collections.abc import Iterator
from typing import Final

from rules.context import Context
from rules.data_quality.collecting import collected
from rules.findings import Verdict
from rules.histories.contradictions import LATE
from rules.histories.institution_month import InstitutionMonth
from rules.histories.keyed import INSTITUTION_MONTH
from rules.histories.records import Defect
from rules.rule import Rule

KIND: Final = INSTITUTION_MONTH
RECORDS: Final = (Defect,)
SUBJECT: Final = "institution"
_SAYS: Final = {
    "fees": ("费用发生日与结算日相隔过久", "fees that lie days before the settlement"),
    "message": ("结算后未及时上传", "an upload days after the settlement"),
    "before": ("结算时间早于就诊或费用发生时间", "a settlement before the visit or its fees"),
}


def check(
    rule: Rule, context: Context, month: InstitutionMonth, record: Defect
) -> Iterator[Verdict]:
    """One matter a kind of defect in the month."""
    if record.sort != LATE:
        return
    days: int = rule.at(record.time)["days"]
    yield from collected(
        rule,
        context,
        month,
        record,
        _SAYS,
        lambda one, kind: kind == "before" or one.days > days,
    )
