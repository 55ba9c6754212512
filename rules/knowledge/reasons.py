"""Why points are active or not, in words for `fundwatch knowledge list`."""

from collections.abc import Mapping
from typing import Final

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
    Reason,
    Sex,
    Times,
    Together,
    Treatment,
    Units,
)

UNKNOWN_CLASS: Final = Reason(
    "the class is none that settlement data decides", "该类规则无法由结算数据判定"
)
NO_CODE: Final = Reason("a note that names no item code", "说明性条目，无项目编码")
NO_SEX: Final = Reason("the text does not say for which sex", "文字未明确限定性别")
ADULTS_TOO: Final = Reason(
    "the text speaks of adults beside children", "文字提及成人，不能判定仅限儿童"
)
NO_AGE: Final = Reason("the text states no certain age", "文字未写明确切年龄")
NO_LEVEL: Final = Reason(
    "the text names no level below which paying is always wrong", "文字未写明确切的机构级别下限"
)
NO_WAY: Final = Reason("the text names no way of treatment for certain", "文字未写明确切的就医方式")
NO_PERIOD: Final = Reason("the text states no certain number of days", "文字未写明确切天数")
NO_FREQUENCY: Final = Reason("the text states no number of times", "文字未写明确切次数")
NO_PAIR: Final = Reason(
    "not exactly two item codes to exclude each other", "不是恰好两个互斥项目编码"
)
NOT_A_HERB: Final = Reason("a code that is no herbal slice", "编码不是中药饮片编码")
NO_DISEASE: Final = Reason(
    "the text names diseases that cannot be mapped to the chronic-disease list",
    "文字所列病种无法对应门诊慢特病编码",
)
CONTRADICTED: Final = Reason(
    "another point limits the same code to the other sex", "同一编码另有限定相反性别的知识点"
)

_NEEDS_DIAGNOSIS: Final = Reason(
    "an indication in words: settlements carry diagnosis codes, not stages, markers or failures",
    "适应症为文字描述，结算诊断编码无法判定",
)
_NEEDS_RECORDS: Final = Reason("needs medical records", "需病历资料才能判定")
CLASSES: Final[Mapping[str, Reason]] = {
    "药品限适应症": _NEEDS_DIAGNOSIS,
    "医疗服务项目限适应症": _NEEDS_DIAGNOSIS,
    "药品限二线使用": Reason(
        "needs proof that first-line drugs failed, which no settlement holds",
        "需一线药品无效或不能耐受的证据，结算数据不含",
    ),
    "手术项目未按规定折价收费": Reason(
        "needs the incision and the local discount, which no settlement holds",
        "需手术切口信息和当地折价比例，结算数据不含",
    ),
    "药品禁忌症": _NEEDS_RECORDS,
    "医疗服务项目禁忌症": _NEEDS_RECORDS,
    "超说明书适应症用药": _NEEDS_DIAGNOSIS,
    "医疗服务项目超适应症使用": _NEEDS_DIAGNOSIS,
    "医疗服务项目限科室使用": Reason(
        "departments have no national codes in settlements", "结算数据的科室无统一编码"
    ),
}
"""Why whole classes are not decided from settlements."""

_SEXES: Final = {"1": ("men", "男性"), "2": ("women", "女性")}
_GROUPS: Final = {
    "newborn": ("newborns", "新生儿"),
    "infant": ("infants", "婴儿"),
    "toddler": ("children below three years", "婴幼儿"),
    "child": ("children", "儿童"),
    "working": ("people of working age", "法定就业年龄段"),
}
_WAYS: Final = {
    "inpatient": ("inpatient", "住院"),
    "emergency": ("emergency", "急诊"),
    "outpatient": ("outpatient", "门诊"),
}
_SCOPES: Final = {
    "course": ("a course", "一个疗程"),
    "encounter": ("a stay or visit", "单次住院或就诊"),
    "supply": ("a supply", "单次开药"),
}
_PERIODS: Final = {
    "day": ("a day", "每日"),
    "week": ("a week", "每周"),
    "month": ("a month", "每月"),
    "year": ("a year", "每年"),
}


def told(limit: Limit) -> Reason:
    """What a limit demands, in words."""
    match limit:
        case Sex(only):
            en, zh = _SEXES[only]
            return Reason(f"for {en} only", f"限{zh}")
        case Age():
            return _age(limit)
        case Level(tier):
            zh = "一二三"[tier - 1]
            return Reason(f"hospitals of tier {tier} and above only", f"限{zh}级及以上医疗机构")
        case Treatment(ways):
            en = " or ".join(_WAYS[way][0] for way in ways)
            return Reason(f"{en} treatment only", "限" + "或".join(_WAYS[way][1] for way in ways))
        case Offline():
            return Reason("not in internet treatment", "互联网诊疗不得开具")
        case Days():
            return _days(limit)
        case Together(whole, part):
            return Reason(f"{part} is part of {whole}, not charged beside it", f"{whole}已含{part}")
        case Alone():
            return Reason("not paid in prescriptions of such herbs only", "单方不予支付")
        case Never():
            return Reason("never paid by the pool", "单复方均不予支付")
        case Diseases(codes):
            return Reason(f"chronic diseases {' '.join(codes)} only", f"限病种{'、'.join(codes)}")
        case Units(a_day, unit):
            return Reason(f"at most {a_day} a day", f"按{unit}计费，每日不超过{a_day}")
        case Times():
            return _times(limit)
        case Insurance("injury"):
            return Reason("work-injury insurance only", "限工伤保险")
        case Insurance():
            return Reason("maternity insurance only", "限生育保险")


def _age(limit: Age) -> Reason:
    group = _GROUPS.get(limit.group or "")
    if limit.forbidden:
        if group is not None:
            return Reason(f"not for {group[0]}", f"{group[1]}禁用")
        return Reason(f"not below {_span(limit.high)[0]}", f"{_span(limit.high)[1]}以下禁用")
    parts_en, parts_zh = [], []
    if group is not None:
        parts_en.append(f"for {group[0]} only")
        parts_zh.append(f"限{group[1]}")
    if limit.low:
        parts_en.append(f"from {_span(limit.low)[0]}")
        parts_zh.append(f"{_span(limit.low)[1]}及以上")
    if limit.high is not None:
        parts_en.append(f"below {_span(limit.high)[0]}")
        parts_zh.append(f"未满{_span(limit.high)[1]}")
    return Reason(", ".join(parts_en), "，".join(parts_zh))


def _span(months: int | None) -> tuple[str, str]:
    months = months or 0
    if months % 12:
        return f"{months} months", f"{months}个月"
    return f"{months // 12} years", f"{months // 12}岁"


def _days(limit: Days) -> Reason:
    en, zh = _SCOPES[limit.scope]
    unit_zh = "天" if limit.unit == "day" else "个月"
    return Reason(f"at most {limit.most} {limit.unit}s in {en}", f"{zh}不超过{limit.most}{unit_zh}")


def _times(limit: Times) -> Reason:
    if limit.period == "interval":
        return Reason(f"not again within {limit.days} days", f"间隔不短于{limit.days}天")
    en, zh = _PERIODS[limit.period]
    return Reason(f"at most {limit.most} {en}", f"{zh}不超过{limit.most}次")
