"""Drug mix, account use, refund behaviour and credentials of one settlement and its person."""

from math import log1p
from typing import Final

from detectors.features.feature import Feature
from detectors.features.past import Past, yuan
from events.codes import Scheme
from events.times import DAY, HOUR
from rules.histories.records import Visit
from rules.histories.spreading import at_pharmacy

FEATURES: Final = (
    Feature("lines", "明细行数", "fee lines", "ln_count"),
    Feature("top_line", "最大一行占比", "share of the dearest line", "share"),
    Feature("herbal", "中药饮片占比", "share of herbal slices", "share"),
    Feature("consumable", "耗材占比", "share of consumables", "share"),
    Feature("service", "诊疗项目占比", "share of services", "share"),
    Feature("unknown_codes", "以往未用过的项目占比", "share of items new to the person", "share"),
    Feature("supply", "最长用药天数", "longest days of supply", "ln_days"),
    Feature("quantity", "最大数量", "largest quantity", "ln_count"),
    Feature("out_of_scope", "范围外费用占比", "share outside the scope", "share"),
    Feature("account_share", "个账支付占比", "share paid from accounts", "share"),
    Feature("shared_share", "共济支付占比", "share paid from a relative's account", "share"),
    Feature("cash_share", "现金支付占比", "share paid in cash", "share"),
    Feature("fund_share", "基金支付占比", "share paid by the fund", "share"),
    Feature("account_shift", "个账占比变化", "account share against the own mean", "share"),
    Feature("drained", "个账用去比例", "share of the account's balance used", "share"),
    Feature("account_30d", "近30天个账支出（含本次）", "account spending in 30 days", "ln_yuan"),
    Feature("refunds_90d", "近90天退费次数", "refunds in 90 days", "count"),
    Feature("refund_share", "近90天退费比例", "refunds over visits in 90 days", "share"),
    Feature("since_refund", "距上次退费", "time since the last refund", "ln_hours"),
    Feature("agent", "他人代办", "by an agent", "flag"),
    Feature("new_card", "未见过的卡", "a card not seen before", "flag"),
    Feature("new_credential", "凭证类型与惯常不同", "another sort of credential", "flag"),
    Feature("age", "年龄", "age", "years"),
    Feature("pharmacy", "药店", "at a pharmacy", "flag"),
    Feature("inpatient", "住院", "in hospital", "flag"),
    Feature("chronic", "门诊慢特病", "chronic or special outpatient care", "flag"),
)
_NEVER: Final = 90 * 24.0
_CHRONIC: Final = frozenset({Scheme.CHRONIC, Scheme.TWO_DISEASE})


def purchases(past: Past) -> list[float]:
    """Values of `FEATURES`, in their order."""
    visit, visits = past.visit, past.visits
    return [
        *_goods(past),
        *_payment(past),
        *_refunds(past),
        float(visit.agent),
        float(bool(visit.card) and bool(visits) and _unseen_card(past)),
        float(bool(visit.credential_type) and bool(visits) and _other_credential(past)),
        max(0.0, (visit.time / DAY - visit.birth_day) / 365.25) if visit.birth_day else 0.0,
        float(at_pharmacy(visit)),
        float(visit.scheme == Scheme.INPATIENT),
        float(visit.scheme in _CHRONIC),
    ]


def _goods(past: Past) -> list[float]:
    visit = past.visit
    lines = visit.lines
    fee = max(visit.fee, 1)
    outside = max(0.0, 1 - visit.in_scope / fee) if visit.in_scope else 0.0
    if not lines:
        return [0.0] * 8 + [outside]
    total = max(sum(max(line.amount, 0) for line in lines), 1)
    known = {line.code for one in past.visits for line in one.lines}
    kinds = {"T": 0, "C": 0}
    services = fresh = top = days = quantity = 0
    for line in lines:
        amount = max(line.amount, 0)
        first = line.code[:1]
        if first in kinds:
            kinds[first] += amount
        elif first.isdigit():
            services += amount
        if line.code not in known:
            fresh += amount
        top = max(top, amount)
        days = max(days, line.days)
        quantity = max(quantity, line.quantity)
    return [
        log1p(len(lines)),
        top / total,
        kinds["T"] / total,
        kinds["C"] / total,
        services / total,
        fresh / total if past.visits else 0.0,
        log1p(days),
        log1p(quantity / 1000),
        outside,
    ]


def _account_share(visit: Visit) -> float:
    return (visit.account + visit.shared) / max(visit.fee, 1)


def _payment(past: Past) -> list[float]:
    visit, visits = past.visit, past.visits
    fee = max(visit.fee, 1)
    share = _account_share(visit)
    number = len(visits)
    mean = sum(map(_account_share, visits)) / number if number else share
    paid = visit.account + visit.shared
    month = [one for one in past.window if one.time >= visit.time - 30 * DAY]
    held = paid + visit.balance if visit.balance is not None else 0
    return [
        share,
        visit.shared / fee,
        visit.cash / fee,
        visit.fund / fee,
        (share - mean) * number / (number + 2.0),
        paid / held if held > 0 else 0.0,
        log1p(yuan(paid) + sum(yuan(one.account + one.shared) for one in month)),
    ]


def _refunds(past: Past) -> list[float]:
    refunds = past.refunds
    if not refunds:
        return [0.0, 0.0, log1p(_NEVER)]
    number = len(refunds)
    since = (past.visit.time - refunds[-1].time) / HOUR
    return [number, number / (len(past.window) + 1.0), log1p(min(since, _NEVER))]


def _unseen_card(past: Past) -> bool:
    cards = {one.card for one in past.visits if one.card}
    return bool(cards) and past.visit.card not in cards


def _other_credential(past: Past) -> bool:
    sorts = [one.credential_type for one in past.visits if one.credential_type]
    return len(sorts) >= 3 and sorts.count(past.visit.credential_type) / len(sorts) < 0.2
