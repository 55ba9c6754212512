"""Amounts against the person's own past."""

from bisect import bisect_left
from math import log, log1p, sqrt
from typing import Final

from detectors.features.feature import Feature
from detectors.features.past import Past, yuan
from events.times import DAY
from rules.histories.records import Visit

FEATURES: Final = (
    Feature("fee", "本次费用", "fee of this settlement", "ln_yuan"),
    Feature("fee_over_own", "本次费用与本人中位数之比", "fee over the own median", "ln_ratio"),
    Feature("fee_own_score", "本次费用偏离本人均值", "fee against the own mean", "deviations"),
    Feature("fee_over_highest", "本次费用与本人最高之比", "fee over the own highest", "ln_ratio"),
    Feature("own_visits", "本人以往就诊次数", "own earlier visits known", "ln_count"),
    Feature("visits_1d", "近24小时就诊次数", "own visits of the last 24 hours", "count"),
    Feature("visits_7d", "近7天就诊次数", "own visits of the last 7 days", "count"),
    Feature("visits_30d", "近30天就诊次数", "own visits of the last 30 days", "count"),
    Feature("pace", "近7天频次与以往之比", "pace of 7 days over the pace before", "ln_ratio"),
    Feature("spend_1d", "近24小时费用（含本次）", "spent in 24 hours with this one", "ln_yuan"),
    Feature("spend_7d", "近7天费用（含本次）", "spent in 7 days with this one", "ln_yuan"),
    Feature("spend_30d", "近30天费用（含本次）", "spent in 30 days with this one", "ln_yuan"),
    Feature("mean_1d", "近24小时次均费用与中位数之比", "mean fee of 24 hours over own", "ln_ratio"),
    Feature("mean_7d", "近7天次均费用与中位数之比", "mean fee of 7 days over own", "ln_ratio"),
    Feature("mean_30d", "近30天次均费用与中位数之比", "mean fee of 30 days over own", "ln_ratio"),
    Feature("high_14d", "近14天高额次数", "visits above 2.5 times own, 14 days", "count"),
    Feature("since_high", "距上次高额天数", "days since the last such visit", "ln_days"),
    Feature("own_median", "本人费用中位数", "own median fee", "ln_yuan"),
    Feature("fee_shift", "近5次费用水平变化", "shift of the last five fees", "deviations"),
    Feature("same_fee_30d", "近30天同额次数", "equal fees in 30 days", "count"),
    Feature("round_fee", "整十元金额", "fee in whole tens of yuan", "flag"),
)
_USUAL: Final = 0.6
"""Coefficient of variation that stands in while a person's own is unknown."""
_PRIOR: Final = 4
_HIGH: Final = 2.5
_NONE_DAYS: Final = 90.0
LAST: Final = 5


def _time(record: Visit) -> int:
    return record.time


def spending(past: Past) -> list[float]:
    """Values of `FEATURES`, in their order."""
    visit, fees, middle = past.visit, past.fees, past.middle
    fee, number = yuan(visit.fee), len(fees)
    now, window = visit.time, past.window
    trust = number / (number + 1.0)
    mean = sum(fees) / number if number else fee
    spread = sum((one - mean) ** 2 for one in fees)
    usual = _USUAL * max(middle, 1.0)
    deviation = sqrt((spread + _PRIOR * usual * usual) / (number + _PRIOR))
    start_1d, start_7d, start_14d, start_30d = (
        bisect_left(window, now - days * DAY, key=_time) for days in (1, 7, 14, 30)
    )
    total = len(window)
    sums = [0.0, 0.0, 0.0]
    for at, start in enumerate((start_1d, start_7d, start_30d)):
        sums[at] = fee + sum(yuan(one.fee) for one in window[start:])
    counts = (total - start_1d, total - start_7d, total - start_30d)
    days_before = (now - 7 * DAY - window[0].time) / DAY if start_7d else 0.0
    expected = 7 * start_7d / max(days_before, 7.0) if start_7d else counts[1]
    limit = _HIGH * max(middle, 1.0)
    high = [one.time for one in window[start_14d:] if yuan(one.fee) > limit]
    base = log(max(middle, 1.0))
    means = [(log(max(sums[at] / (counts[at] + 1), 1.0)) - base) * trust for at in range(len(sums))]
    return [
        log1p(fee),
        (log(max(fee, 1.0)) - base) * trust,
        (fee - middle) / deviation * trust,
        log((fee + 1) / (max(fees) + 1)) if number else 0.0,
        log1p(number),
        counts[0],
        counts[1],
        counts[2],
        log((counts[1] + 1) / (expected + 1)),
        log1p(sums[0]),
        log1p(sums[1]),
        log1p(sums[2]),
        *means,
        len(high),
        log1p((now - high[-1]) / DAY if high else _NONE_DAYS),
        log1p(middle),
        _shift(past.logs, log1p(fee)),
        sum(one.fee == visit.fee for one in window[start_30d:]),
        float(visit.fee > 0 and visit.fee % 1000 == 0),
    ]


def _shift(logs: list[float], fee: float) -> float:
    """Mean of the last five logarithms against those before, in standard errors."""
    before = logs[: len(logs) - LAST + 1]
    if len(before) < LAST:
        return 0.0
    after = [*logs[len(before) :], fee]
    number = len(before)
    mean = sum(before) / number
    spread = sum((one - mean) ** 2 for one in before)
    deviation = sqrt((spread + _PRIOR * 0.25) / (number + _PRIOR))
    return (sum(after) / LAST - mean) / (deviation * sqrt(1 / LAST + 1 / number))
