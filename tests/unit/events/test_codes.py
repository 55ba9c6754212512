import pytest

from events.codes import (
    DICTIONARIES,
    Gend,
    HospLv,
    Scheme,
    is_flexible,
    is_retired,
    name_of,
    scheme_of,
    stock_sign,
    tier,
)
from events.kinds import KINDS, FeeLine, FundPayment


@pytest.mark.parametrize(
    ("med_type", "area", "scheme"),
    [
        ("11", "", Scheme.GENERAL),
        ("110104", "320300", Scheme.GENERAL),
        ("1104", "320300", Scheme.CHRONIC),
        ("12", "640100", Scheme.REGISTRATION),
        ("1301", "430100", Scheme.EMERGENCY),
        ("140104", "320300", Scheme.CHRONIC),
        ("41", "150400", Scheme.PHARMACY),
        ("4102", "321300", Scheme.OTHER),
        ("21303", "430100", Scheme.INPATIENT),
        ("52", "", Scheme.INPATIENT),
        ("51", "", Scheme.MATERNITY),
        ("71", "", Scheme.OTHER),
        ("77", "", Scheme.OTHER),
        ("", "", Scheme.OTHER),
    ],
)
def test_scheme_follows_the_longest_prefix_of_the_area(
    med_type: str, area: str, scheme: Scheme
) -> None:
    assert scheme_of(med_type, area) is scheme


def test_the_9xxx_range_differs_by_province() -> None:
    two = Scheme.TWO_DISEASE
    assert [scheme_of("9901", area) for area in ("430100", "640100", "150400")] == [
        two,
        two,
        Scheme.OTHER,
    ]
    assert [scheme_of("9903", area) for area in ("320300", "510100", "430100")] == [
        two,
        two,
        Scheme.ACCIDENT,
    ]


def test_tier_goes_by_name_because_the_codes_are_not_in_order() -> None:
    tiers = {level.name: tier(level) for level in HospLv}
    assert tiers["THIRD"] == tiers["THIRD_SPECIAL"] == 3
    assert tiers["SECOND"] == tiers["SECOND_C"] == 2
    assert tiers["FIRST"] == tiers["FIRST_A"] == 1
    assert tiers["UNGRADED"] == tier("") == tier("99") == 0


def test_retired_and_flexible_people() -> None:
    assert [
        code
        for code in ("11", "1101", "12", "1204", "13", "136050", "34", "1304", "15", "")
        if is_retired(code)
    ] == ["12", "1204", "13", "34"]
    assert [code for code in ("1101", "1103", "1203", "110301", "1303") if is_flexible(code)] == [
        "1103",
        "1203",
        "110301",
    ]


def test_stock_moves_in_or_out() -> None:
    assert {code: stock_sign(code) for code in ("101", "105", "108", "109", "110", "112", "")} == {
        "101": 1,
        "105": -1,
        "108": 1,
        "109": -1,
        "110": 1,
        "112": 0,
        "": 0,
    }


def test_names_fall_back_from_area_to_nation_to_the_shorter_code_to_the_code() -> None:
    assert name_of("med_type", "140104", "320300") == "门诊慢性病"
    assert name_of("med_type", "140104", "640100") == "门诊慢特病"
    assert name_of("psn_type", "110399") == "灵活就业人员在职"
    assert name_of("gend", "7") == "7"
    assert name_of("gend", "") == ""
    assert Gend("2").zh == "女"


def test_a_field_without_codes_has_no_names() -> None:
    with pytest.raises(KeyError):
        name_of("medfee_sumamt", "1")


def test_every_list_names_all_its_codes_and_belongs_to_a_field_of_the_contract() -> None:
    outside_the_contract = {"list_type", "pay_loc"}
    structs = (*KINDS.values(), FeeLine, FundPayment)
    fields = {field for kind in structs for field in kind.__struct_fields__}
    assert set(DICTIONARIES) - fields == outside_the_contract
    assert all(member.zh for codes in DICTIONARIES.values() for member in codes)
    assert all(
        len({member.zh for member in codes}) == len(codes) for codes in DICTIONARIES.values()
    )
