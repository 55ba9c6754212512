"""The place: its institution, terminal and physician in the weeks before, and today so far.

Weeks are reckoned in whole days before the settlement's day, so one day's figures serve all its
settlements.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from math import exp, log, log1p, sqrt
from typing import Final

from detectors.features.drift import drift
from detectors.features.feature import Feature
from events.codes import tier
from events.times import HOUR, MINUTE, day_of, day_start
from rules.histories import tallies
from rules.histories.keyed import Place
from rules.histories.records import Encounter

FEATURES: Final = (
    Feature("inst_pace", "机构日均结算数", "institution's settlements a day", "ln_count"),
    Feature("inst_fee", "机构次均费用水平", "institution's mean fee", "ln_yuan"),
    Feature("inst_spread", "机构费用离散度", "spread of the institution's fees", "ln_ratio"),
    Feature("inst_fund_share", "机构基金支付占比", "institution's fund share", "share"),
    Feature("inst_account_share", "机构个账支付占比", "institution's account share", "share"),
    Feature("inst_night", "机构夜间结算占比", "institution's share at night", "share"),
    Feature("inst_refunds", "机构退费比例", "institution's refund rate", "share"),
    Feature("inst_lines", "机构次均明细行数", "institution's lines a settlement", "ln_count"),
    Feature("inst_growth", "机构近7天结算数之比", "institution's 7 days over before", "ln_ratio"),
    Feature("fee_at_inst", "本次费用偏离机构水平", "fee against the institution", "deviations"),
    Feature("inst_drift", "机构次均费用上漂", "upward drift of the mean fee", "deviations", 2),
    Feature("inst_shift", "机构上漂后次均费用之比", "mean fee since over before", "ln_ratio", 2),
    Feature("till_pace", "终端日均结算数", "terminal's settlements a day", "ln_count"),
    Feature("till_fee", "终端次均费用水平", "terminal's mean fee", "ln_yuan"),
    Feature("till_growth", "终端近7天结算数之比", "terminal's 7 days over before", "ln_ratio"),
    Feature("fee_at_till", "本次费用偏离终端水平", "fee against the terminal", "deviations"),
    Feature("till_today", "终端当日已结算数", "settled at the terminal today", "ln_count"),
    Feature("till_hour", "终端近一小时结算数", "settled at the terminal in an hour", "ln_count"),
    Feature("till_gap", "终端距上一笔", "time since the terminal's last", "ln_hours"),
    Feature("doctor_today", "医师当日已接诊数", "physician's patients today", "ln_count"),
    Feature("doctor_hour", "医师近一小时接诊数", "physician's patients in an hour", "ln_count"),
    Feature("doctor_span", "医师当日工作跨度", "physician's hours today", "hours"),
    Feature("doctor_pace", "医师日均接诊数", "physician's patients a working day", "ln_count"),
    Feature("doctor_highest", "医师最高日接诊数", "physician's fullest day", "ln_count"),
    Feature("doctor_days", "医师近28天工作天数", "physician's days worked of 28", "count"),
    Feature("doctor_fee", "医师次均费用水平", "physician's mean fee", "ln_yuan"),
    Feature("doctor_night", "医师夜间接诊占比", "physician's share at night", "share"),
    Feature("doctor_minute", "医师前后一分钟内接诊数", "patients within a minute before", "count"),
    Feature("fee_at_doctor", "本次费用偏离医师水平", "fee against the physician", "deviations"),
    Feature("kind", "机构类别", "kind of institution", "code"),
    Feature("level", "机构等级", "tier of the institution", "code"),
    Feature("area", "机构所在地区", "area of the institution", "code"),
)
_WEEKS: Final = 28
_NEVER: Final = 24.0 * 30
_PRIOR: Final = 10.0
_SPREAD: Final = 0.8
"""Standard deviation of ln(1 + yuan) that stands in while a place is hardly known."""

_PACE, _MEAN, _DEVIATION, _FUND, _ACCOUNT, _NIGHT, _REFUNDS, _LINES, _GROWTH = range(9)
_HIGHEST, _DAYS, _PER_DAY = 9, 10, 11


def place_part(place: Place, one: Encounter) -> list[float]:
    """Values of `FEATURES`, in their order, for a settlement in its institution's history."""
    day = day_of(one.time)
    logged = log1p(max(one.fee, 0) / 100)
    whole = _weeks(place, "", day)
    till = _weeks(place, tallies.till_unit(one.till), day) if one.till else whole
    doctor = _weeks(place, tallies.doctor_unit(one.doctor), day) if one.doctor else _NOBODY
    level, shift = _drift(place, day)
    return [
        *whole[: _GROWTH + 1],
        _against(whole, whole, logged),
        level,
        shift,
        till[_PACE],
        till[_MEAN],
        till[_GROWTH],
        _against(till, whole, logged),
        *_today(place.tills.get(one.till, ()) if one.till else place.encounters, one),
        *_physician(place, one, doctor),
        _against(doctor, whole, logged) if one.doctor else 0.0,
        _KINDS.get(one.kind or one.inst[:1], 0.0),
        float(tier(one.level)),
        float(one.area[:6]) if one.area[:6].isdigit() else 0.0,
    ]


_KINDS: Final[Mapping[str, float]] = {"1": 1.0, "2": 2.0, "H": 1.0, "P": 2.0}
_NOBODY: Final = (0.0,) * 12


def _against(weeks: Sequence[float], whole: Sequence[float], logged: float) -> float:
    """A fee against the mean of a unit, in its standard deviations; 0 where nothing is known."""
    known = weeks if weeks[_MEAN] else whole
    return (logged - known[_MEAN]) / exp(known[_DEVIATION]) if known[_MEAN] else 0.0


def _weeks(place: Place, unit: str, day: int) -> tuple[float, ...]:
    """Figures of a unit over the four weeks before a day."""
    known = place.memo.get((unit, day))
    if known is None:
        known = place.memo[unit, day] = _figures(place, unit, day)
    return known


def _figures(place: Place, unit: str, day: int) -> tuple[float, ...]:
    days = place.tallies.get(unit)
    if not days:
        return _NOBODY
    sums = [0] * tallies.SIZE
    recent = highest = worked = 0
    first = day
    for back in range(1, _WEEKS + 1):
        found = days.get(day - back)
        if found is None:
            continue
        first = day - back
        for at, value in enumerate(found):
            sums[at] += value
        number = found[tallies.COUNT]
        worked += number > 0
        highest = max(highest, number)
        if back <= 7:
            recent += number
    number = sums[tallies.COUNT]
    if not number:
        return _NOBODY
    span = day - first
    earlier = number - recent
    expected = 7.0 * earlier / max(span - 7, 7) if span > 7 else recent
    mean = sums[tallies.LOG] / number / tallies.SCALE
    variance = max(sums[tallies.SQUARE] / number / tallies.SCALE**2 - mean * mean, 0.0)
    shrunk = (variance * number + _SPREAD**2 * _PRIOR) / (number + _PRIOR)
    fee = max(sums[tallies.FEE], 1)
    return (
        log1p(number / span),
        mean,
        log(sqrt(shrunk)),
        sums[tallies.FUND] / fee,
        sums[tallies.ACCOUNT] / fee,
        sums[tallies.NIGHT] / number,
        sums[tallies.RETURNED] / number,
        log1p(sums[tallies.LINES] / number),
        log((recent + 5) / (expected + 5)),
        log1p(highest),
        float(worked),
        log1p(number / worked),
    )


def _drift(place: Place, day: int) -> tuple[float, ...]:
    known = place.memo.get(("drift", day))
    if known is None:
        known = place.memo["drift", day] = drift(place.tallies.get("", {}), day)
    return known


def _order(one: Encounter) -> tuple[int, str]:
    return one.time, one.event_id


def _time(one: Encounter) -> int:
    return one.time


def position(known: Sequence[Encounter], one: Encounter) -> int:
    """How many settlements stand before one in the order of time and event id."""
    last = len(known)
    if last and known[-1].event_id == one.event_id:
        return last - 1
    return bisect_left(known, (one.time, one.event_id), key=_order)


def _today(known: Sequence[Encounter], one: Encounter) -> tuple[float, float, float]:
    """Settled at a terminal today and in the last hour before one, and hours since the last."""
    here = position(known, one)
    if not here:
        return 0.0, 0.0, log1p(_NEVER)
    midnight = bisect_left(known, day_start(day_of(one.time)), 0, here, key=_time)
    hour = bisect_left(known, one.time - HOUR, midnight, here, key=_time)
    since = (one.time - known[here - 1].time) / HOUR
    return log1p(here - midnight), log1p(here - hour), log1p(min(since, _NEVER))


def _physician(place: Place, one: Encounter, weeks: Sequence[float]) -> tuple[float, ...]:
    known = place.doctors.get(one.doctor, ()) if one.doctor else ()
    if not known:
        return (0.0,) * 9
    here = position(known, one)
    midnight = bisect_left(known, day_start(day_of(one.time)), 0, here, key=_time)
    hour = bisect_left(known, one.time - HOUR, midnight, here, key=_time)
    minute = bisect_left(known, one.time - MINUTE, midnight, here, key=_time)
    patients = {one.psn_no, *(known[at].psn_no for at in range(midnight, here))}
    first = known[midnight].time if midnight < here else one.time
    return (
        log1p(len(patients)),
        log1p(here - hour),
        (one.time - first) / HOUR,
        weeks[_PER_DAY],
        weeks[_HIGHEST],
        weeks[_DAYS],
        weeks[_MEAN],
        weeks[_NIGHT],
        here - minute,
    )
