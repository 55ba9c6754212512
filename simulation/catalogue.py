"""Drugs, service items, devices and goods with made-up codes that satisfy the national formats.

Generic names and the therapeutic part of a drug code (its fourth-level ATC group) are real; the
running parts of the codes are made up. Prices are fen a pack or a time.
"""

from typing import Final

from msgspec import Struct

DRUG: Final = "101"
SERVICE: Final = "201"
MATERIAL: Final = "301"
OTHER: Final = "105"


class Item(Struct, frozen=True, kw_only=True):
    """One thing that can be charged; `selfpay` is a percentage, `days` a pack's supply."""

    code: str
    name: str
    list_type: str
    level: str
    charge: str
    price: int
    selfpay: int = 0
    limit: int = 0
    scope: str = "covered"
    rx: bool = False
    days: int = 0
    stocked: bool = False


_RX: Final = (
    # name, ATC group, fen a pack, days a pack, level, self-pay percent
    ("苯磺酸氨氯地平片", "C08CA", 18_60, 15, "01", 0),
    ("硝苯地平控释片", "C08CA", 24_30, 10, "01", 0),
    ("缬沙坦胶囊", "C09CA", 21_90, 10, "02", 10),
    ("厄贝沙坦片", "C09CA", 16_40, 15, "01", 0),
    ("美托洛尔缓释片", "C07AB", 19_80, 15, "01", 0),
    ("盐酸二甲双胍片", "A10BA", 12_50, 15, "01", 0),
    ("阿卡波糖片", "A10BF", 28_70, 10, "01", 0),
    ("达格列净片", "A10BK", 61_30, 15, "02", 10),
    ("格列美脲片", "A10BB", 22_10, 15, "01", 0),
    ("阿司匹林肠溶片", "B01AC", 9_80, 30, "01", 0),
    ("硫酸氢氯吡格雷片", "B01AC", 33_40, 15, "01", 0),
    ("阿托伐他汀钙片", "C10AA", 26_20, 10, "01", 0),
    ("瑞舒伐他汀钙片", "C10AA", 29_90, 15, "01", 0),
    ("噻托溴铵粉吸入剂", "R03BB", 86_00, 30, "02", 10),
    ("布地奈德福莫特罗吸入粉雾剂", "R03AK", 118_00, 30, "02", 10),
    ("甲氨蝶呤片", "L04AX", 16_80, 15, "01", 0),
    ("来氟米特片", "L04AK", 42_60, 10, "02", 10),
    ("左甲状腺素钠片", "H03AA", 23_50, 30, "01", 0),
    ("艾司唑仑片", "N05CD", 8_20, 10, "01", 0),
    ("非那雄胺片", "G04CB", 38_50, 10, "01", 0),
    ("黄体酮软胶囊", "G03DA", 31_20, 7, "01", 0),
)
_ACUTE: Final = (
    ("阿莫西林胶囊", "J01CA", 14_20, 5, "01", 0),
    ("头孢呋辛酯片", "J01DC", 22_80, 5, "01", 0),
    ("左氧氟沙星片", "J01MA", 18_90, 5, "01", 0),
    ("奥美拉唑肠溶胶囊", "A02BC", 15_60, 7, "01", 0),
    ("蒙脱石散", "A07BC", 12_90, 3, "01", 0),
    ("氯雷他定片", "R06AX", 11_30, 6, "01", 0),
    ("双氯芬酸钠缓释片", "M01AB", 13_70, 5, "01", 0),
    ("盐酸氨溴索口服液", "R05CB", 16_20, 4, "02", 10),
)
_OTC: Final = (
    ("布洛芬缓释胶囊", "M01AE", 16_50, 5, "01", 0),
    ("对乙酰氨基酚片", "N02BE", 8_60, 3, "01", 0),
    ("维生素C片", "A11GA", 6_80, 15, "01", 0),
    ("碳酸钙D3片", "A12AX", 39_00, 30, "02", 10),
    ("开塞露", "A06AG", 5_50, 5, "01", 0),
    ("莫匹罗星软膏", "D06AX", 17_90, 7, "02", 10),
)
_PATENT: Final = (
    # name, class letters, fen, days, level, self-pay; ZA internal, ZD gynaecological
    ("连花清瘟胶囊", "ZA01BAL", 14_80, 3, "01", 0),
    ("板蓝根颗粒", "ZA04CAB", 11_60, 5, "01", 0),
    ("复方丹参滴丸", "ZA12HAF", 27_80, 10, "01", 0),
    ("藿香正气口服液", "ZA02BAH", 13_90, 3, "02", 5),
    ("健胃消食片", "ZA13AAJ", 10_90, 5, "02", 5),
    ("云南白药气雾剂", "ZG03AAY", 36_80, 7, "02", 10),
    ("妇科千金片", "ZD02AAF", 28_60, 7, "01", 0),
    ("桂枝茯苓胶囊", "ZD01AAG", 31_70, 7, "01", 0),
    ("小儿氨酚黄那敏颗粒", "ZA01AAX", 9_90, 3, "02", 5),
    ("小儿咳喘灵颗粒", "ZA06CAX", 12_40, 4, "01", 0),
)
_COVETED: Final = (
    ("复方阿胶浆", "ZA09BAF", 98_00, 15, "02", 10),
    ("安宫牛黄丸", "ZA05AAA", 286_00, 3, "02", 10),
    ("片仔癀", "ZA04CAP", 340_00, 3, "02", 10),
)
_SERVICES: Final = (
    ("普通门诊挂号费", "001101000010000", "13", 2_00, "01", 0, "own_expense"),
    ("普通门诊诊察费", "001102000010000", "02", 10_00, "01", 0, "covered"),
    ("一般诊疗费", "001109900030000", "12", 10_00, "01", 0, "covered"),
    ("血常规检查", "002501010150000", "04", 20_00, "01", 0, "covered"),
    ("空腹血糖测定", "002503020010000", "04", 8_00, "01", 0, "covered"),
    ("糖化血红蛋白测定", "002503020060000", "04", 55_00, "02", 10, "covered"),
    ("肝功能七项", "002503050990000", "04", 62_00, "01", 0, "covered"),
    ("常规心电图检查", "003107010010000", "03", 25_00, "01", 0, "covered"),
    ("彩色多普勒超声检查", "002203010010000", "03", 120_00, "02", 10, "covered"),
    ("计算机体层平扫", "002103000010000", "03", 180_00, "02", 10, "covered"),
    ("数字化摄影", "002101020150000", "03", 60_00, "01", 0, "covered"),
    ("普通针刺", "004300000010000", "05", 38_00, "01", 0, "covered"),
    ("红外线治疗", "003401000010000", "05", 12_00, "01", 0, "covered"),
    ("推拿治疗", "004500000010000", "05", 45_00, "02", 10, "covered"),
    ("血液透析", "003110000010000", "05", 380_00, "01", 0, "covered"),
    ("静脉输液", "001204000060000", "05", 9_00, "01", 0, "covered"),
    ("普通病房床位费", "001109900010000", "01", 36_00, "01", 0, "covered"),
    ("二级护理", "001201900040000", "07", 12_00, "01", 0, "covered"),
    ("胆囊切除术", "003310069020000", "06", 1350_00, "01", 0, "covered"),
    ("烤瓷冠修复", "003105170010000", "05", 620_00, "03", 100, "own_expense"),
)
_DEVICES: Final = (
    ("电子血压计", "C1001010100000000011", 198_00, "own_expense"),
    ("血糖试纸", "C1001020100000000012", 89_00, "own_expense"),
    ("医用外科口罩", "C1401010100000000013", 12_00, "own_expense"),
    ("医用纱布敷料", "C1402010100000000014", 15_00, "own_expense"),
)
_EXCLUDED: Final = (
    ("蛋白质粉", "C9901010100000000021", 268_00),
    ("足浴盆", "C9901020100000000022", 199_00),
    ("燕窝饮品", "C9901030100000000023", 388_00),
    ("健身年卡", "C9901040100000000024", 1200_00),
    ("洗发护理套装", "C9901050100000000025", 128_00),
    ("东北大米", "C9901060100000000026", 69_00),
)
TELLING_NAMES: Final = ("蛋白粉", "美白面膜", "食用油", "瑜伽课程", "海参礼盒", "足浴按摩")
"""Names sold under the placeholder code that give the goods away."""
PLACEHOLDER: Final = "NMLC999"

_FORMS: Final = {"胶囊": "E", "颗粒": "N", "口服液": "S", "散": "K", "软膏": "F"}


def _western(serial: int, row: tuple[str, str, int, int, str, int], *, rx: bool) -> Item:
    name, atc, price, days, level, selfpay = row
    form = next((letter for part, letter in _FORMS.items() if part in name), "A")
    # X + ATC group (5) + initial letter and serial (4) + dosage form + 12 digits
    code = f"X{atc}{chr(65 + serial % 26)}{700 + serial:03d}{form}0010100{90000 + serial:05d}"
    return _drug(code, name, price, days, level, selfpay, rx=rx)


def _drug(
    code: str, name: str, price: int, days: int, level: str, selfpay: int, *, rx: bool
) -> Item:
    return Item(
        code=code,
        name=name,
        list_type=DRUG,
        level=level,
        charge="11" if code.startswith("Z") else "09",
        price=price,
        selfpay=selfpay,
        rx=rx,
        days=days,
        stocked=True,
    )


def _items() -> tuple[Item, ...]:
    items: list[Item] = []
    for rx, table in ((True, _RX), (True, _ACUTE), (False, _OTC)):
        items += [_western(len(items) + at, row, rx=rx) for at, row in enumerate(table)]
    for at, (name, letters, price, days, level, selfpay) in enumerate(_PATENT):
        code = f"{letters}{9000 + at:04d}0101{99000 + at:05d}"
        items.append(_drug(code, name, price, days, level, selfpay, rx=False))
    for at, (name, letters, price, days, level, selfpay) in enumerate(_COVETED):
        code = f"{letters}{9100 + at:04d}0101{99100 + at:05d}"
        items.append(_drug(code, name, price, days, level, selfpay, rx=False))
    for name, code, charge, price, level, selfpay, scope in _SERVICES:
        items.append(
            Item(
                code=code,
                name=name,
                list_type=SERVICE,
                level=level,
                charge=charge,
                price=price,
                selfpay=selfpay,
                scope=scope,
            )
        )
    for name, code, price, scope in _DEVICES:
        items.append(_goods(name, code, price, scope, MATERIAL))
    for name, code, price in _EXCLUDED:
        items.append(_goods(name, code, price, "excluded", OTHER))
    return tuple(items)


def _goods(name: str, code: str, price: int, scope: str, list_type: str) -> Item:
    return Item(
        code=code,
        name=name,
        list_type=list_type,
        level="03",
        charge="08" if list_type == MATERIAL else "14",
        price=price,
        selfpay=100,
        scope=scope,
    )


ITEMS: Final = _items()
BY_NAME: Final = {item.name: item for item in ITEMS}
EXCLUDED: Final = tuple(item for item in ITEMS if item.scope == "excluded")
COVETED: Final = tuple(item for item in ITEMS if item.name in {row[0] for row in _COVETED})
"""Dear drugs that only made-up cases sell, so that their stock can be told exactly."""
DEVICES: Final = tuple(item for item in ITEMS if item.list_type == MATERIAL)
STOCKED: Final = tuple(item for item in ITEMS if item.stocked)


def placeholder(name: str, price: int) -> Item:
    """An item charged under the code that stands for "no code"."""
    return Item(
        code=PLACEHOLDER,
        name=name,
        list_type=OTHER,
        level="03",
        charge="14",
        price=price,
        selfpay=100,
        scope="own_expense",
    )
