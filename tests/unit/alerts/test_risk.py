"""Indicators and points, by hand: what is compared with what, and what is left out."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from alerts.risk import points
from alerts.risk.budget import Balance, Budget, load_budget
from alerts.risk.indicators import Indicator, Spending, View, indicators
from alerts.risk.points import Finding, accounts, load_scale, read_scale
from alerts.risk.thresholds import load_thresholds, read_thresholds
from events.times import day_number
from rules.reference import BadReferenceError
from rules.strict_yaml import DataFileError

AREA = "640100"
MONTHS = [f"2025-{month:02d}" for month in range(1, 13)]


def day(text: str) -> int:
    """The day number of a date."""
    return day_number(date.fromisoformat(text))


def told(
    spending: Spending, budget: Budget, on: str, fund: str = "pooling", view: View = "month"
) -> dict[str, Indicator]:
    """The indicators of a fund and view by name."""
    found = indicators(spending, budget, date.fromisoformat(on), load_thresholds())
    return {one.name: one for one in found if (one.fund, one.view) == (fund, view)}


def spent(**days: int) -> dict[tuple[int, str, str], int]:
    """Spending of the pool in a county by day, `d2025_01_31=100`."""
    return {
        (day(name[1:].replace("_", "-")), "640104", "310100"): amount
        for name, amount in days.items()
    }


def test_the_budget_of_a_month_that_is_not_over_counts_by_days() -> None:
    budget = Budget({(AREA, month, "310100"): 310_00 for month in MONTHS})
    spending = Spending(spent(d2025_01_05=60_00, d2025_01_10=60_00), {}, day("2024-01-01"))
    found = told(spending, budget, "2025-01-10")

    assert found["run_rate"].value == Decimal("1.2000")
    assert found["run_rate"].level == "red"
    assert found["run_rate"].basis == "支出 spent 120.00；预算 budget 100.00"


def test_spending_before_the_archive_began_is_not_held_against_the_budget() -> None:
    budget = Budget({(AREA, month, "310100"): 310_00 for month in MONTHS})
    spending = Spending(spent(d2025_01_30=10_00), {}, day("2025-01-30"))

    assert told(spending, budget, "2025-01-31")["run_rate"].value == Decimal("0.5000")
    assert "projection" not in told(spending, budget, "2025-01-31", view="year")


def test_the_year_is_projected_at_its_daily_rate() -> None:
    budget = Budget({(AREA, month, "310100"): 100_00 for month in MONTHS})
    spending = Spending(spent(d2025_02_01=365_00), {}, day("2025-01-01"))
    found = told(spending, budget, "2025-03-14", view="year")

    # 73 of 365 days: 365 yuan become 1,825 against 1,200; 835 last 2.0055... of 12 * 0.8 months.
    assert found["projection"].value == Decimal("1.5208")
    assert found["months_of_budget"].value == Decimal("5.4904") - Decimal("9.6000")
    assert found["months_of_budget"].level == "red"


def test_growth_compares_as_many_days_and_only_what_is_known() -> None:
    spending = Spending(
        spent(d2025_02_10=150, d2025_01_10=100, d2025_01_20=900, d2024_02_14=120),
        {},
        day("2024-02-01"),
    )
    found = told(spending, Budget(), "2025-02-15")

    assert found["growth_previous"].value == Decimal("0.5000")
    assert found["growth_year"].value == Decimal("0.2500")
    assert "growth_year" not in told(spending, Budget(), "2025-02-15", view="quarter")


def test_a_whole_month_is_compared_with_a_whole_month() -> None:
    spending = Spending(spent(d2025_02_10=100, d2025_01_31=100), {}, day("2025-01-01"))

    assert told(spending, Budget(), "2025-02-28")["growth_previous"].value == 0


def test_months_of_surplus_need_a_balance() -> None:
    balance = {(AREA, "2025-01", "pooling"): Balance(opening=900_00, income=100_00)}
    spending = Spending(spent(d2025_01_10=100_00), {}, day("2025-01-01"))
    found = told(spending, Budget(balances=balance), "2025-01-31", view="year")
    monthly = Decimal(100 * 365) / (31 * 12)

    assert found["months_of_surplus"].value == (900 / monthly).quantize(Decimal("0.0001"))
    assert "months_of_surplus" not in told(spending, Budget(), "2025-01-31", view="year")


def test_concentration_and_money_at_risk() -> None:
    paid = {("2025-01", "640104", f"H{n}"): amount for n, amount in enumerate((50, 30, 20, -5))}
    spending = Spending(spent(d2025_01_10=100), paid, day("2025-01-01"), {"640104": 10})
    found = told(spending, Budget(), "2025-01-31", view="year")

    assert found["hhi"].value == Decimal("0.3800")
    assert found["top_five_share"].value == 1
    assert found["at_risk_share"].value == Decimal("0.1000")
    assert found["hhi"].level == "red"


def test_the_budget_is_read_and_bad_lines_are_named(tmp_path: Path) -> None:
    assert load_budget(None) == load_budget(tmp_path) == Budget()
    budget = tmp_path / "budget.csv"
    budget.write_text("admdvs,month,fund,amt\n640100,2025-01,310100,1.50\n", encoding="utf-8")
    assert load_budget(tmp_path).amounts == {(AREA, "2025-01", "310100"): 150}
    for line, why in (
        ("640100,2025-13,310100,1", "expected YYYY-MM"),
        ("640100,2025-01,,1", "no fund"),
        ("640100,2025-01,310100,x", "amt: found 'x'"),
        ("640100,2025-01,310100,", "amt: found nothing"),
        ("640100,2025-02,310100,1\n640100,2025-02,310100,2", "again"),
    ):
        budget.write_text(f"admdvs,month,fund,amt\n{line}\n", encoding="utf-8")
        with pytest.raises(BadReferenceError, match=why):
            load_budget(tmp_path)
    budget.write_text("month,fund\n", encoding="utf-8")
    with pytest.raises(BadReferenceError, match="expected"):
        load_budget(tmp_path)


def test_points_have_a_reason_each_and_add_up() -> None:
    findings = [
        Finding("institution", "H1", "a1", "r.x", 1, "confirmed", 15_000_00),
        Finding("institution", "H1", "a2", "r.y", 3, "confirmed", 0, "C1"),
        Finding("institution", "H1", "a3", "r.x", 1, "open"),
        Finding("institution", "H1", "a3", "r.x", 1, "open"),
        Finding("person", "P-1", "a4", "r.z", 2, "open"),
    ]
    institution, person = accounts(findings, load_scale())

    # 6 and 1 for the confirmed ones, 2 begun steps of 10,000 yuan, half a point of suspicion.
    assert institution.points == Decimal("90.50")
    assert institution.points == 100 - sum(one.points for one in institution.deductions)
    assert [one.alert_id for one in institution.deductions] == ["a1", "a2", "", ""]
    assert (institution.grade, institution.confirmed, institution.open) == ("A", 2, 1)
    assert person.points == Decimal("99.80")


def test_suspicion_alone_has_a_ceiling() -> None:
    many = [Finding("institution", "H1", f"a{n}", "r", 1, "open") for n in range(500)]

    assert accounts(many, load_scale())[0].points == 90


def test_a_patient_answers_for_no_institution_unless_a_case_says_so() -> None:
    price, shared = "institution.price_above_listed", "cash_out.family_without_grant"
    told = [
        Finding("person", "P", "a1", price, 1, "open"),
        Finding("person", "P", "a2", price, 1, "confirmed", 20_000_00),
        Finding("institution", "H", "a3", price, 1, "open"),
        Finding("person", "Q", "a4", price, 2, "confirmed", 0, "C1", named=True),
        Finding("person", "R", "a5", shared, 1, "open"),
    ]
    counted = {one.subject: one.points for one in accounts(told, load_scale())}
    assert counted == {"H": Decimal("99.50"), "Q": Decimal(97), "R": Decimal("99.50")}


def test_bad_scales_and_thresholds_are_refused(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("hhi: {amber: 1, red: 2}\n", encoding="utf-8")
    with pytest.raises(DataFileError, match="source"):
        read_thresholds(bad)
    scale = (Path(points.__file__).parent / "points.yaml").read_text(encoding="utf-8")
    bad.write_text(
        scale[: scale.index("not_persons")]
        + "not_persons: benefit\n"
        + scale[scale.index("grades") :],
        encoding="utf-8",
    )
    with pytest.raises(DataFileError, match="not_persons: found 'benefit'"):
        read_scale(bad)
    bad.write_text("full: 100\n", encoding="utf-8")
    with pytest.raises(DataFileError, match="expected"):
        read_scale(bad)
