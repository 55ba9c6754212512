"""Pages of the feed: every alert once in every order, whatever people did with it."""

from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert

from alerts.desk.pages.counting import slots, waiting
from alerts.desk.pages.filtering import ORDERS, Order, View
from alerts.desk.pages.listing import Reader, Row, areas_of, page_of, row_of, rows_among
from alerts.ledger import Ledger
from alerts.ledger.case_tables import SNOOZES, WORK
from alerts.ledger.triage_tables import TRIAGE
from alerts.ledger.writing import record
from events.times import moment
from tests.unit.alerts.made import AT, an_alert

NOW = 1_764_000_000_000
READER = Reader("zhang", (), NOW)
COUNT = 57


@pytest.fixture
def filled(ledger: Ledger) -> Ledger:
    """A ledger of alerts in two areas, some scored, some worked on, some snoozed."""
    alerts = [
        an_alert(
            f"{number:04x}",
            sev_deg=number % 3 + 1,
            amount=Decimal(number % 7) * 100,
            area="640100" if number % 2 else "640200",
            subject=f"P-{number % 5:016x}",
            last_event_time=moment(AT + number % 11),
            first_event_time=moment(AT),
        )
        for number in range(COUNT)
    ]
    with ledger.begin() as connection:
        record(connection, alerts, NOW - 1000)
        scored = [
            {"alert_id": f"{number:04x}", "score": number % 4 / 10, "model": "m", "at_ms": 1}
            for number in range(0, COUNT, 2)
        ]
        connection.execute(insert(TRIAGE), scored)
        connection.execute(insert(WORK), [_work("0001", verdict="confirmed"), _work("0002")])
        connection.execute(insert(WORK), [_work("0003", verdict="dismissed")])
        snooze: dict[str, object] = {
            "snooze_id": "z",
            "rule_id": "batch_swiping",
            "subject": f"P-{4:016x}",
        }
        snooze |= {"area": "640100", "until_ms": NOW + 1, "reason": "", "made_by": "zhang"}
        connection.execute(insert(SNOOZES), {**snooze, "made_ms": 1, "ended_ms": 0})
    return ledger


def _work(alert_id: str, **changes: object) -> dict[str, object]:
    row: dict[str, object] = {column.name: 0 for column in WORK.columns}
    row |= {"case_id": "", "verdict": "", "cause": "", "verdict_by": "", "changed_by": ""}
    return {**row, "alert_id": alert_id, "taken_by": "zhang", **changes}


def _all(ledger: Ledger, view: View, size: int = 10, reader: Reader = READER) -> list[Row]:
    rows: list[Row] = []
    after = ""
    with ledger.read() as connection:
        while True:
            page = page_of(connection, view, reader, after, size)
            rows += page.rows
            after = page.onward
            if not after:
                return rows


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("size", [1, 10, 57, 58])
def test_pages_hold_every_alert_once(filled: Ledger, order: Order, size: int) -> None:
    rows = _all(filled, View(order=order, handling="all"), size)
    assert len(rows) == COUNT
    assert len({row.alert.alert_id for row in rows}) == COUNT


def test_orders_are_what_they_say(filled: Ledger) -> None:
    new = _all(filled, View(handling="all"))
    assert all(before.seq > after.seq for before, after in pairwise(new))
    time = _all(filled, View(order="time", handling="all"))
    falling = [row.alert.last_event_time for row in time]
    assert falling == sorted(falling, reverse=True)
    amount = [row.alert.amount for row in _all(filled, View(order="amount", handling="all"))]
    assert amount == sorted(amount, reverse=True)


def test_triage_puts_scores_first_then_severity_then_amount(filled: Ledger) -> None:
    rows = _all(filled, View(order="triage", handling="all"))
    scores = [row.score for row in rows if row.score is not None]
    assert scores == sorted(scores, reverse=True)
    assert all(row.score is None for row in rows[len(scores) :])
    rest = [(row.alert.sev_deg, -row.alert.amount) for row in rows[len(scores) :]]
    assert rest == sorted(rest)


def test_piles_part_the_alerts(filled: Ledger) -> None:
    piles = {
        pile: {row.alert.alert_id for row in _all(filled, View(handling=pile))}
        for pile in ("", "mine", "confirmed", "dismissed", "snoozed")
    }
    assert piles["confirmed"] == {"0001"}
    assert piles["dismissed"] == {"0003"}
    assert piles["mine"] == {"0001", "0002", "0003"}
    # A snooze holds in the area it was made in.
    assert len(piles["snoozed"]) == 5
    assert piles[""] | piles["snoozed"] | {"0001", "0003"} == {f"{n:04x}" for n in range(COUNT)}
    assert not piles[""] & piles["snoozed"]


def test_a_reader_of_one_area_sees_no_other(filled: Ledger) -> None:
    reader = Reader("wang", ("6402",), NOW)
    rows = _all(filled, View(handling="all"), reader=reader)
    assert {row.alert.area for row in rows} == {"640200"}
    with filled.read() as connection:
        assert areas_of(connection, reader) == ["640200"]
        assert areas_of(connection, READER) == ["640100", "640200"]
        assert row_of(connection, "0001", reader) is None
        shown, others = rows_among(connection, ["0000", "0001"], View(severities=(3,)), reader)
        assert (set(shown), others) == (set(), {"0000"})
        assert waiting(connection, reader).alerts == len(rows)


def test_what_waits_is_counted_without_what_was_decided(filled: Ledger) -> None:
    with filled.read() as connection:
        counted = waiting(connection, READER)
        told = slots(connection, READER)
    rows = [
        row
        for row in _all(filled, View(handling="all"))
        if row.handling not in {"confirmed", "dismissed"}
    ]
    assert counted.alerts == len(rows)
    assert counted.grave == sum(row.alert.sev_deg == 1 for row in rows)
    assert counted.amount == sum(int(row.alert.amount * 100) for row in rows)
    assert (len(told), sum(slot.total for slot in told)) == (24, COUNT)


@pytest.mark.parametrize("after", ["~", "x", "9" * 30, "s~nan~a", "1~~", "s~1e400~x", "-1~\0"])
def test_a_made_up_place_is_no_error(filled: Ledger, after: str) -> None:
    with filled.read() as connection:
        for order in ORDERS:
            assert len(page_of(connection, View(order=order), READER, after).rows) <= 50


def test_the_last_hour_is_by_when_it_was_raised(filled: Ledger) -> None:
    assert len(_all(filled, View(within="1h", handling="all"))) == COUNT
    later = Reader("zhang", (), NOW + 3_600_000)
    assert _all(filled, View(within="1h", handling="all"), reader=later) == []


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("after", ["", "5", "5~00", "s~0.5~00", "2~500~00"])
def test_no_order_is_sorted_again(filled: Ledger, order: Order, after: str) -> None:
    """Every page walks an index and stops: neither depth nor the size of the ledger costs."""
    with filled.read() as connection:
        asked = _statements(
            connection, lambda: page_of(connection, View(order=order), READER, after)
        )
        assert asked
        for statement, values in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
            told = " ".join(row[3] for row in plan)
            assert "USING INDEX alerts_by_" in told or "INDEX triage_by_score" in told
            assert "TEMP B-TREE" not in told


def test_counting_reads_an_index_only(filled: Ledger) -> None:
    with filled.read() as connection:
        asked = _statements(
            connection, lambda: (waiting(connection, READER), slots(connection, READER))
        )
        plans = [
            " ".join(
                row[3]
                for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            )
            for statement, values in asked
        ]
    assert "COVERING INDEX" in plans[0]
    assert "COVERING INDEX alerts_by_hour" in plans[-1]


def _statements(connection: Connection, ask: Callable[[], object]) -> list[tuple[str, Any]]:
    kept: list[tuple[str, Any]] = []

    def keep(*call: Any) -> None:
        kept.append((str(call[2]), call[3]))

    event.listen(connection, "before_cursor_execute", keep)
    ask()
    return [(statement, values) for statement, values in kept if statement.startswith("SELECT")]


def test_what_was_withdrawn_waits_for_nobody(filled: Ledger) -> None:
    with filled.begin() as connection:
        record(connection, [an_alert("0008", status="withdrawn", revision=2)], NOW)
    assert "0008" not in {row.alert.alert_id for row in _all(filled, View())}
    for view in (View(handling="all"), View(statuses=("withdrawn",))):
        assert "0008" in {row.alert.alert_id for row in _all(filled, view)}
