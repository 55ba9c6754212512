"""A pharmacy's month of sales is the same whatever the order in which it is told."""

from itertools import permutations

import msgspec

from events.codec import decode_object
from events.times import day_start
from rules.histories import keyed
from rules.histories.forking import fork
from rules.histories.intake import home
from rules.histories.keyed import InstitutionDay
from rules.histories.records import AnyRecord, Dispensed, Goods
from rules.histories.sales import Sales

_DAY = 19783
"""1 March 2024."""
_NOON = day_start(_DAY) + 43_200


def _dispensed(name: str, day: int, rev_at: int = 0) -> Dispensed:
    time = _NOON + day * 86_400
    return Dispensed(f"e-{name}", time, name, "PERSON-1", "640100", 100, 100, ("X1",), rev_at)


def _goods(name: str, day: int, number: int = 0, code: str = "") -> Goods:
    time = _NOON + day * 86_400 + 60 + number
    return Goods(f"g-{name}-{day}-{number}", time, name, "P1", False, code)


def _months(event_time: str, setl_id: str, infno: str) -> list[str]:
    event = {
        "event_type": "stock",
        "event_id": "t",
        "event_time": event_time,
        "fixmedins_code": "P1",
        "infno": infno,
        "setl_id": setl_id,
        "med_list_codg": "X1",
        "cnt": 1,
    }
    return [fact.key for fact in home(decode_object(event).event) if fact.kind == keyed.SALES]


def test_order_and_repetition_change_nothing() -> None:
    records: list[AnyRecord] = [
        _dispensed("s1", 0),
        _dispensed("s2", 0),
        _dispensed("s2", 0, _NOON + 7_200),
        _goods("s1", 0),
        _goods("e-s2", 6),
        _goods("", 2, code="X1"),
    ]
    ends = set()
    for order in permutations(records):
        sales = Sales("P1|2024-03")
        for record in (*order, *order):
            sales.take(record)
        assert sales.waiting.keys() == {"s2", "e-s2"}
        assert sales.waiting["s2"].rev_at
        assert sales.counts == {_DAY: [2, 1]}
        assert sales.loose == {"X1": [_DAY + 2]}
        ends.add((tuple(sorted(sales.days.items())), sales.last, sales.linked))
    assert len(ends) == 1


def test_a_copy_goes_its_own_way() -> None:
    sales = Sales("P1|2024-03")
    for record in (_dispensed("s1", 0), _goods("", 0, code="X1")):
        sales.take(record)
    before = msgspec.json.encode(sales.waiting), msgspec.json.encode(sales.loose)
    copied = fork(sales)
    for record in (_goods("s1", 1), _goods("", 1, code="X1")):
        copied.take(record)
    assert not copied.waiting
    assert (msgspec.json.encode(sales.waiting), msgspec.json.encode(sales.loose)) == before


def test_a_sale_is_told_where_its_settlement_may_lie() -> None:
    """In the month before as well, and at its end in the next one; a return nowhere."""
    assert _months("2024-03-03T10:00:00", "s1", "3505") == ["P1|2024-03", "P1|2024-02"]
    assert _months("2024-03-15T10:00:00", "", "3505") == ["P1|2024-03"]
    assert _months("2024-03-29T10:00:00", "s1", "3505") == ["P1|2024-03", "P1|2024-04"]
    assert _months("2024-03-15T10:00:00", "s1", "3506") == []


def test_goods_that_an_earlier_version_told_a_day_are_passed_over() -> None:
    stored = msgspec.msgpack.encode(["Goods", "t1", _NOON, "s1", "P1", True])
    record = msgspec.msgpack.decode(stored, type=AnyRecord)
    assert record == Goods("t1", _NOON, "s1", "P1", True)
    assert InstitutionDay(f"P1|{_DAY}").take(record) is None
