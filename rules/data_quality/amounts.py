"""Amounts of one settlement that do not add up.

Where a province counts account money inside the fund's sum, as the policy says, sums that hold
only that way are right; elsewhere they are not, which is told once for all sums of a settlement.
That own expense and in-policy costs make up the total is no identity of the interface: it counts
where an institution otherwise keeps it. That a line's costs are its count times its price is one,
but what is counted and priced differs: so does this.
"""

from collections.abc import Iterable
from functools import partial
from itertools import chain
from typing import Final

from events.times import day_of
from rules.context import Context
from rules.data_quality.collecting import areas_with, collected
from rules.data_quality.exceptions import Way, Ways, exceptions, told
from rules.findings import Finding, Verdict
from rules.histories import sending
from rules.histories.contradictions import AMOUNTS
from rules.histories.institution_month import InstitutionMonth
from rules.histories.keyed import INSTITUTION_MONTH
from rules.histories.records import PARTS_OFF, Bill, Defect
from rules.institution.months import judged, reviewed
from rules.packs import Policy
from rules.pool import counts_inside
from rules.rule import Rule

KIND: Final = INSTITUTION_MONTH
RECORDS: Final = (Defect, Bill)
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
    "scope": ("政策范围内金额大于费用总额", "more in policy than the total"),
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
_COSTS: Final = Ways(
    about="costs",
    ways={
        "costs": Way(
            sending.COSTS_OFF,
            sending.COSTS_HOLD,
            "明细金额不等于数量乘单价（该机构平时相符）",
            "costs of a fee line that are not its count times its price, which they otherwise are",
        )
    },
    bits=sending.COSTS_OFF,
    zh="{}",
    en="{}",
)
_PARTS: Final = (
    "全自费、超限价、先行自付与政策范围内金额之和不等于费用总额",
    "a total that is not own expense and in-policy costs, which otherwise make it up",
)


def check(
    rule: Rule, context: Context, month: InstitutionMonth, record: Defect | Bill
) -> Iterable[Verdict]:
    """One matter a kind of defect in the month, and one for each sum that otherwise holds."""
    if isinstance(record, Bill):
        if not (month.parted_off or month.sent_any & _COSTS.bits):
            return ()
        return chain(
            _parts(rule, context, month, record) if month.parted_off else (),
            exceptions(rule, context, month, record, _COSTS),
        )
    if record.sort != AMOUNTS:
        return ()
    return collected(
        rule,
        context,
        month,
        record,
        _SAYS,
        lambda one, kind: not kind.endswith("_apart") or not _inside(context.policy, one),
    )


def _inside(policy: Policy, one: Defect) -> bool:
    """Whether account money is counted inside the fund's sum there and then."""
    return counts_inside(policy, one.insured_area, one.area, day_of(one.time))


def _parts(rule: Rule, context: Context, month: InstitutionMonth, bill: Bill) -> Iterable[Verdict]:
    holds = _is_exception(rule, bill.time, month.parted, month.parted_off)
    look = partial(_look, rule, context, month)
    return reviewed(rule, month, bill, look, holds=holds)


def _is_exception(rule: Rule, time: int, told: int, off: int) -> bool:
    """Whether sums that do not hold are the exception among those told."""
    limits = rule.at(time)
    return told - off >= limits["parts_from"] and 0 < off <= float(limits["parts_share"]) * told


def _look(rule: Rule, context: Context, month: InstitutionMonth) -> Finding | None:
    bills = judged(month)
    if not bills:
        return None
    limits = rule.at(bills[0].time)
    apart = limits["parts_apart"]
    telling = [bill for bill in bills if bill.parts and not areas_with(apart, bill.insured_area)]
    off = [bill for bill in telling if bill.parts == PARTS_OFF]
    if not _is_exception(rule, bills[0].time, len(telling), len(off)):
        return None
    return told(context, month, off, limits["single"], ("parts", *_PARTS))
