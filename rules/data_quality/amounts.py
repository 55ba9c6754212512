"""Amounts of one settlement that do not add up.

Where a province counts account money inside the fund's sum (`together`), sums that hold only that
way are right; elsewhere they are not.
"""

from collections.abc import Iterator
from typing import Final

from rules.context import Context
from rules.data_quality.collecting import areas_with, collected
from rules.findings import Verdict
from rules.histories.contradictions import AMOUNTS
from rules.histories.keyed import INSTITUTION_MONTH, InstitutionMonth
from rules.histories.records import Defect
from rules.rule import Rule

KIND: Final = INSTITUTION_MONTH
RECORDS: Final = (Defect,)
SUBJECT: Final = "institution"
_SAYS: Final = {
    "total": (
        "费用总额不等于各方支付之和",
        "a total that is not what fund, person and institution paid",
    ),
    "person": ("个人负担不等于账户与现金之和", "a personal part that is not account plus cash"),
    "fund": ("基金支付总额不等于各项基金之和", "a fund total that is not the sum of its funds"),
    "detail": ("基金分项与基金支付总额不符", "fund details that do not sum to the fund total"),
    "shared": ("共济支付大于账户支付", "more shared account money than account money"),
    "lines": ("费用明细合计不等于费用总额", "fee lines that do not sum to the total"),
    "total_apart": (
        "费用总额不等于各方支付之和（个账并入基金）",
        "a total that is not what fund, person and institution paid unless it holds account money",
    ),
    "person_apart": (
        "个人负担不等于账户与现金之和（个账并入基金）",
        "a personal part that is not account plus cash unless it holds account money",
    ),
    "fund_apart": (
        "基金支付总额不等于各项基金之和（个账并入基金）",
        "a fund total that is not the sum of its funds unless it holds account money",
    ),
    "detail_apart": (
        "基金分项与基金支付总额不符（个账并入基金）",
        "fund details that do not sum to the fund total unless it holds account money",
    ),
}


def check(
    rule: Rule, context: Context, month: InstitutionMonth, record: Defect
) -> Iterator[Verdict]:
    """One matter a kind of defect in the month."""
    if record.sort != AMOUNTS:
        return
    areas = rule.at(record.time)["together"]
    yield from collected(
        rule,
        context,
        month,
        record,
        _SAYS,
        lambda one, kind: not kind.endswith("_apart") or not areas_with(areas, one.insured_area),
    )
