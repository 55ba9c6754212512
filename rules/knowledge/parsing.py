"""From the texts of a point to a limit, where their meaning is certain; else to the reason why not.

The class says what a point is about, its texts say the rest. Nothing is taken from a text that
admits of two readings, and where two readings differ in a number the one counts that no honest
settlement breaks.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

from events.identifiers import ItemKind, item_kind
from rules.knowledge.ages import forbidden_ages, group_of, stated_ages
from rules.knowledge.diseases import named_diseases
from rules.knowledge.limits import (
    Age,
    Alone,
    Days,
    Diseases,
    Insurance,
    Level,
    Limit,
    Never,
    Offline,
    Reading,
    Reason,
    Sex,
    Together,
    Treatment,
)
from rules.knowledge.periods import days_of_supply, frequency
from rules.knowledge.points import Point
from rules.knowledge.reasons import (
    ADULTS_TOO,
    CLASSES,
    NO_AGE,
    NO_CODE,
    NO_DISEASE,
    NO_FREQUENCY,
    NO_LEVEL,
    NO_PAIR,
    NO_PERIOD,
    NO_SEX,
    NO_WAY,
    NOT_A_HERB,
    UNKNOWN_CLASS,
    told,
)
from rules.knowledge.wording import denies, plain, sexes, speaks_of_adults, stated_sexes

_AT_LEAST: Final = re.compile(
    r"([一二三])级(?:甲等|乙等)?(?:及|或)?以上|三级(?:综合|专科)?(?:医院|医疗机构)"
)
_NO_FLOOR: Final = re.compile("级及?以下|基层")
_FIRST_ONLY: Final = re.compile("[^,;。，；]*首次[^,;。，；]*")
_TIERS: Final = {"一": 1, "二": 2, "三": 3}
_EITHER: Final = re.compile(
    "(?:门诊)?(?:急诊|急救|抢救)(?:患者)?(?:或|和|及|与|、|/)住院"
    "|住院(?:患者)?(?:或|和|及|与|、|/)(?:门诊)?急诊"
)
_IN_HOSPITAL: Final = re.compile(
    "住院(?:患者|期间|病人|治疗)?(?:时|使用)?(?:方予|方可|方能|才予|才可)支付|^(?:仅)?限住院|限住院患者"
    "|(?:仅)?限住院(?:期间|使用|治疗)"
)
_EMERGENCY: Final = re.compile("^(?:仅)?限(?:门)?急诊(?:患者|使用)?。?$|限急诊(?:患者|使用)")
_OUTPATIENT: Final = re.compile(
    "^(?:仅)?限门诊(?:患者|使用|治疗)?。?$|门诊(?:患者)?方(?:予|可)支付"
)

Parser = Callable[[Point], Limit | Reason]


def read_point(point: Point) -> Reading:
    """What a point demands, as far as it is certain and settlement data can decide it."""
    rule_class = plain(point.rule_class)
    parser = _PARSERS.get(rule_class)
    if parser is None:
        return Reading(None, CLASSES.get(rule_class, UNKNOWN_CLASS))
    if not point.codes:
        return Reading(None, NO_CODE)
    limit = parser(point)
    if isinstance(limit, Reason):
        return Reading(None, limit)
    return Reading(limit, told(limit))


def _sex(point: Point) -> Limit | Reason:
    constraint, name = plain(point.constraint), plain(point.item_name)
    for found in (stated_sexes(constraint), sexes(constraint), sexes(f"{name}。{constraint}")):
        if len(found) == 1:
            return Sex(found.pop()) if not _contradicted(constraint) else NO_SEX
        if found:
            return NO_SEX
    return NO_SEX


def _contradicted(constraint: str) -> bool:
    """Whether a text speaks of both sexes, whichever it names outright."""
    return len(sexes(constraint)) > 1


def _for_children(point: Point) -> Limit | Reason:
    """An item for children only: how old they may be is what its name or text calls them."""
    texts = f"{plain(point.item_name)}。{plain(point.constraint)}"
    if speaks_of_adults(texts):
        return ADULTS_TOO
    if _is_service(point):
        group = group_of(plain(point.constraint)) or group_of(plain(point.item_name))
        return Age(group) if group is not None else NO_AGE
    # A drug's text is its indication: an age in it is whom it helps, not whom it is limited to.
    return Age("child")


def _limited_to_children(point: Point) -> Limit | Reason:
    constraint = plain(point.constraint)
    if speaks_of_adults(constraint):
        return ADULTS_TOO
    return NO_AGE if denies(constraint) else stated_ages(constraint) or NO_AGE


def _limited_to_newborns(point: Point) -> Limit | Reason:
    constraint = plain(point.constraint)
    if speaks_of_adults(constraint):
        return ADULTS_TOO
    group = group_of(constraint)
    return Age(group) if group is not None else Age("newborn")


def _not_for_children(point: Point) -> Limit | Reason:
    return forbidden_ages(plain(point.constraint)) or NO_AGE


def _limited_age(point: Point) -> Limit | Reason:
    constraint = plain(point.constraint)
    if "法定就业年龄" in constraint:
        return Age("working")
    if denies(constraint):
        return NO_AGE
    return stated_ages(constraint) or NO_AGE


def _level(point: Point) -> Limit | Reason:
    constraint = plain(point.constraint)
    # Whoever goes on with what a bigger hospital began may be of any level.
    found = _AT_LEAST.findall(_FIRST_ONLY.sub("", constraint))
    if not found or _NO_FLOOR.search(constraint):
        return NO_LEVEL
    # Where a text names several levels for several hospitals, the lowest breaks none of them.
    tier = min(_TIERS.get(level, 3) for level in found)
    return Level(tier) if tier > 1 else NO_LEVEL


def _treatment(point: Point) -> Limit | Reason:
    constraint = plain(point.constraint)
    if _EITHER.search(constraint):
        return Treatment(("inpatient", "emergency"))
    if _IN_HOSPITAL.search(constraint):
        return NO_WAY if "门诊" in constraint else Treatment(("inpatient",))
    if _EMERGENCY.search(constraint):
        return Treatment(("emergency",))
    if _OUTPATIENT.search(constraint):
        return Treatment(("outpatient",))
    return NO_WAY


def _offline(_: Point) -> Limit | Reason:
    return Offline()


def _days(point: Point) -> Limit | Reason:
    return days_of_supply(plain(point.constraint)) or NO_PERIOD


def _supply(point: Point) -> Limit | Reason:
    limit = days_of_supply(plain(point.constraint), single=True)
    return limit if limit is not None and isinstance(limit, Days) else NO_PERIOD


def _frequency(point: Point) -> Limit | Reason:
    return frequency(plain(point.constraint)) or NO_FREQUENCY


def _together(point: Point) -> Limit | Reason:
    if len(point.codes) != 2:
        return NO_PAIR
    return Together(point.codes[0], point.codes[1])


def _alone(point: Point) -> Limit | Reason:
    return Alone() if _is_herb(point) else NOT_A_HERB


def _never(point: Point) -> Limit | Reason:
    return Never() if _is_herb(point) else NOT_A_HERB


def _injury(_: Point) -> Limit | Reason:
    return Insurance("injury")


def _maternity(_: Point) -> Limit | Reason:
    return Insurance("maternity")


def _diseases(point: Point) -> Limit | Reason:
    codes = named_diseases(plain(point.constraint))
    return Diseases(codes) if codes else NO_DISEASE


def _is_service(point: Point) -> bool:
    return all(item_kind(code) is ItemKind.SERVICE for code in point.codes)


def _is_herb(point: Point) -> bool:
    return all(item_kind(code) is ItemKind.SLICE for code in point.codes)


_PARSERS: Final[Mapping[str, Parser]] = {
    "药品区分性别使用": _sex,
    "医疗服务项目区分性别使用": _sex,
    "医用耗材与性别不符": _sex,
    "药品儿童专用": _for_children,
    "医疗服务项目儿童专用": _for_children,
    "药品限儿童使用": _limited_to_children,
    "医疗服务项目限儿童使用": _limited_to_children,
    "耗材限儿童使用": _limited_to_children,
    "药品限新生儿使用": _limited_to_newborns,
    "医疗服务项目限新生儿使用": _limited_to_newborns,
    "耗材限新生儿使用": _limited_to_newborns,
    "药品儿童禁用": _not_for_children,
    "医疗服务项目限年龄": _limited_age,
    "药品限医疗机构级别": _level,
    "医疗服务项目限医疗机构级别": _level,
    "药品限就医方式": _treatment,
    "医疗服务项目限就医方式": _treatment,
    "超互联网医院药品支付范围": _offline,
    "药品限支付疗程": _days,
    "医疗服务项目限支付疗程": _days,
    "药品限最大开药天数/开药量": _supply,
    "药品限最大支付天数/开药量": _supply,
    "医疗服务项目限定频次": _frequency,
    "医疗服务项目周期超频次": _frequency,
    "医疗服务项目重复收费": _together,
    "医疗服务项目与医用耗材重复收费": _together,
    "中药饮片单方使用不予支付": _alone,
    "中药饮片单复方均不予支付": _never,
    "药品超限定病种目录范围使用": _diseases,
    "药品限工伤保险": _injury,
    "医疗服务项目限工伤保险": _injury,
    "药品限生育保险": _maternity,
    "医疗服务项目限生育保险": _maternity,
}
"""Parser of each published class that settlement data can decide."""
