"""What people are treated for: chronic regimens and acute conditions with their usual drugs."""

from typing import Final

from msgspec import Struct


class Chronic(Struct, frozen=True, kw_only=True):
    """A registered disease: its code, an ICD-10 code, and a regimen of drug names."""

    dise_codg: str
    diag_code: str
    drugs: tuple[tuple[str, ...], ...]
    two_disease: bool = False


class Acute(Struct, frozen=True, kw_only=True):
    """An acute condition; `gend` limits it to a sex, `low` and `high` to ages."""

    diag_code: str
    drugs: tuple[str, ...]
    checks: tuple[str, ...] = ()
    gend: str = ""
    low: int = 3
    high: int = 120


CHRONIC: Final = {
    row.dise_codg: row
    for row in (
        Chronic(
            dise_codg="M03900",
            diag_code="I10.x00",
            drugs=(
                ("苯磺酸氨氯地平片",),
                ("硝苯地平控释片",),
                ("厄贝沙坦片",),
                ("苯磺酸氨氯地平片", "美托洛尔缓释片"),
            ),
            two_disease=True,
        ),
        Chronic(
            dise_codg="M01600",
            diag_code="E11.900",
            drugs=(
                ("盐酸二甲双胍片",),
                ("阿卡波糖片",),
                ("盐酸二甲双胍片", "达格列净片"),
                ("格列美脲片",),
            ),
            two_disease=True,
        ),
        Chronic(
            dise_codg="M04600",
            diag_code="I25.103",
            drugs=(("阿司匹林肠溶片", "阿托伐他汀钙片"), ("阿司匹林肠溶片", "瑞舒伐他汀钙片")),
        ),
        Chronic(
            dise_codg="M04803",
            diag_code="I69.300",
            drugs=(("硫酸氢氯吡格雷片",), ("硫酸氢氯吡格雷片", "阿托伐他汀钙片")),
        ),
        Chronic(
            dise_codg="M05300",
            diag_code="J44.900",
            drugs=(("噻托溴铵粉吸入剂",), ("布地奈德福莫特罗吸入粉雾剂",)),
        ),
        Chronic(
            dise_codg="M06900",
            diag_code="M06.900",
            drugs=(("甲氨蝶呤片",), ("来氟米特片",)),
        ),
        Chronic(dise_codg="M07803", diag_code="N18.001", drugs=((),)),
    )
}
COMMON: Final = ("M03900", "M01600", "M04600", "M04803", "M05300", "M06900")

ACUTE: Final = (
    Acute(diag_code="J06.900", drugs=("连花清瘟胶囊", "阿莫西林胶囊"), checks=("血常规检查",)),
    Acute(diag_code="J20.900", drugs=("头孢呋辛酯片", "盐酸氨溴索口服液"), checks=("数字化摄影",)),
    Acute(diag_code="K29.500", drugs=("奥美拉唑肠溶胶囊",), checks=(), low=16),
    Acute(diag_code="A09.900", drugs=("蒙脱石散", "左氧氟沙星片"), checks=("血常规检查",), low=19),
    Acute(diag_code="L20.900", drugs=("氯雷他定片", "莫匹罗星软膏")),
    Acute(diag_code="M54.500", drugs=("双氯芬酸钠缓释片",), checks=("数字化摄影",), low=20),
    Acute(diag_code="R00.200", drugs=(), checks=("常规心电图检查", "肝功能七项"), low=20),
    Acute(diag_code="R10.400", drugs=(), checks=("彩色多普勒超声检查",), low=16),
    Acute(diag_code="N76.000", drugs=("妇科千金片",), gend="2", low=19, high=60),
    Acute(diag_code="N92.600", drugs=("黄体酮软胶囊", "桂枝茯苓胶囊"), gend="2", low=19, high=50),
    Acute(diag_code="N40.x00", drugs=("非那雄胺片",), gend="1", low=50),
    Acute(diag_code="J06.903", drugs=("小儿氨酚黄那敏颗粒", "小儿咳喘灵颗粒"), low=1, high=11),
)
OTC_BASKETS: Final = (
    ("布洛芬缓释胶囊",),
    ("对乙酰氨基酚片", "维生素C片"),
    ("板蓝根颗粒",),
    ("连花清瘟胶囊", "维生素C片"),
    ("碳酸钙D3片",),
    ("健胃消食片",),
    ("藿香正气口服液",),
    ("云南白药气雾剂",),
    ("复方丹参滴丸",),
    ("开塞露",),
    ("莫匹罗星软膏", "医用纱布敷料"),
    ("电子血压计",),
    ("血糖试纸",),
)
