"""Names, codes and diagnoses of one sex or one time of life, and those that only seem to be."""

from typing import Any

import pytest

from rules.impersonation.terms import Wording, icd, wording
from rules.registry import load_rules
from rules.rule import Rule

AT = 1_709_258_400
DISEASES = ("M03900", "M16000", "N40.x00", "I10", "")


def _rule(name: str) -> Rule:
    return load_rules([f"impersonation.{name}"])[0]


@pytest.fixture(scope="module")
def sexes() -> Wording:
    return wording(_rule("sex_conflict").at(AT)["terms"])


@pytest.fixture(scope="module")
def ages() -> Wording:
    return wording(_rule("age_conflict").at(AT)["groups"])


def _sex(words: Wording, found: tuple[int, ...]) -> str:
    return "".join(str(words.source[at]["sex"]) for at in found)


@pytest.mark.parametrize(
    ("code", "name", "sex"),
    [
        ("ZD02AAF0246010100001", "妇科千金片", "2"),
        ("ZA09AAX0001010100001", "产后逐瘀颗粒", "2"),
        ("XG03DAH126B002010100001", "黄体酮注射液", "2"),
        ("ZD01BAY0330010100001", "益母草颗粒", "2"),
        ("XG04CBF018A001010100001", "非那雄胺片", "1"),
        ("ZA09CAQ0001010100001", "前列舒通胶囊", "1"),
        ("002504040110000", "总前列腺特异性抗原测定", "1"),
        ("003312040020000", "", "1"),
        ("003314000120000", "剖宫产术", "2"),
        ("ZD01AAF0001010100001", "", "2"),
        ("XC01EAQ015B002010100001", "前列地尔注射液", ""),
        ("XS01EEL015X001010100001", "拉坦前列素滴眼液", ""),
        ("XA02BBM001A001010100001", "米索前列醇片", ""),
        ("002503090030000", "甲胎蛋白测定", ""),
        ("002503100090000", "血清催乳素测定", ""),
        ("002503100150000", "血清睾酮测定", ""),
        ("002503100170000", "孕酮测定", ""),
        ("002503100160000", "雌二醇测定", ""),
        ("002103000010000", "盆腔计算机体层平扫", ""),
        ("002203010010000", "乳腺彩色多普勒超声检查", ""),
        ("003316010010000", "皮下乳腺切除术", ""),
        ("C14010100100000000013", "弹力绷带下肢型", ""),
        ("C14010100100000000014", "卫生乳胶手套", ""),
        ("C14010100100000000015", "国产后路固定钉", ""),
        ("ZA05AAA0019010100001", "安宫牛黄丸", ""),
        ("ZA12AAS0001010100001", "舒经活络酒", ""),
        ("ZA09AAN0001010100001", "女贞子颗粒", ""),
        ("ZA09AAW0001010100001", "乌鸡白凤丸", "2"),
        ("XA01AAA001A001010100001", "甲羟孕酮片", ""),
        ("T000700614", "益母草", ""),
        ("ZA01AAA0001010100001", "益母草", ""),
        ("XC08CAA001A001010100001", "氨氯地平片", ""),
        ("", "", ""),
    ],
)
def test_lines_of_one_sex(sexes: Wording, code: str, name: str, sex: str) -> None:
    assert _sex(sexes, sexes.of_line(code, name)) == sex


@pytest.mark.parametrize(
    ("code", "sex"),
    [
        ("N40.x00", "1"),
        ("n40", "1"),
        ("C61", "1"),
        ("D07.501", "1"),
        ("D075", "1"),
        ("O80.900", "2"),
        ("N76.000x001", "2"),
        ("D07.101", "2"),
        ("Z30.3", "2"),
        ("Z30.2", ""),
        ("N60.100", ""),
        ("C50.900", ""),
        ("I10.x00", ""),
        ("M03900", ""),
        ("未知", ""),
        ("", ""),
    ],
)
def test_diagnoses_of_one_sex(sexes: Wording, code: str, sex: str) -> None:
    assert _sex(sexes, sexes.of_diagnosis(code)) == sex


@pytest.mark.parametrize(
    ("code", "name", "groups"),
    [
        ("ZA01AAX0123010100001", "小儿氨酚黄那敏颗粒", ["children"]),
        ("", "儿童清肺口服液", ["children"]),
        ("003112020060000", "新生儿兰光治疗", ["newborns"]),
        ("", "布洛芬混悬液(成人及儿童)", []),
        ("", "小儿麻痹后遗症推拿", []),
        ("", "产前检查", ["pregnant women and mothers"]),
        ("", "老年咳喘片", ["old people"]),
        ("", "前列地尔注射液", []),
        ("", "儿茶", []),
    ],
)
def test_lines_of_one_age(ages: Wording, code: str, name: str, groups: list[str]) -> None:
    assert [ages.source[at]["en"] for at in ages.of_line(code, name)] == groups


def test_diseases_of_the_chronic_list_are_no_diagnoses(ages: Wording) -> None:
    told = [[ages.source[at]["en"] for at in ages.of_disease(code)] for code in DISEASES]
    assert told == [[], [], ["elderly men"], [], []]


def test_codes_are_read_with_and_without_their_dot() -> None:
    codes = ("d075", " N40x00 ", "N40", "4711", "")
    assert [icd(code) for code in codes] == ["D07.5", "N40.X00", "N40", "", ""]


def test_a_changed_value_gives_another_wording() -> None:
    first: list[dict[str, Any]] = [{"names": ["甲"]}]
    second: list[dict[str, Any]] = [{"names": ["乙"]}]
    assert wording(first) is wording(first)
    assert wording(first).of_line("", "甲片") == (0,)
    assert wording(second).of_line("", "甲片") == ()
