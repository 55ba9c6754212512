"""Normal life breaks no rule: whatever does is labelled."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

from events.kinds import (
    AccountAuthorization,
    Admission,
    Discharge,
    IdentityCheck,
    InsuranceStatus,
    Prescription,
    Reversal,
    Settlement,
    Stock,
)
from simulation.geography import CITIES
from simulation.near_misses.impersonation import distance_km
from tests.unit.simulation.conftest import Made


def _quiet(stream: Made) -> list[Settlement]:
    return [one for one in stream.settlements() if not stream.fraud(one.event_id)]


def test_nobody_is_treated_after_death(stream: Made) -> None:
    dead = {
        e.psn_no: e.death_date
        for e in stream.events
        if isinstance(e, InsuranceStatus) and e.death_date
    }
    assert dead
    for one in _quiet(stream):
        died = dead.get(one.psn_no)
        assert died is None or one.event_time.date() <= died


def test_notices_of_death_come_days_later(stream: Made) -> None:
    late = [
        (e.event_time.date() - e.death_date).days
        for e in stream.events
        if isinstance(e, InsuranceStatus) and e.death_date
    ]
    assert min(late) >= 1
    assert max(late) >= 6


def test_no_outpatient_care_during_a_stay_but_for_an_agent(stream: Made) -> None:
    stays: dict[str, list[tuple[Admission, Discharge]]] = defaultdict(list)
    admitted: dict[str, Admission] = {}
    for event in stream.events:
        if isinstance(event, Admission):
            admitted[event.mdtrt_id] = event
        elif isinstance(event, Discharge):
            stays[event.psn_no].append((admitted[event.mdtrt_id], event))
    assert stays
    for one in _quiet(stream):
        if one.med_type == "21" or one.agnter_rlts:
            continue
        for begin, end in stays[one.psn_no]:
            assert not begin.event_time.date() < one.event_time.date() < end.event_time.date()


def test_desks_serve_people_a_minute_apart(stream: Made) -> None:
    at: dict[str, list[Settlement]] = defaultdict(list)
    for one in _quiet(stream):
        if one.med_type != "21" and one.mdtrtarea_admvs == "640100":
            at[one.dev_no].append(one)
    gaps = [
        (after.event_time - before.event_time).total_seconds()
        for desk in at.values()
        for before, after in pairwise(desk)
    ]
    assert min(gaps) >= 60
    assert sum(60 <= gap <= 120 for gap in gaps) > 20


def test_people_move_at_the_speed_of_the_road(stream: Made) -> None:
    cities = {city.admdvs: city for city in CITIES}
    last: dict[str, Settlement] = {}
    moves = 0
    for one in _quiet(stream):
        if one.opter_type == "3":
            continue
        before = last.get(one.psn_no)
        last[one.psn_no] = one
        if before is None or before.mdtrtarea_admvs == one.mdtrtarea_admvs:
            continue
        moves += 1
        here, there = cities[before.mdtrtarea_admvs], cities[one.mdtrtarea_admvs]
        hours = (one.event_time - before.event_time).total_seconds() / 3600
        # A straight line on a sphere and the flat map differ little over these distances.
        assert distance_km(here.lat, here.lng, there.lat, there.lng) / hours < 110
    assert moves


def test_a_relative_pays_only_when_authorised(stream: Made) -> None:
    granted: set[tuple[str, str]] = set()
    shared = 0
    for event in stream.events:
        if isinstance(event, AccountAuthorization):
            pair = (event.psn_no, event.aut_psn_no)
            (granted.add if event.action == "grant" else granted.discard)(pair)
        elif isinstance(event, Settlement) and event.acct_used_flag == "2":
            pair = (event.acct_owner_no, event.psn_no)
            assert pair in granted or stream.fraud(event.event_id) == "unauthorised_family"
            if not stream.fraud(event.event_id):
                assert event.mdtrtarea_admvs.startswith("64")
            shared += 1
    assert shared > 20


def test_pharmacies_sell_what_they_settle(stream: Made) -> None:
    sold: dict[str, list[str]] = defaultdict(list)
    for event in stream.events:
        if isinstance(event, Stock) and event.infno == "3505":
            sold[event.setl_id] += event.drug_trac_codg
    for one in stream.settlements():
        codes = [code for line in one.feedetail for code in line.drug_trac_codg]
        if one.fixmedins_type == "2":
            expected = [] if stream.fraud(one.event_id) == "no_sale_of_goods" else codes
            assert sold[one.setl_id] == expected


def test_pharmacies_never_sell_more_than_they_have(stream: Made) -> None:
    left: dict[tuple[str, str], Decimal] = {}
    short: set[str] = set()
    signs = {"3501": 1, "3503": 1, "3505": -1, "3506": 1}
    for event in stream.events:
        if isinstance(event, Stock):
            key = (event.fixmedins_code, event.med_list_codg)
            left[key] = left.get(key, Decimal(0)) + signs[event.infno] * event.cnt
            if left[key] < 0:
                short.add(event.event_id)
    assert {stream.fraud(one) for one in short} == {"oversold"}


def test_trace_codes_are_sold_once_unless_the_pack_is_opened_or_returned(stream: Made) -> None:
    returned: set[str] = set()
    sold: dict[str, Settlement] = {}
    for event in stream.events:
        if isinstance(event, Stock) and event.infno == "3506":
            returned |= set(event.drug_trac_codg)
    for one in stream.settlements():
        for line in one.feedetail:
            for code in line.drug_trac_codg:
                excused = line.trdn_flag == "1" or code in returned or code == "0" * 20
                if not excused and not stream.fraud(one.event_id):
                    assert code not in sold
                sold.setdefault(code, one)


def test_refunds_go_back_through_the_channels_that_paid(stream: Made) -> None:
    paid = {one.setl_id: one for one in stream.settlements()}
    quiet = 0
    for event in stream.events:
        if isinstance(event, Reversal) and not stream.fraud(event.event_id):
            before = paid[event.init_setl_id]
            quiet += 1
            assert event.acct_pay == before.acct_pay
            assert event.psn_cash_pay == before.psn_cash_pay
            assert event.acct_mulaid_pay == before.acct_mulaid_pay
            assert event.fund_pay_sumamt == before.fund_pay_sumamt
    assert quiet > 3


def test_chronic_refills_are_equal_and_a_month_apart(stream: Made) -> None:
    refills: dict[tuple[str, str], list[Settlement]] = defaultdict(list)
    for one in _quiet(stream):
        plain = one.event_id not in stream.labels and one.dise_codg != "M07803"
        if one.med_type == "14" and plain:
            refills[one.psn_no, one.dise_codg].append(one)
    several = [some for some in refills.values() if len(some) > 2]
    assert several
    for some in several:
        for before, after in pairwise(some):
            assert after.event_time - before.event_time > timedelta(days=28)
        drugs = {tuple(x.det_item_fee_sumamt for x in one.feedetail if x.prd_days) for one in some}
        assert len(drugs) == 1


def test_the_pool_pays_pharmacies_only_on_prescription(stream: Made) -> None:
    issued = {e.rxno for e in stream.events if isinstance(e, Prescription)}
    life = [one for one in stream.settlements() if one.event_id not in stream.labels]
    filled = [one for one in life if one.med_type == "41" and one.act_pay_dedc]
    assert filled
    assert all(line.rxno in issued for one in filled for line in one.feedetail)


def test_failed_checks_are_followed_by_a_good_one_or_labelled(stream: Made) -> None:
    last: dict[tuple[str, str], IdentityCheck] = {}
    failed = 0
    for event in stream.events:
        if isinstance(event, IdentityCheck):
            last[event.psn_no, event.dev_no] = event
            failed += event.result == "mismatch"
        elif isinstance(event, Settlement) and not stream.fraud(event.event_id):
            check = last.get((event.psn_no, event.dev_no))
            if check is not None and check.result == "mismatch":
                assert event.event_time - check.event_time > timedelta(days=1)
    assert failed
