"""Days, periods and frequencies in limits."""

import re
from typing import Final, Literal

from rules.knowledge.limits import Days, Scope, Times, Units
from rules.knowledge.wording import NUMBER, whole

_AT_MOST: Final = "(?:不超过|不得超过|不应超过|不多于|不长于|最多支付|最多|最长|限定|上限为|≤)"
_PERIOD: Final = re.compile(rf"{_AT_MOST}(?:支付|使用|开具)?{NUMBER}(天|日|周|个月|月|年)")
_LENGTH: Final = {"天": 1, "日": 1, "周": 7}
_STAY: Final = re.compile("单次|每次住院|一次住院|每住院")
_SUPPLY: Final = re.compile("处方|每次开药|单次开药|开药天数|开药量")

_UNITS: Final = {"小时": 24, "半小时": 48, "分钟": 24 * 60, "日": 1, "天": 1, "床日": 1, "每日": 1}
_UNIT: Final = re.compile(r"^(?:计价单位[:：]?|每|/)?(半小时|小时|分钟|床日|日|天)[。.]?$")
_TIMES: Final = re.compile(
    rf"每(?:个)?(日|天|周|月|年|自然年|年度)(?:内)?(?:支付|使用|收费|计费)?(?:{_AT_MOST}|限)"
    rf"(?:支付|使用|收费|计费)?{NUMBER}(?:次|项|小时)"
)
_LONG_UNIT: Final = re.compile(r"^(?:计价单位[:：]?|每|/)?(周|月|年)[。.]?$")
_PER: Final = re.compile(rf"^{_AT_MOST}?{NUMBER}次/(日|天|周|月|年)[。.]?$")
_INTERVAL: Final = re.compile(
    rf"间隔(?:时间)?(?:不(?:短|少|低|得短|得少|得低|应短|应少)于|≥|大于等于){NUMBER}(天|日|周)"
)
_PERIODS: Final[dict[str, Literal["day", "week", "month", "year"]]] = {
    "日": "day",
    "天": "day",
    "周": "week",
    "月": "month",
    "年": "year",
    "自然年": "year",
    "年度": "year",
}


def days_of_supply(text: str, *, single: bool = False) -> Days | None:
    """The longest time for which a limit pays; None where it states none or several sorts.

    `single` says that a limit which names no scope is one of each supply.
    """
    found: set[tuple[int, Literal["day", "month"]]] = set()
    for numeral, unit in _PERIOD.findall(text):
        if unit in _LENGTH:
            found.add((whole(numeral) * _LENGTH[unit], "day"))
        else:
            found.add((whole(numeral) * (12 if unit == "年" else 1), "month"))
    if not found or len({unit for _, unit in found}) > 1:
        return None
    scope: Scope = "supply" if single else "course"
    if _SUPPLY.search(text):
        scope = "supply"
    elif _STAY.search(text):
        scope = "encounter"
    if scope != "course" and len(found) > 1:
        return None
    most, unit = max(found)
    if most < 1 or (unit == "month" and (scope != "course" or most > 12)):
        return None
    return Days(most, unit, scope)


def frequency(text: str) -> Units | Times | None:
    """How often a limit lets something be charged, by its charging unit or by its words."""
    unit = _UNIT.match(text)
    if unit is not None:
        return Units(_UNITS[unit[1]], unit[1])
    long_unit = _LONG_UNIT.match(text)
    if long_unit is not None:
        return Times(1, _PERIODS[long_unit[1]])
    interval = _INTERVAL.search(text)
    times = _TIMES.search(text) or None
    if interval is not None:
        return None if times is not None else Times(1, "interval", _interval_days(interval))
    if times is not None:
        return Times(whole(times[2]), _PERIODS[times[1]])
    per = _PER.match(text)
    return Times(whole(per[1]), _PERIODS[per[2]]) if per is not None else None


def _interval_days(found: re.Match[str]) -> int:
    return whole(found[1]) * _LENGTH[found[2]]
