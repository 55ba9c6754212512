"""Histories are sets of records: order and repetition of taking up change nothing."""

from itertools import permutations

import pytest

from events.codec import decode_object
from rules.histories.facts import receipt
from rules.histories.intake import home
from rules.histories.keyed import (
    ACCOUNT,
    INSTITUTION_DAY,
    KEPT,
    MOST,
    PERSON,
    Account,
    InstitutionDay,
    forget,
)
from rules.histories.person import Person
from rules.histories.records import AnyRecord, Payback, Refund, Stay, Visit
from rules.histories.series import before, between, put
from rules.histories.spreading import spread


def _record(kind: str, **fields: object) -> AnyRecord:
    event = {
        "event_type": kind,
        "psn_no": "PERSON-1",
        "fixmedins_code": "P64010000001",
        "insuplc_admdvs": "640100",
        **fields,
    }
    fact, *_ = home(decode_object(event).event)
    return fact.record


def _visit(event_id: str, time: str, **fields: object) -> Visit:
    record = _record(
        "settlement",
        event_id=event_id,
        event_time=time,
        setl_id=f"S-{event_id}",
        **{"medfee_sumamt": "100.00", "acct_pay": "60.00", "psn_cash_pay": "40.00", **fields},
    )
    assert isinstance(record, Visit)
    return record


def _refund(event_id: str, time: str, **fields: object) -> Refund:
    record = _record("reversal", event_id=event_id, event_time=time, **fields)
    assert isinstance(record, Refund)
    return record


def test_a_series_is_sorted_and_knows_its_records() -> None:
    """By time, then by event id; a record that is known changes nothing."""
    visits = [
        _visit(name, f"2024-01-0{day}T08:00:00") for name, day in (("b", 2), ("a", 2), ("c", 1))
    ]
    series: list[Visit] = []
    for visit in visits:
        assert put(series, visit) is visit
    assert [visit.event_id for visit in series] == ["c", "a", "b"]
    assert put(series, visits[0]) is None
    assert [visit.event_id for visit in between(series, visits[0].time, visits[0].time)] == [
        "a",
        "b",
    ]
    assert [visit.event_id for visit in before(series, visits[0])] == ["c", "a"]


def test_two_partial_reversals_make_a_whole_one_in_any_order() -> None:
    """The settlement is reversed when all that was paid has gone back."""
    records: list[AnyRecord] = [
        _visit("v", "2024-01-01T08:00:00"),
        _refund("r1", "2024-01-02T08:00:00", setl_id="S-v", acct_pay="60.00"),
        _refund("r2", "2024-01-03T08:00:00", init_setl_id="S-v", psn_cash_pay="40.00"),
    ]
    last = records[2].time
    outcomes = set()
    for order in permutations(records):
        person = Person("PERSON-1")
        for record in order:
            person.take(record)
        (visit,) = person.visits
        outcomes.add((visit.rev_at, visit.rev_id, visit.back))
    assert outcomes == {(last, "r2", (0, 6000, 0, 4000))}


def test_a_reversal_that_names_the_message_finds_its_settlement() -> None:
    """2601 names the original message, not the settlement."""
    person = Person("PERSON-1")
    person.take(_visit("v", "2024-01-01T08:00:00"))
    person.take(_refund("r", "2024-01-01T09:00:00", init_setl_id="v", infno="2601"))
    assert person.visits[0].rev_id == "r"


def test_an_admission_taken_back_is_no_stay() -> None:
    """Whether the news comes before or after."""
    stay = _record("admission", event_id="a", event_time="2024-01-01T08:00:00", mdtrt_id="M")
    refund = _refund("r", "2024-01-01T09:00:00", init_setl_id="a", infno="2601")
    for order in ((stay, refund), (refund, stay)):
        person = Person("PERSON-1")
        for record in order:
            person.take(record)
        assert isinstance(person.stays[0], Stay)
        assert person.stays[0].rev_at == refund.time


def test_a_reversed_visit_tells_everyone_when_it_was_reversed() -> None:
    """Every fact carries the time of the reversal, unless its key is kept for less long."""
    visit = _visit(
        "v", "2024-01-01T08:00:00", dev_no="D1", invono="0020317745", invo_codg="64010124"
    )
    person = Person("PERSON-1")
    first = list(spread(visit, person, first=True))
    assert {fact.kind for fact in first} >= {"account", "terminal", "institution_day", "document"}
    assert all(getattr(fact.record, "rev_at", 0) == 0 for fact in first)
    person.take(visit)
    late = _refund("r", "2024-06-01T08:00:00", setl_id="S-v")
    _, changed = person.take(late) or ()
    told = spread(changed, person, first=False)
    again = {fact.kind: fact.record for fact in told if not isinstance(fact.record, Payback)}
    assert getattr(again["account"], "rev_at", 0) == late.time
    assert getattr(again["terminal"], "rev_at", 0) == 0


def test_what_is_too_old_or_too_much_is_forgotten() -> None:
    """By retention, a person's by whole years, and by the bound of a key, the oldest first."""
    person = Person("PERSON-1")
    visits = [_visit(f"v{day}", f"2024-01-{day:02}T08:00:00") for day in range(1, 11)]
    earlier = [_visit(f"w{month}", f"2023-{month:02}-28T08:00:00") for month in (1, 12)]
    for visit in [*visits, *earlier]:
        person.take(visit)
    assert forget(person, PERSON, earlier[1].time + KEPT[PERSON] * 86_400) == 0
    assert [visit.event_id for visit in person.visits[:3]] == ["w1", "w12", "v1"]
    assert forget(person, PERSON, visits[4].time + KEPT[PERSON] * 86_400) == 0
    assert person.visits == visits
    day = InstitutionDay("P1|19723")
    for visit in visits:
        told = spread(visit, person, first=True)
        day.take(next(fact.record for fact in told if fact.kind == ACCOUNT))
    assert forget(day, INSTITUTION_DAY, visits[4].time + KEPT[INSTITUTION_DAY] * 86_400) == 0
    assert [swipe.event_id for swipe in day.swipes] == ["v5", "v6", "v7", "v8", "v9", "v10"]
    many = Person("PERSON-1", visits=[visits[0]] * (MOST[PERSON] + 3))
    assert forget(many, PERSON, visits[0].time) == 3
    assert len(many.visits) == MOST[PERSON]


def test_what_holds_until_told_otherwise_is_not_forgotten() -> None:
    """An authorisation granted years ago is one still."""
    grant = _record(
        "account_authorization",
        event_id="g",
        event_time="2020-01-01T08:00:00",
        action="grant",
        aut_psn_no="PERSON-2",
    )
    account = Account("PERSON-1")
    account.take(grant)
    forget(account, ACCOUNT, grant.time + 4 * 365 * 86_400)
    assert [known.event_id for known in account.grants] == ["g"]


@pytest.mark.parametrize(
    ("series", "number", "expected"),
    [
        ("64010124", "0000123456", "64010124:0000123456"),
        ("", "0000123456", "0000123456"),
        ("64010124", "0000000000", ""),
        ("64010124", "", ""),
        ("", "无", ""),
    ],
)
def test_a_receipt_needs_a_number(series: str, number: str, expected: str) -> None:
    """Placeholders are no receipts."""
    assert receipt(series, number).lstrip(":") == expected
