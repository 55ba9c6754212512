"""Amounts hold to the fen, balances go on where they stopped, benefits follow the year."""

from collections import defaultdict
from decimal import Decimal
from random import Random

import pytest

from events.kinds import (
    AccountCredit,
    AccountPayout,
    AccountPremium,
    ManualClaim,
    Reversal,
    Settlement,
)
from simulation.benefit import (
    TWO_DISEASE_MED_TYPE,
    Benefit,
    give_back,
    outpatient,
    percent_of,
)
from simulation.people import Person, Registry, Year, person
from simulation.terms import CHIFENG, NINGXIA, SICHUAN
from tests.unit.simulation.conftest import Made


def test_totals_hold(stream: Made) -> None:
    for one in stream.settlements():
        assert one.medfee_sumamt == one.fund_pay_sumamt + one.psn_part_amt + one.hosp_part_amt
        assert one.psn_part_amt == one.acct_pay + one.psn_cash_pay
        assert one.fund_pay_sumamt == one.hifp_pay
        assert 0 <= one.acct_mulaid_pay <= one.acct_pay
        assert one.medfee_sumamt == (
            one.fulamt_ownpay_amt + one.overlmt_selfpay + one.preselfpay_amt + one.inscp_scp_amt
        )
        funds = sum(fund.fund_payamt for fund in one.setldetail)
        assert funds == one.fund_pay_sumamt + one.acct_pay


def test_lines_add_up(stream: Made) -> None:
    for one in stream.settlements():
        assert sum(line.det_item_fee_sumamt for line in one.feedetail) == one.medfee_sumamt
        assert sum(line.inscp_scp_amt for line in one.feedetail) == one.inscp_scp_amt
        for line in one.feedetail:
            assert line.cnt * line.pric * 100 == line.det_item_fee_sumamt


def test_balances_are_continuous(stream: Made) -> None:
    balances: dict[str, int] = {}
    payers: dict[str, str] = {}
    checked = 0
    seen: set[str] = set()
    for event in stream.events:
        if event.event_id in seen or stream.fraud(event.event_id) == "resubmitted":
            continue
        seen.add(event.event_id)
        if isinstance(event, Settlement) and event.balc is not None:
            owner = event.acct_owner_no or event.psn_no
            payers[event.setl_id] = owner
            if owner in balances:
                checked += 1
                assert event.balc == balances[owner] - event.acct_pay
            assert event.balc >= 0
            balances[owner] = event.balc
        elif isinstance(event, AccountCredit) and event.psn_no in balances:
            balances[event.psn_no] += event.amt
        elif isinstance(event, AccountPremium | AccountPayout) and event.psn_no in balances:
            balances[event.psn_no] -= event.amt
        elif isinstance(event, Reversal) and event.init_setl_id in payers:
            balances[payers[event.init_setl_id]] += event.acct_pay
    assert checked > 500


def test_benefits_follow_deductible_ratio_and_cap(stream: Made) -> None:
    wrong = {"wrong_ratio", "deductible_skipped", "cap_exceeded", "resubmitted"}
    # Manual claims use up the cap as well; their receipts are another matter.
    claimants = {e.psn_no for e in stream.events if isinstance(e, ManualClaim)}
    undone = {e.init_setl_id for e in stream.events if isinstance(e, Reversal)}
    used: dict[str, int] = defaultdict(int)
    paid: dict[str, int] = defaultdict(int)
    for one in stream.settlements():
        if one.med_type not in {"11", "14", "41"} or one.hifp_pay == 0 == one.act_pay_dedc:
            continue
        if stream.fraud(one.event_id) in wrong or one.setl_id in undone:
            continue
        used[one.psn_no] += one.act_pay_dedc
        exact = (one.inscp_scp_amt - one.act_pay_dedc) * one.pool_prop_selfpay
        assert one.hifp_pay <= exact + Decimal("0.5")
        if one.med_type != "14" and one.psn_no not in claimants:
            paid[one.psn_no] += one.hifp_pay
            assert paid[one.psn_no] <= NINGXIA.cap[one.psn_type == "12"]
            if paid[one.psn_no] < NINGXIA.cap[one.psn_type == "12"]:
                assert abs(one.hifp_pay - exact) <= Decimal("0.5")
    assert max(used.values()) == NINGXIA.deductible["tertiary"]


@pytest.fixture
def worker() -> Person:
    from random import Random

    return person(Registry(area="640100", today=19723), Random(1), 40, "1", scheme="employee")


def test_general_and_chronic_share_a_deductible(worker: Person) -> None:
    used = Year()
    first = outpatient(worker, used, 2024, "14", "tertiary", "M03900", 200_00)
    second = outpatient(worker, used, 2024, "11", "tertiary", "", 200_00)
    assert first == Benefit(200_00, 65, 0)
    assert second == Benefit(100_00, 60, 60_00)


def test_a_lower_deductible_is_used_up_by_what_was_paid_elsewhere(worker: Person) -> None:
    used = Year()
    outpatient(worker, used, 2024, "11", "tertiary", "", 150_00)
    assert outpatient(worker, used, 2024, "11", "secondary", "", 100_00) == Benefit(0, 70, 70_00)
    assert used.deductible == 150_00


def test_dialysis_has_a_raised_cap(worker: Person) -> None:
    for disease, most in (("M03900", 6000_00), ("M07803", 80_000_00)):
        done = outpatient(worker, Year(), 2024, "14", "primary", disease, 200_000_00)
        assert done.pool == most


def test_a_new_year_begins_anew(worker: Person) -> None:
    used = Year()
    outpatient(worker, used, 2024, "11", "primary", "", 20_000_00)
    assert used.general == NINGXIA.cap[0]
    assert outpatient(worker, used, 2024, "11", "primary", "", 100_00).pool == 0
    assert outpatient(worker, used, 2025, "11", "tertiary", "", 400_00) == Benefit(
        300_00, 60, 60_00
    )


def test_a_reversal_gives_deductible_and_cap_back(worker: Person) -> None:
    used = Year()
    done = outpatient(worker, used, 2024, "11", "tertiary", "", 500_00)
    give_back(used, 2024, "11", done)
    assert used == Year(year=2024)


def test_two_disease_care_has_no_deductible(worker: Person) -> None:
    done = outpatient(worker, Year(), 2024, TWO_DISEASE_MED_TYPE, "primary", "M03900", 100_00)
    assert done == Benefit(0, 60, 60_00)


def test_retirees_get_five_points_more(worker: Person) -> None:
    before = percent_of(worker, "11", "tertiary")
    worker.psn_type = "12"
    assert percent_of(worker, "11", "tertiary") == before + 5


def _worker(psn_type: str = "11", way: str = "full") -> Person:
    one = person(Registry(area="150400", today=19700), Random(1), 40, "1", scheme="employee")
    one.psn_type, one.clct_way = psn_type, way
    return one


def test_chifeng_by_hand() -> None:
    """1,000 yuan, then 60 percent below tertiary, 65 retired, up to 4,000 and 5,000."""
    used = Year()
    assert outpatient(_worker(), used, 2024, "11", "secondary", "", 1500_00, CHIFENG) == Benefit(
        1000_00, 60, 300_00
    )
    assert outpatient(_worker(), used, 2024, "11", "tertiary", "", 10_000_00, CHIFENG).pool == (
        3700_00
    )
    retired = outpatient(_worker("12"), Year(), 2024, "11", "primary", "", 2000_00, CHIFENG)
    assert retired == Benefit(1000_00, 65, 650_00)
    low = _worker(way="low")
    assert outpatient(low, Year(), 2024, "11", "primary", "", 2000_00, CHIFENG).pool == 0
    assert outpatient(low, Year(), 2024, "14", "primary", "M03900", 200_00, CHIFENG).pool > 0
    assert CHIFENG.retiree_credit(2022) == 99_00
    assert CHIFENG.retiree_credit(2024) == 66_00


def test_sichuan_by_hand() -> None:
    """200 and 150 yuan; chronic care leaves the general deductible alone."""
    used = Year()
    outpatient(_worker(), used, 2024, "14", "tertiary", "M03900", 500_00, SICHUAN)
    assert outpatient(_worker(), used, 2024, "11", "tertiary", "", 300_00, SICHUAN) == Benefit(
        200_00, 50, 50_00
    )
    assert outpatient(
        _worker("12"), Year(), 2024, "11", "secondary", "", 250_00, SICHUAN
    ) == Benefit(150_00, 70, 70_00)
