"""How the steps of a calculation read, in Chinese and English.

Kept apart from the calculation so that a stream of settlements pays only for numbers; the text is
made when somebody reads it.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from events.money import yuan

Argument = int | Decimal | date | str | tuple[str, str]
"""Fen, ratio, date, a term, or a pair of Chinese and English text."""

_ZH: Final = 0
_EN: Final = 1

_TERMS: Final[Mapping[str, str]] = {
    "tertiary": "三级",
    "secondary": "二级",
    "primary": "一级及以下",
    "pharmacy": "定点零售药店",
    "employed": "在职",
    "retired": "退休",
    "full": "足额缴费",
    "low": "较低费率缴费",
    "pool_only": "单建统筹",
}

_WORDING: Final[Mapping[str, tuple[str, str]]] = {
    "way_pays": (
        "参保人{0}，享受普通门诊统筹待遇",
        "contributes as `{0}`, which gives the general outpatient benefit",
    ),
    "way_pays_nothing": (
        "参保人{0}，不享受普通门诊统筹待遇",
        "contributes as `{0}`, which gives no general outpatient benefit",
    ),
    "pharmacies_later": (
        "{0}起才可支付定点零售药店费用",
        "pharmacies may be paid from {0} only",
    ),
    "pharmacy_not_joined": (
        "该药店当日未纳入门诊统筹",
        "the pharmacy had not joined outpatient pooling on that day",
    ),
    "pharmacy_joined": (
        "该药店自{0}起纳入门诊统筹",
        "the pharmacy joined outpatient pooling on {0}",
    ),
    "no_prescription": (
        "无外配处方，统筹基金不予支付",
        "no external prescription, so the pool pays nothing",
    ),
    "offsite_later": (
        "异地普通门诊自{0}起才纳入支付",
        "general outpatient care away from home is paid from {0} only",
    ),
    "offsite_not_filed": ("未办理异地就医备案", "no filing for care away from home"),
    "offsite_paid": (
        "异地普通门诊自{0}起纳入支付，与本地费用合并累计",
        "care away from home is paid since {0} and adds to the same sums",
    ),
    "new_year": (
        "{0}年度累计从零起算，上年限额余额不结转",
        "the sums of {0} start from zero and nothing is carried over",
    ),
    "in_policy": ("政策范围内费用{0}元", "in-policy costs {0}"),
    "deductible": (
        "年度起付标准{0}元，本年已付{1}元，本次扣{2}元",
        "yearly deductible {0}, used {1} so far, {2} now",
    ),
    "deductible_merged": (
        "普通门诊与慢特病起付标准合并累计",
        "general and chronic outpatient costs fill one deductible",
    ),
    "ratio": ("{0}{1}（{2}，{3}）", "{0} {1} ({2}, {3})"),
    "no_level": (
        "医疗机构等级代码“{0}”无法判定级别",
        "hosp_lv `{0}` gives no level of institution",
    ),
    "cap": (
        "年度最高支付限额{0}元，本年已支付{1}元，尚余{2}元",
        "yearly cap {0}, {1} paid so far, {2} left",
    ),
    "cap_raised": (
        "年度最高支付限额{0}元（含批准提高{3}元），本年已支付{1}元，尚余{2}元",
        "yearly cap {0} (raised by {3}), {1} paid so far, {2} left",
    ),
    "outside_basic_cap": (
        "本项支付不计入基本医保年度最高支付限额",
        "this does not count towards the cap of basic insurance",
    ),
    "inside_basic_cap": (
        "本项支付计入基本医保年度最高支付限额",
        "this counts inside the cap of basic insurance",
    ),
    "basic_cap_unknown": (
        "本项支付计入基本医保年度最高支付限额；该限额未填入，接近限额时结果可能减少",
        "this counts inside the cap of basic insurance, whose amount is not filled in; the result "
        "may be less for someone close to it",
    ),
    "basic_cap": (
        "基本医保年度最高支付限额{0}元，已用{1}元，尚余{2}元",
        "cap of basic insurance {0}, {1} used, {2} left",
    ),
    "payment": (
        "统筹基金支付{0}元：({1} - {2}) × {3}，以限额余额为限",
        "the pool pays {0}: ({1} - {2}) × {3}, at most what the caps leave",
    ),
    "no_payment": ("统筹基金不予支付", "the pool pays nothing"),
    "open": (
        "{0}（{1}）由统筹地区规定，尚未填入",
        "{0} ({1}): left to the pooling area and not filled in",
    ),
    "repealed": ("{0}（{1}）已废止或已到期", "{0} ({1}): repealed or run out"),
    "absent": ("{0}（{1}）现有文件未作规定", "{0} ({1}): not said by any document"),
}

WORDINGS: Final = frozenset(_WORDING)
"""Every wording a step may have."""


def in_chinese(wording: str, args: Sequence[Argument]) -> str:
    """The text of a step in Chinese. Raises KeyError for an unknown wording."""
    return _WORDING[wording][_ZH].format(*(_shown(arg, _ZH) for arg in args))


def in_english(wording: str, args: Sequence[Argument]) -> str:
    """The text of a step in English. Raises KeyError for an unknown wording."""
    return _WORDING[wording][_EN].format(*(_shown(arg, _EN) for arg in args))


def _shown(arg: Argument, language: int) -> str:
    if isinstance(arg, tuple):
        return arg[language]
    if isinstance(arg, int):
        return str(yuan(arg))
    if isinstance(arg, Decimal):
        return f"{(arg * 100).normalize():f}%"
    if isinstance(arg, str):
        return _TERMS.get(arg, arg) if language == _ZH else arg
    return arg.isoformat()
