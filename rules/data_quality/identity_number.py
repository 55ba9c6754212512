"""Identity numbers that cannot be right, or contradict birth date or sex of the same message."""

from collections.abc import Iterator
from typing import Final

from rules.context import Context
from rules.data_quality.collecting import always, collected
from rules.findings import Verdict
from rules.histories.contradictions import IDENTITY
from rules.histories.institution_month import InstitutionMonth
from rules.histories.keyed import INSTITUTION_MONTH
from rules.histories.records import Defect
from rules.rule import Rule

KIND: Final = INSTITUTION_MONTH
RECORDS: Final = (Defect,)
SUBJECT: Final = "institution"
_SAYS: Final = {
    "check_digit": ("身份证号码校验位不符", "an identity number whose check digit is wrong"),
    "birth_date": ("身份证号码出生日期不存在", "an identity number with an impossible birth date"),
    "area": ("身份证号码地区码不存在", "an identity number of no province"),
    "format": ("身份证号码位数不符", "an identity number of wrong length"),
    "birth": ("出生日期与身份证号码不一致", "a birth date that contradicts the identity number"),
    "sex": ("性别与身份证号码不一致", "a sex that contradicts the identity number"),
}


def check(
    rule: Rule, context: Context, month: InstitutionMonth, record: Defect
) -> Iterator[Verdict]:
    """One matter a kind of defect in the month."""
    if record.sort != IDENTITY:
        return
    yield from collected(rule, context, month, record, _SAYS, always)
