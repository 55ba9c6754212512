from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError

from alerts.ledger import Ledger
from alerts.ledger.reading import (
    Count,
    Filters,
    Order,
    alert_table,
    counts,
    feed,
    feed_end,
    get,
    listing,
    standing,
)
from alerts.ledger.writing import move, record
from alerts.table import rows_of
from events.times import moment
from tests.unit.alerts.made import AT, an_alert, retracted

ORDERS: tuple[Order, ...] = ("changed", "event_time", "severity", "amount")
ALERTS = [
    an_alert("a", area="640100", rule_id="swipe", family="cash_out", sev_deg=1),
    an_alert("b", area="640200", rule_id="swipe", family="cash_out", amount=Decimal("900.00")),
    an_alert("c", area="510100", rule_id="twice", family="duplicates", subject="P-2"),
    an_alert("d", area="640100", rule_id="twice", family="duplicates", status="withdrawn"),
    retracted("e", area="640100"),
    an_alert("f", area="150400", message_zh="百分之100%优惠", last_event_time=moment(AT + 7200)),
]


@pytest.fixture
def connection(ledger: Ledger) -> Iterator[Connection]:
    """A reading connection to a ledger with the alerts above."""
    with ledger.begin() as begun:
        record(begun, ALERTS, 1000)
    with ledger.read() as reading:
        yield reading


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        (Filters(), "abcdef"),
        (Filters(areas=("640100",)), "ade"),
        (Filters(areas=("64", "150400")), "abdef"),
        (Filters(areas=("6_",)), ""),
        (Filters(families=("duplicates",)), "cd"),
        (Filters(rules=("twice", "batch_swiping")), "cdef"),
        (Filters(severities=(1,)), "a"),
        (Filters(statuses=("withdrawn", "retracted")), "de"),
        (Filters(subject="P-2"), "c"),
        (Filters(least_amount=12051), "b"),
        (Filters(most_amount=12050, statuses=("open",)), "acf"),
        (Filters(since=AT + 7200), "f"),
        (Filters(until=AT + 7200, areas=("15",)), ""),
        (Filters(text="100%"), "f"),
        (Filters(text="SWIPE"), "ab"),
        (Filters(text="p-2"), "c"),
        (Filters(text="%"), "f"),
        (Filters(areas=("64",), rules=("swipe",), severities=(2,)), "b"),
    ],
)
def test_filters(connection: Connection, filters: Filters, ids: str) -> None:
    assert [one.alert.alert_id for one in feed(connection, 0, 10, filters)] == list(ids)


def test_the_feed_goes_on_where_it_was_and_misses_nothing(connection: Connection) -> None:
    seen, after = [], 0
    while page := feed(connection, after, 2):
        seen += [one.alert for one in page]
        after = page[-1].feed_seq

    assert seen == ALERTS
    assert after == feed_end(connection) == 6


@pytest.mark.parametrize(
    ("order", "ids"),
    [("changed", "fdcba"), ("event_time", "fabcd"), ("severity", "abcdf"), ("amount", "bacdf")],
)
def test_pages_in_each_order(connection: Connection, order: Order, ids: str) -> None:
    shown = Filters(statuses=("open", "withdrawn"))
    pages = [listing(connection, 2, shown, order=order, offset=offset) for offset in (0, 2, 4)]

    assert [one.alert.alert_id for page in pages for one in page] == list(ids)


def test_a_page_by_change_goes_on_before_a_place(connection: Connection) -> None:
    assert [one.feed_seq for one in listing(connection, 2, before_seq=4)] == [3, 2]


def test_the_table_leaves_retracted_alerts_out(connection: Connection) -> None:
    assert list(alert_table(connection)) == rows_of(ALERTS)
    assert [alert.alert_id for alert in standing(connection, Filters(areas=("64",)))] == [
        "a",
        "b",
        "d",
    ]


def test_counts_by_rule_severity_and_status(connection: Connection) -> None:
    assert counts(connection, Filters(rules=("swipe", "twice"))) == [
        Count("swipe", "cash_out", 1, "open", 1, 12050, 30000),
        Count("swipe", "cash_out", 2, "open", 1, 90000, 30000),
        Count("twice", "duplicates", 2, "open", 1, 12050, 30000),
        Count("twice", "duplicates", 2, "withdrawn", 1, 12050, 30000),
    ]


def test_an_unknown_alert_is_none(connection: Connection) -> None:
    assert get(connection, "z") is None


def test_a_reading_transaction_cannot_write(connection: Connection) -> None:
    with pytest.raises(OperationalError, match="readonly"):
        move(connection, "a.ndjson", 1)


def test_a_reader_sees_one_moment_and_does_not_hold_up_writers(ledger: Ledger) -> None:
    with ledger.read() as reading:
        assert feed_end(reading) == 0
        with ledger.begin() as writing:
            record(writing, ALERTS, 1)
        assert feed_end(reading) == 0
    with ledger.read() as reading:
        assert feed_end(reading) == 6


@pytest.mark.parametrize(
    "filters",
    [
        Filters(),
        Filters(areas=("640100",)),
        Filters(families=("cash_out",)),
        Filters(rules=("swipe",)),
        Filters(statuses=("withdrawn",)),
        Filters(subject="P-2"),
    ],
)
def test_neither_feed_nor_page_sorts_the_ledger(ledger: Ledger, filters: Filters) -> None:
    statements: list[tuple[str, Any]] = []

    def keep(*call: Any) -> None:
        statements.append((str(call[2]), call[3]))

    with ledger.begin() as connection:
        event.listen(connection, "before_cursor_execute", keep)
        feed(connection, 5, 50, filters)
        listing(connection, 50, filters, before_seq=100)
        if filters == Filters():
            for order in ORDERS:
                listing(connection, 50, order=order)
        asked = list(statements)
        for statement, values in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
            told = " ".join(row[3] for row in plan)
            assert "USING INDEX alerts_by_" in told
            assert "TEMP B-TREE" not in told
    assert len(asked) >= 2
