"""What names of goods tell, over drugs, devices and everyday things."""

import pytest

from rules.cash_out.words import is_unlike, tells
from rules.registry import load_rules

LIMITS = load_rules(["cash_out.out_of_scope_goods"])[0].at(0x7FFFFFFF)


@pytest.mark.parametrize(
    "name",
    [
        "纽崔莱蛋白粉",
        "东北大米5kg",
        "玫瑰洗发护发套装",
        "美白面膜",
        "足浴按摩",
        "瑜伽课程",
        "海参礼盒",
        "会员卡充值",
        "五粮白酒",
        "儿童牙刷",
        "健身年卡",
        "蛋白营养粉",
        "代餐奶昔",
        "果蔬酵素",
        "红枣枸杞阿胶糕",
        "深海鱼油软胶囊",
        "褪黑素维生素B6片",
        "胶原蛋白饮",
        "儿童益生菌冻干粉",
    ],
)
def test_goods_that_no_fund_pays(name: str) -> None:
    assert tells(name, LIMITS["never"])
    assert not tells(name, LIMITS["unless"])


@pytest.mark.parametrize(
    "name",
    [
        "麦角胺咖啡因片",
        "古汉养生精口服液",
        "肠内营养粉剂(TP)",
        "ω-3鱼油中/长链脂肪乳注射液",
        "枯草杆菌二联活菌颗粒(益生菌粉)",
        "双歧杆菌三联活菌胶囊",
        "复方阿胶浆",
        "蛋白琥珀酸铁口服溶液",
        "胶原蛋白海绵",
        "鱼肝油乳",
        "红花油",
        "松节油搽剂",
        "米诺地尔酊",
        "酒石酸美托洛尔片",
        "葡萄糖注射液",
        "氨茶碱片",
        "小儿七星茶颗粒",
        "维生素C片",
        "碳酸钙D3片",
        "人血白蛋白",
        "健胃消食片",
        "电子血压计",
        "血糖试纸",
        "气床垫",
        "清洁灌肠",
        "推拿治疗",
        "康复水疗",
        "普通门诊诊察费",
    ],
)
def test_medicines_devices_and_services_tell_nothing(name: str) -> None:
    assert tells(name, LIMITS["unless"]) or not tells(name, LIMITS["never"])


def test_nothing_is_told_without_a_name() -> None:
    assert tells("", LIMITS["never"]) == ""


@pytest.mark.parametrize(
    ("name", "other", "unlike"),
    [
        ("羽绒外套", "甲降压片", True),
        ("降压片(安心牌)", "甲降压片", False),
        ("(甲)羽绒外套", "甲降压片", True),
        ("Amlodipine 5mg", "甲降压片", False),
        ("", "甲降压片", False),
    ],
)
def test_names_without_a_sign_in_common(name: str, other: str, unlike: bool) -> None:
    assert is_unlike(name, other) is unlike
