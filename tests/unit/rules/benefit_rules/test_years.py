"""A patient's year gone through: what counts, what was left, what a first look lets pass."""

from datetime import date
from typing import Any

from hypothesis import given, settings

from events.codec import decode_object
from events.kinds import Event, Settlement
from events.times import day_number, day_start, year_bounds
from rules.benefit_rules.explaining import explain
from rules.benefit_rules.tariffs import tariff
from rules.benefit_rules.years import Reckoning, reckoned
from rules.context import Context
from rules.engine import Change, Engine
from rules.histories.intake import home
from rules.histories.person import Person
from rules.histories.records import Visit
from rules.registry import load_rules
from streams.memory import Memory
from streams.pipeline import Pipeline
from tests.unit.rules.benefit_rules.stories import stories

CONTEXT = Context()
RULES = load_rules(["benefit.cap_exceeded", "benefit.deductible_skipped", "benefit.wrong_ratio"])
CHIFENG = {"insuplc_admdvs": "150400", "mdtrtarea_admvs": "150400", "hosp_lv": "2"}


def settled(name: str, time: str, in_policy: str, **more: Any) -> Event:
    return decode_object(
        {
            "event_type": "settlement",
            "event_id": name,
            "setl_id": name,
            "event_time": time,
            "psn_no": "P",
            "fixmedins_code": "H15040000001",
            "insutype": "310",
            "psn_type": "11",
            "med_type": "11",
            "medfee_sumamt": in_policy,
            "inscp_scp_amt": in_policy,
            **CHIFENG,
            **more,
        }
    ).event


def person_of(*events: Event) -> tuple[Person, Visit]:
    """A person's history with these settlements and reversals, and the last record told."""
    person = Person("P")
    taken: Visit | None = None
    for event in events:
        for record in person.take(home(event)[0].record) or ():
            if isinstance(record, Visit):
                taken = record
    assert taken is not None
    return person, taken


def last(*events: Event) -> Reckoning:
    """The settlement that is last in its year, reckoned with care."""
    person, _ = person_of(*events)
    late = home(settled("late", "2024-01-01T00:00:01", "1.00", fixmedins_code="H1"))[0].record
    person.take(late)
    return reckoned(CONTEXT, person, late)[-1]


def test_the_year_is_the_calendar_year_of_china() -> None:
    day = day_number(date(2024, 7, 1))
    first, end = year_bounds(day)
    assert first == day_start(day_number(date(2024, 1, 1)))
    assert end == day_start(day_number(date(2025, 1, 1))) - 1


def test_a_charged_deductible_is_used_and_what_is_over_it_is_paid_by_the_ratio() -> None:
    one = last(
        settled("a", "2024-02-01T10:00:00", "800.00", act_pay_dedc="800.00"),
        settled("b", "2024-03-01T10:00:00", "700.00", act_pay_dedc="199.00", hifp_pay="250.50"),
    )
    assert (one.left, one.due, one.by_ratio) == (199_00, 250_50, 250_50)


def test_a_sender_that_never_tells_a_deductible_is_believed_to_have_charged_it() -> None:
    one = last(
        settled("a", "2024-02-01T10:00:00", "600.00"),
        settled("b", "2024-02-02T10:00:00", "600.00"),
        settled("c", "2024-03-01T10:00:00", "100.00", fund_pay_sumamt="50.00"),
    )
    assert one.left == 0
    assert one.due == 50_00


def test_costs_of_the_year_before_count_for_nothing() -> None:
    one = last(
        settled("a", "2023-12-31T23:59:59", "2000.00", act_pay_dedc="1000.00", hifp_pay="500.00"),
        settled("b", "2024-03-01T10:00:00", "1500.00", act_pay_dedc="1000.00", hifp_pay="250.00"),
    )
    assert one.room == 4000_00
    assert one.left == 999_00


def test_a_wrong_payment_fills_the_cap_only_as_far_as_it_was_right() -> None:
    one = last(
        settled("a", "2024-02-01T10:00:00", "5000.00", act_pay_dedc="999.00", hifp_pay="4000.00"),
        settled("b", "2024-03-01T10:00:00", "200.00", hifp_pay="100.00"),
    )
    assert one.paid_year == 2000_50
    assert one.room == 4000_00 - 2000_50


def test_a_tariff_holds_for_its_period_and_not_for_the_next() -> None:
    _, before = person_of(settled("a", "2022-09-30T10:00:00", "500.00", hifp_pay="1.00"))
    _, since = person_of(settled("a", "2022-10-01T10:00:00", "500.00", hifp_pay="1.00"))
    assert tariff(CONTEXT, before).deductible is None
    assert tariff(CONTEXT, since).deductible == 1000_00
    assert tariff(CONTEXT, since) is tariff(CONTEXT, since)


@settings(max_examples=150, deadline=None)
@given(events=stories)
def test_told_in_order_and_backwards_the_same_stands(events: list[Event]) -> None:
    in_order = sorted(
        (event for event in events if isinstance(event, Settlement)), key=lambda e: e.event_time
    )
    assert _standing(in_order) == _standing(in_order[::-1])


def _standing(events: list[Settlement]) -> set[tuple[str, str]]:
    pipeline, changes = Pipeline(Engine(RULES, CONTEXT, strict=True), Memory()), list[Change]()
    for event in events:
        pipeline.process(event, changes)
    known = {(change.rule.id, change.about): change.action for change in changes}
    return {matter for matter, action in known.items() if action in ("raised", "revised")}


def test_an_explanation_counts_the_claims_registered_before() -> None:
    claim = decode_object(
        {
            "event_type": "manual_claim",
            "event_id": "c",
            "event_time": "2024-02-01T10:00:00",
            "psn_no": "P",
            "insuplc_admdvs": "150400",
            "fixmedins_code": "H51010000001",
            "med_type": "11",
            "begntime": "2024-01-20T10:00:00",
            "medfee_sumamt": "1500.00",
            "inscp_scp_amt": "1500.00",
            "hifp_pay": "250.00",
            "fund_pay_sumamt": "250.00",
        }
    ).event
    person, visit = person_of(
        claim, settled("a", "2024-03-01T10:00:00", "400.00", hifp_pay="200.00")
    )
    explained = explain(CONTEXT, person, visit)
    assert (explained.sums.deductible_general, explained.sums.paid_general) == (100000, 25000)
    assert (explained.earlier, explained.most) == (0, 20000)
