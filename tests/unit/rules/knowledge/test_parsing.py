"""What the texts of points are taken to say, and what is left alone."""

from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.knowledge.limits import (
    Age,
    Days,
    Diseases,
    Level,
    Limit,
    Sex,
    Times,
    Treatment,
    Units,
)
from rules.knowledge.parsing import read_point
from rules.knowledge.points import Point
from rules.knowledge.wording import whole

DRUG: Final = "XA01AZZ001A001010000001"
SERVICE: Final = "009900001000000"
CLASSES: Final = (
    "药品区分性别使用",
    "药品儿童专用",
    "药品限儿童使用",
    "药品限新生儿使用",
    "药品儿童禁用",
    "医疗服务项目儿童专用",
    "医疗服务项目限年龄",
    "药品限医疗机构级别",
    "药品限就医方式",
    "药品限支付疗程",
    "药品限最大开药天数/开药量",
    "药品超限定病种目录范围使用",
    "医疗服务项目限定频次",
    "医疗服务项目周期超频次",
    "药品限适应症",
)


def limit_of(rule_class: str, constraint: str, name: str = "", code: str = DRUG) -> Limit | None:
    point = Point("KP", rule_class, item_name=name, constraint=constraint, codes=(code,))
    return read_point(point).limit


@pytest.mark.parametrize(
    ("constraint", "name", "expected"),
    [
        ("活血调经，用于痛经。", "", Sex("2")),
        ("用于良性前列腺增生。", "", Sex("1")),
        ("卡前列腺素，用于引产。", "", Sex("2")),
        ("避孕，3年有效。", "甲宫内系统", Sex("2")),
        ("治疗早产儿呼吸窘迫。", "", None),
        ("用于前列腺癌和绝经后乳腺癌。", "", None),
        ("用于男性。妇女禁用。", "", Sex("1")),
        ("用于男女不孕不育。", "", None),
        ("强筋壮骨。", "甲片", None),
        ("", "", None),
    ],
)
def test_sex(constraint: str, name: str, expected: Limit | None) -> None:
    assert limit_of("药品区分性别使用", constraint, name) == expected


@pytest.mark.parametrize(
    ("constraint", "expected"),
    [
        ("限儿童。", Age("child")),
        ("限3-12岁患者。", Age(low=36, high=156)),
        ("限6～17岁儿童和青少年。", Age(low=72, high=216)),
        ("限14周岁以下儿童。", Age(high=180)),
        ("限不满14周岁儿童。", Age(high=168)),
        ("限3岁及以上儿童。", Age("child", low=36)),
        ("限：1.1岁至14岁儿童甲病；2.2岁至12岁儿童乙病。", Age(low=12, high=180)),
        ("限：1.儿童甲病；2.12岁以下儿童乙病。", Age("child")),
        ("限1.5岁以上儿童。", Age("child")),
        ("限成人及儿童。", None),
        ("限新生儿。", Age("newborn")),
        ("限重症患者。", None),
        ("不用于儿童。", None),
        ("儿童慎用。", None),
    ],
)
def test_ages(constraint: str, expected: Limit | None) -> None:
    assert limit_of("药品限儿童使用", constraint) == expected


@pytest.mark.parametrize(
    ("constraint", "expected"),
    [
        ("18岁以下禁用。", Age(high=216, forbidden=True)),
        ("成人慎用，2岁以下儿童禁用。", Age(high=24, forbidden=True)),
        ("儿童禁用。", Age("child", forbidden=True)),
        ("孕妇禁用。", None),
    ],
)
def test_forbidden_ages(constraint: str, expected: Limit | None) -> None:
    assert limit_of("药品儿童禁用", constraint) == expected


@pytest.mark.parametrize(
    ("rule_class", "constraint", "expected"),
    [
        ("药品限医疗机构级别", "限二级及以上医疗机构癌症患者。", Level(2)),
        ("药品限医疗机构级别", "限三级医院。", Level(3)),
        ("药品限医疗机构级别", "需三级医院眼科或二级及以上眼科专科医院医师处方。", Level(2)),
        ("药品限医疗机构级别", "首次处方时需由二级及以上医疗机构医师开具。", None),
        ("药品限医疗机构级别", "限二级及以下医疗机构。", None),
        ("药品限医疗机构级别", "限一级及以上医疗机构。", None),
        ("药品限就医方式", "限急诊或住院患者。", Treatment(("inpatient", "emergency"))),
        ("药品限就医方式", "肿瘤患者，住院方可支付。", Treatment(("inpatient",))),
        ("药品限就医方式", "住院患者方予支付，门诊限放疗。", None),
        ("药品限就医方式", "限门诊使用。", Treatment(("outpatient",))),
        ("药品限支付疗程", "发作48小时内使用，支付不超过14天。", Days(14, "day", "course")),
        ("药品限支付疗程", "单次住院最多支付14天。", Days(14, "day", "encounter")),
        ("药品限支付疗程", "支付不超过十二个月。", Days(12, "month", "course")),
        ("药品限支付疗程", "支付不超过2周。", Days(14, "day", "course")),
        ("药品限支付疗程", "单次不超过7天，全年不超过60天。", None),
        ("药品限支付疗程", "每眼累计最多支付9支。", None),
        ("药品限最大开药天数/开药量", "不超过30天。", Days(30, "day", "supply")),
        ("医疗服务项目限定频次", "半小时", Units(48, "半小时")),
        ("医疗服务项目限定频次", "每日不超过2次。", Times(2, "day")),
        ("医疗服务项目限定频次", "次", None),
        ("医疗服务项目限定频次", "周", Times(1, "week")),
        ("医疗服务项目周期超频次", "每月支付不超过1次", Times(1, "month")),
        ("医疗服务项目周期超频次", "评定间隔时间不短于14天。", Times(1, "interval", 14)),
        ("医疗服务项目周期超频次", "每月最多支付两次。", Times(2, "month")),
        ("药品超限定病种目录范围使用", "限高血压、糖尿病。", Diseases(("M03900", "M01600"))),
        ("药品超限定病种目录范围使用", "限M07803。", Diseases(("M07803",))),
        ("药品超限定病种目录范围使用", "限高血压等病种。", None),
        ("药品限适应症", "限儿童。", None),
    ],
)
def test_other_limits(rule_class: str, constraint: str, expected: Limit | None) -> None:
    code = SERVICE if rule_class.startswith("医疗服务项目") else DRUG
    assert limit_of(rule_class, constraint, code=code) == expected


@pytest.mark.parametrize(
    ("numeral", "number"), [("14", 14), ("两", 2), ("十", 10), ("十二", 12), ("三十六", 36)]
)
def test_numerals(numeral: str, number: int) -> None:
    assert whole(numeral) == number


WORDS: Final = st.sampled_from(
    [
        *"限支付不超过至及以上下每周日月年次岁级间隔于住院门急诊儿童成人男女禁用。；：,.一二十0123456789-～%",
        "二级及以上",
        "方可支付",
        "周岁",
        "单次",
        "处方",
        "前列腺",
        "月经",
    ]
)


@settings(max_examples=200)
@given(st.sampled_from(CLASSES), st.lists(WORDS, max_size=14).map("".join), st.text(max_size=8))
def test_no_text_breaks_the_parsers(rule_class: str, constraint: str, name: str) -> None:
    """Every text is read as a limit or left alone with a reason in both languages."""
    for code in (DRUG, SERVICE):
        point = Point("KP", rule_class, item_name=name, constraint=constraint, codes=(code,))
        reading = read_point(point)
        assert reading.reason.en
        assert reading.reason.zh
        assert bool(reading.rule) == (reading.limit is not None)
