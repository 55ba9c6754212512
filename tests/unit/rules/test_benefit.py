"""The benefit calculation against examples worked by hand from the documents.

One module, because the areas' examples are read side by side: the documents disagree.
"""

from datetime import date
from decimal import Decimal
from itertools import permutations
from pathlib import Path
from typing import Final

import pytest
from msgspec import structs

from events.times import date_of, day_number
from rules.benefit import (
    Accumulators,
    Benefit,
    Claim,
    Settled,
    Undetermined,
    accumulate,
    calculate,
    level_of,
)
from rules.documents import POLICY_DIR
from rules.packs import Policy

YINCHUAN, CHENGDU, CHIFENG, ELSEWHERE = "640104", "510104", "150402", "330102"
OVERLAYS: Final = POLICY_DIR / "overlays"
THIRD_A, THIRD_B, SECOND_A, FIRST_A = "2", "3", "5", "8"
UNGRADED, THIRD, SECOND, FIRST = "11", "12", "13", "14"
_BASE: Final = Claim(area=CHIFENG, day=0, scheme="general", in_policy=0, hosp_lv=THIRD_A)


@pytest.fixture(scope="module")
def policy() -> Policy:
    return Policy.load()


@pytest.fixture(scope="module")
def filled() -> Policy:
    return Policy.load(sorted(OVERLAYS.glob("demonstration-*.yaml")))


def on(text: str) -> int:
    return day_number(date.fromisoformat(text))


def claim(area: str, day: str, yuan: str, **changes: object) -> Claim:
    amount = int(Decimal(yuan) * 100)
    return structs.replace(_BASE, area=area, day=on(day), in_policy=amount, **changes)


def fresh(claimed: Claim) -> Accumulators:
    return Accumulators(year=date_of(claimed.day).year)


def paid(policy: Policy, claimed: Claim, sums: Accumulators | None = None) -> Benefit:
    result = calculate(policy, claimed, sums or fresh(claimed))
    assert isinstance(result, Benefit), result
    assert all(step.zh and step.en for step in result.steps)
    return result


def unknown(policy: Policy, claimed: Claim, sums: Accumulators | None = None) -> Undetermined:
    result = calculate(policy, claimed, sums or fresh(claimed))
    assert isinstance(result, Undetermined), result
    assert all(step.zh and step.en for step in result.steps)
    return result


# ---- Chifeng -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hosp_lv", "retired", "yuan", "expected"),
    [
        (THIRD_A, False, "1500.00", 250_00),  # (1500 - 1000) x 50%
        (THIRD_A, True, "1500.00", 275_00),  # (1500 - 1000) x 55%
        (SECOND_A, False, "1500.00", 300_00),  # (1500 - 1000) x 60%
        (SECOND_A, True, "1500.00", 325_00),  # (1500 - 1000) x 65%
        (FIRST_A, False, "1500.00", 300_00),
        (THIRD_A, False, "1000.00", 0),
        (THIRD_A, False, "1000.01", 1),  # half a fen is rounded up
        (SECOND_A, False, "0.00", 0),
    ],
)
def test_chifeng_deductible_and_ratio(
    policy: Policy, hosp_lv: str, retired: bool, yuan: str, expected: int
) -> None:
    result = paid(policy, claim(CHIFENG, "2024-05-06", yuan, hosp_lv=hosp_lv, retired=retired))
    assert result.fund_payment == expected
    assert result.deductible_used == min(1000_00, int(Decimal(yuan) * 100))
    assert {"CF-5a", "CF-5b", "CF-5c"} <= set(result.clauses)
    assert result.filled == ()


def test_chifeng_deductible_is_filled_over_several_visits(policy: Policy) -> None:
    first = claim(CHIFENG, "2024-02-01", "700.00")
    one = paid(policy, first)
    assert (one.deductible_used, one.fund_payment) == (700_00, 0)
    sums = accumulate(
        fresh(first),
        Settled(
            patient="p", year=2024, scheme="general", in_policy=700_00, deductible=700_00, paid=0
        ),
        "p",
    )
    two = paid(policy, claim(CHIFENG, "2024-02-02", "700.00", hosp_lv=SECOND_A), sums)
    assert (two.deductible_used, two.fund_payment) == (300_00, 240_00)  # (700 - 300) x 60%


@pytest.mark.parametrize(
    ("retired", "before", "expected", "left"),
    [
        (False, 3900_00, 100_00, 0),
        (False, 4000_00, 0, 0),
        (False, 3000_00, 500_00, 500_00),
        (True, 4000_00, 550_00, 450_00),
        (True, 4900_00, 100_00, 0),
    ],
)
def test_chifeng_caps(policy: Policy, retired: bool, before: int, expected: int, left: int) -> None:
    sums = Accumulators(year=2024, deductible_general=1000_00, paid_general=before)
    result = paid(policy, claim(CHIFENG, "2024-11-01", "1000.00", retired=retired), sums)
    assert (result.fund_payment, result.cap_used, result.cap_left) == (expected, expected, left)


def test_chifeng_pays_off_site_from_25_april_2023_only(policy: Policy) -> None:
    away = claim(CHIFENG, "2023-04-24", "2000.00", treated_in="110105")
    before = paid(policy, away)
    assert not before.covered
    assert (before.fund_payment, before.deductible_used) == (0, 0)
    assert before.clauses == ("CF-12",)
    after = paid(policy, structs.replace(away, day=on("2023-04-25")))
    assert after.fund_payment == 500_00
    assert "CF-12" in after.clauses
    at_home = paid(policy, structs.replace(away, treated_in="150421"))
    assert at_home.fund_payment == 500_00
    assert "CF-12" not in at_home.clauses


def test_chifeng_counts_home_and_away_in_one_deductible(policy: Policy) -> None:
    sums = Accumulators(year=2024, in_policy_general=900_00, deductible_general=900_00)
    result = paid(policy, claim(CHIFENG, "2024-03-01", "300.00", treated_in="110105"), sums)
    assert (result.deductible_used, result.fund_payment) == (100_00, 100_00)


def test_chifeng_gives_nothing_to_those_on_the_low_rate(policy: Policy) -> None:
    result = paid(policy, claim(CHIFENG, "2024-03-01", "3000.00", clct_way="low"))
    assert not result.covered and result.fund_payment == 0
    assert result.clauses == ("CF-8",)
    full = paid(policy, claim(CHIFENG, "2024-03-01", "3000.00", clct_way="full"))
    assert full.fund_payment == 1000_00


def test_chifeng_starts_in_october_2022(policy: Policy) -> None:
    before = unknown(policy, claim(CHIFENG, "2022-09-30", "3000.00"))
    assert "outpatient.deductible.employed" in before.paths
    assert paid(policy, claim(CHIFENG, "2022-10-01", "3000.00")).fund_payment == 1000_00


def test_nothing_is_carried_over_the_year_end(policy: Policy) -> None:
    sums = Accumulators(year=2023, deductible_general=1000_00, paid_general=3950_00)
    last = paid(policy, claim(CHIFENG, "2023-12-31", "1000.00"), sums)
    assert (last.deductible_used, last.fund_payment, last.cap_left) == (0, 50_00, 0)
    first = paid(policy, claim(CHIFENG, "2024-01-01", "1400.00"), sums)
    assert (first.deductible_used, first.fund_payment) == (1000_00, 200_00)
    assert first.cap_left == 3800_00, "what 2023 left is gone, and what it used is too"


def basic_cap(tmp_path: Path, pack: str, yuan: int) -> Path:
    path = tmp_path / f"{pack}.yaml"
    path.write_text(
        f"overlay: basic-cap\npack: {pack}\nmode: fill\nofficial: false\ntitle_zh: 试\n"
        "title_en: trial\nvalues:\n  basic.cap:\n    - {from: 2023-01-01, "
        f"value: {yuan}, reference: a note of the area, checked: 2026-11-23}}\n",
        encoding="utf-8",
    )
    return path


def test_chifengs_cap_counts_inside_the_basic_cap_and_ningxias_does_not(tmp_path: Path) -> None:
    chifeng = Policy.load([basic_cap(tmp_path, "chifeng", 100_000)])
    sums = Accumulators(
        year=2024, deductible_general=1000_00, paid_general=100_00, paid_inpatient=99_800_00
    )
    result = paid(chifeng, claim(CHIFENG, "2024-11-01", "1000.00"), sums)
    assert result.fund_payment == 100_00, "100,000 less 99,800 in hospital and 100 before"
    assert result.cap_left == 3800_00
    assert "CF-6" in result.clauses and result.filled == ("basic.cap",)
    ningxia = Policy.load(
        [basic_cap(tmp_path, "ningxia", 100_000), OVERLAYS / "demonstration-yinchuan.yaml"]
    )
    other = paid(
        ningxia,
        claim(YINCHUAN, "2024-11-01", "1000.00"),
        Accumulators(year=2024, deductible_general=300_00, paid_inpatient=99_950_00),
    )
    assert other.fund_payment == 600_00
    assert "NXP-14" in other.clauses


def test_an_unknown_basic_cap_is_said_and_does_not_stop_the_calculation(policy: Policy) -> None:
    assert paid(policy, claim(CHIFENG, "2024-11-01", "2000.00")).unless == ("basic.cap",)


def test_a_pharmacy_in_chifeng_is_not_paid_until_it_has_joined(policy: Policy) -> None:
    shop = claim(CHIFENG, "2024-03-01", "2000.00", hosp_lv="", pharmacy=True, prescription=True)
    never = paid(policy, shop)
    assert (never.covered, never.fund_payment, never.clauses) == (False, 0, ("CF-16",))
    joined = structs.replace(shop, pharmacy_pool_from=on("2024-03-02"))
    assert not paid(policy, joined).covered
    after = unknown(policy, structs.replace(joined, day=on("2024-03-02")))
    assert after.paths == ("outpatient.ratio.pharmacy.employed",)
    assert after.deductible_used == 1000_00
    assert (after.floor, after.ceiling) == (0, 1000_00)


# ---- Sichuan -------------------------------------------------------------------------------


def test_sichuan_knows_deductible_and_ratio_but_not_the_cap(policy: Policy) -> None:
    result = unknown(policy, claim(CHENGDU, "2024-03-01", "1000.00"))
    assert result.paths == ("outpatient.cap.employed",)
    assert (result.deductible_used, result.ratio) == (200_00, Decimal("0.5"))
    assert (result.floor, result.ceiling) == (0, 400_00)
    missing = [step for step in result.steps if step.name == "missing"]
    assert [step.reference for step in missing] == ["川办发〔2021〕85号 第七条"]


def test_sichuans_retired_lie_between_five_and_ten_points_more(policy: Policy) -> None:
    result = unknown(policy, claim(CHENGDU, "2024-03-01", "1000.00", retired=True))
    assert result.paths == ("outpatient.ratio.tertiary.retired", "outpatient.cap.retired")
    assert (result.deductible_used, result.ratio) == (150_00, None)
    assert result.ceiling == 510_00  # (1000 - 150) x 60%


def test_an_overlay_makes_chengdu_exact_and_the_result_says_so(filled: Policy) -> None:
    retired = paid(filled, claim(CHENGDU, "2024-03-01", "1000.00", retired=True))
    assert retired.fund_payment == 510_00
    assert retired.cap_left == 1990_00
    assert retired.filled == ("outpatient.ratio.tertiary.retired", "outpatient.cap.retired")
    employed = paid(filled, claim(CHENGDU, "2024-03-01", "1000.00", hosp_lv=SECOND_A))
    assert employed.fund_payment == 480_00  # (1000 - 200) x 60%
    assert employed.filled == ("outpatient.cap.employed",)


@pytest.mark.parametrize("ratio", ["0.55", "0.58", "0.60"])
@pytest.mark.parametrize("cap", [0, 100, 500, 100_000])
def test_floor_and_ceiling_hold_under_every_lawful_filling(
    policy: Policy, tmp_path: Path, ratio: str, cap: int
) -> None:
    values = "".join(
        f"  {path}:\n    - {{from: 2023-01-01, value: {value}, reference: a note, "
        "checked: 2026-11-23}\n"
        for path, value in (
            ("outpatient.ratio.tertiary.retired", ratio),
            ("outpatient.cap.retired", cap),
        )
    )
    file = tmp_path / "chengdu.yaml"
    file.write_text(
        "overlay: trial\npack: chengdu\nmode: fill\nofficial: false\ntitle_zh: 试\n"
        f"title_en: trial\nvalues:\n{values}",
        encoding="utf-8",
    )
    trial = Policy.load([file])
    for yuan in ("0.00", "150.00", "150.01", "999.99", "20000.00"):
        claimed = claim(CHENGDU, "2024-03-01", yuan, retired=True)
        between = unknown(policy, claimed)
        assert between.floor <= paid(trial, claimed).fund_payment <= between.ceiling


def test_sichuans_pool_only_members(filled: Policy) -> None:
    same = paid(filled, claim(CHENGDU, "2024-03-01", "1000.00", clct_way="pool_only"))
    assert same.fund_payment == 400_00
    low = unknown(filled, claim(CHENGDU, "2024-03-01", "1000.00", clct_way="low"))
    assert low.paths == ("outpatient.benefit.low",)
    assert (low.floor, low.deductible_used, low.ratio) == (0, None, None)


def test_a_pharmacy_in_sichuan_pays_like_a_tertiary_institution(filled: Policy) -> None:
    shop = claim(
        CHENGDU,
        "2024-03-01",
        "600.00",
        hosp_lv="",
        pharmacy=True,
        pharmacy_pool_from=on("2023-02-01"),
        prescription=True,
    )
    assert paid(filled, shop).fund_payment == 200_00  # (600 - 200) x 50%
    without = structs.replace(shop, prescription=False)
    assert not paid(filled, without).covered  # 医保办发〔2023〕4号
    left_open = unknown(filled, structs.replace(without, day=on("2023-02-14")))
    assert left_open.paths == ("pharmacy.prescription_required",)
    early = paid(filled, structs.replace(shop, day=on("2023-01-31")))
    assert (early.covered, early.clauses) == (False, ("SC-14a",))


def test_sichuan_starts_with_2023(filled: Policy) -> None:
    last = unknown(filled, claim(CHENGDU, "2022-12-31", "1000.00"))
    assert "outpatient.deductible.employed" in last.paths
    assert paid(filled, claim(CHENGDU, "2023-01-01", "1000.00")).fund_payment == 400_00


# ---- Ningxia -------------------------------------------------------------------------------


def test_ningxia_leaves_everything_open_and_nothing_is_guessed(policy: Policy) -> None:
    result = unknown(policy, claim(YINCHUAN, "2024-03-01", "1000.00"))
    assert result.paths == (
        "outpatient.deductible.employed",
        "outpatient.ratio.tertiary.employed",
        "outpatient.cap.employed",
    )
    assert (result.floor, result.ceiling) == (0, 1000_00)
    assert (result.deductible_used, result.ratio) == (None, None)


def test_ningxia_merges_the_deductible_of_general_and_chronic(filled: Policy) -> None:
    sums = Accumulators(year=2024, deductible_general=200_00)
    chronic = claim(YINCHUAN, "2024-03-01", "500.00", scheme="chronic")
    result = paid(filled, chronic, sums)
    assert result.deductible_used == 100_00, "300 less the 200 a general visit used"
    assert result.fund_payment == 260_00  # (500 - 100) x 65%
    assert "NXP-13a" in result.clauses
    both = Accumulators(year=2024, deductible_general=200_00, deductible_chronic=100_00)
    general = paid(filled, claim(YINCHUAN, "2024-03-02", "500.00"), both)
    assert (general.deductible_used, general.fund_payment) == (0, 300_00)


def test_before_the_procedures_chronic_deductibles_did_not_count(filled: Policy) -> None:
    sums = Accumulators(year=2023, deductible_chronic=300_00)
    before = paid(filled, claim(YINCHUAN, "2023-07-31", "500.00"), sums)
    assert before.deductible_used == 300_00
    after = paid(filled, claim(YINCHUAN, "2023-08-01", "500.00"), sums)
    assert after.deductible_used == 0


def test_ningxia_keeps_the_caps_of_general_and_chronic_apart(filled: Policy) -> None:
    sums = Accumulators(
        year=2024, deductible_general=300_00, paid_general=4000_00, paid_chronic=5900_00
    )
    general = paid(filled, claim(YINCHUAN, "2024-11-01", "1000.00"), sums)
    assert (general.fund_payment, general.cap_left) == (0, 0)
    chronic = paid(filled, claim(YINCHUAN, "2024-11-01", "1000.00", scheme="chronic"), sums)
    assert (chronic.fund_payment, chronic.cap_left) == (100_00, 0)


def test_an_approved_raise_widens_the_chronic_cap(filled: Policy) -> None:
    sums = Accumulators(year=2024, deductible_general=300_00, paid_chronic=5900_00)
    raised = claim(YINCHUAN, "2024-11-01", "1000.00", scheme="chronic", cap_raise=1000_00)
    result = paid(filled, raised, sums)
    assert (result.fund_payment, result.cap_left) == (650_00, 450_00)


def test_ningxias_deductible_depends_on_the_level_in_the_demonstration(filled: Policy) -> None:
    def used(hosp_lv: str) -> int:
        return paid(
            filled, claim(YINCHUAN, "2024-03-01", "1000.00", hosp_lv=hosp_lv)
        ).deductible_used

    assert (used(FIRST_A), used(SECOND_A), used(THIRD_A)) == (0, 100_00, 300_00)


def test_ningxia_is_one_home(filled: Policy) -> None:
    inside = paid(filled, claim(YINCHUAN, "2024-03-01", "1000.00", treated_in="640302"))
    outside = paid(filled, claim(YINCHUAN, "2024-03-01", "1000.00", treated_in="620102"))
    assert inside.fund_payment == outside.fund_payment == 420_00  # (1000 - 300) x 60%
    assert "NX-OPN-3.5e" in outside.clauses
    assert "NX-OPN-3.5e" not in inside.clauses


def test_ningxia_pays_a_pharmacy_for_an_external_prescription_only(filled: Policy) -> None:
    shop = claim(
        YINCHUAN,
        "2024-03-01",
        "500.00",
        hosp_lv="",
        pharmacy=True,
        pharmacy_pool_from=on("2023-01-01"),
    )
    refused = paid(filled, shop)
    assert (refused.covered, refused.clauses) == (False, ("NX-OPN-3.2b",))
    answered = unknown(filled, structs.replace(shop, prescription=True))
    assert "outpatient.ratio.pharmacy.employed" in answered.paths


def test_an_area_without_a_pack_is_undetermined(policy: Policy) -> None:
    result = unknown(policy, claim(ELSEWHERE, "2024-03-01", "1000.00"))
    assert "outpatient.deductible.employed" in result.paths
    assert result.ceiling == 1000_00


# ---- levels of institutions ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hosp_lv", "expected"),
    [
        ("1", "tertiary"),
        (THIRD_A, "tertiary"),
        (THIRD_B, "tertiary"),
        ("4", "tertiary"),
        (SECOND_A, "secondary"),
        ("7", "secondary"),
        (FIRST_A, "primary"),
        ("10", "primary"),
        (UNGRADED, "primary"),
        (THIRD, "tertiary"),
        (SECOND, "secondary"),
        (FIRST, "primary"),
        ("", None),
        ("99", None),
    ],
)
def test_levels_follow_the_code_list_which_is_not_in_order(
    hosp_lv: str, expected: str | None
) -> None:
    assert level_of(hosp_lv, pharmacy=False) == expected
    assert level_of(hosp_lv, pharmacy=True) == "pharmacy"


def test_ungraded_tertiary_pays_less_than_graded_secondary_in_chifeng(policy: Policy) -> None:
    third = paid(policy, claim(CHIFENG, "2024-05-06", "2000.00", hosp_lv=THIRD))
    second = paid(policy, claim(CHIFENG, "2024-05-06", "2000.00", hosp_lv="7"))
    assert (third.fund_payment, second.fund_payment) == (500_00, 600_00)


def test_grades_below_a_have_their_own_ratio_where_the_area_gives_one(filled: Policy) -> None:
    def ratio(hosp_lv: str) -> Decimal:
        return paid(filled, claim(YINCHUAN, "2024-03-01", "1000.00", hosp_lv=hosp_lv)).ratio

    assert (ratio(THIRD_A), ratio(THIRD_B), ratio(THIRD)) == (
        Decimal("0.60"),
        Decimal("0.65"),
        Decimal("0.60"),
    )


def test_an_unknown_grade_is_named(policy: Policy) -> None:
    result = unknown(policy, claim(CHIFENG, "2024-05-06", "2000.00", hosp_lv="99"))
    assert result.paths == ("hosp_lv",)
    assert (result.floor, result.ceiling) == (0, 1000_00)


# ---- accumulators ----------------------------------------------------------------------------


def settled(year: int = 2024, **more: object) -> Settled:
    basis = Settled(
        patient="child",
        year=year,
        scheme="general",
        in_policy=500_00,
        deductible=100_00,
        paid=80_00,
    )
    return structs.replace(basis, **more)


def test_what_a_shared_account_pays_counts_for_the_patient_not_the_owner() -> None:
    shared = settled(account_owner="mother")
    start = Accumulators(year=2024)
    assert accumulate(start, shared, "mother") == start
    assert accumulate(start, shared, "child").deductible_general == 100_00


def test_a_reversal_takes_back_exactly_what_was_added() -> None:
    start = Accumulators(year=2024, paid_general=10_00)
    taken_back = settled(in_policy=-500_00, deductible=-100_00, paid=-80_00)
    assert accumulate(accumulate(start, settled(), "child"), taken_back, "child") == start


def test_the_order_within_a_year_does_not_matter() -> None:
    several = (
        settled(),
        settled(scheme="chronic", paid=33_00),
        settled(scheme="two_disease", deductible=0),
        settled(scheme="inpatient", paid=9000_00),
    )
    ends = set()
    for order in permutations(several):
        sums = Accumulators(year=2024)
        for one in order:
            sums = accumulate(sums, one, "child")
        ends.add(structs.astuple(sums))
    assert len(ends) == 1
    final = Accumulators(
        year=2024,
        in_policy_general=500_00,
        in_policy_chronic=500_00,
        in_policy_two_disease=500_00,
        deductible_general=100_00,
        deductible_chronic=100_00,
        paid_general=80_00,
        paid_chronic=33_00,
        paid_two_disease=80_00,
        paid_inpatient=9000_00,
    )
    assert ends == {structs.astuple(final)}


def test_a_new_year_starts_from_zero_and_a_late_old_one_changes_nothing() -> None:
    sums = accumulate(Accumulators(year=2023, paid_general=900_00), settled(), "child")
    assert (sums.year, sums.paid_general) == (2024, 80_00)
    assert accumulate(sums, settled(year=2023), "child") == sums


# ---- the explanation -------------------------------------------------------------------------


def test_the_explanation_reads_as_a_sum_in_both_languages(policy: Policy) -> None:
    result = paid(policy, claim(CHIFENG, "2024-05-06", "1500.00", retired=True))
    assert [step.zh for step in result.steps] == [
        "参保人足额缴费，享受普通门诊统筹待遇",
        "政策范围内费用1500.00元",
        "年度起付标准1000.00元，本年已付0.00元，本次扣1000.00元",
        "门诊统筹支付比例55%（三级，退休）",
        "年度最高支付限额5000.00元，本年已支付0.00元，尚余5000.00元",
        "本项支付计入基本医保年度最高支付限额；该限额未填入，接近限额时结果可能减少",
        "统筹基金支付275.00元：(1500.00 - 1000.00) × 55%，以限额余额为限",
    ]
    assert result.steps[3].en == "payment ratio 55% (tertiary, retired)"
    assert result.steps[-1].en.startswith("the pool pays 275.00: (1500.00 - 1000.00) × 55%")


def test_every_step_is_in_both_languages_and_what_rests_on_law_cites_it(filled: Policy) -> None:
    result = paid(filled, claim(YINCHUAN, "2024-03-01", "1000.00", treated_in="620102"))
    for step in result.steps:
        assert step.zh and step.en
        assert bool(step.path) == bool(step.reference)
        assert not step.filled or "演示" in step.reference
    names = [step.name for step in result.steps]
    assert names.index("scope") < names.index("deductible") < names.index("ratio")
    assert names.index("ratio") < names.index("cap") < names.index("payment")
    assert result.steps[-1].amount == result.fund_payment


def test_the_step_of_a_new_year_cites_ningxias_article_13(filled: Policy) -> None:
    result = paid(
        filled, claim(YINCHUAN, "2024-01-02", "1000.00"), Accumulators(year=2023, paid_general=1)
    )
    assert result.steps[0].name == "year"
    assert result.steps[0].clauses == ("NXP-13c",)


def test_a_what_if_changes_the_result_and_says_so() -> None:
    trial = Policy.load([OVERLAYS / "what-if-chifeng-deductible-800.yaml"])
    result = paid(trial, claim(CHIFENG, "2024-05-06", "1500.00"))
    assert result.fund_payment == 350_00  # (1500 - 800) x 50%
    assert result.filled == ("outpatient.deductible.employed",)


def test_a_negative_amount_is_refused(policy: Policy) -> None:
    with pytest.raises(ValueError, match="in_policy"):
        calculate(policy, claim(CHIFENG, "2024-05-06", "-1.00"), Accumulators(year=2024))
