"""The archive gives back what was kept, each event once, and finds the events of an alert."""

import json
import zlib
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select

from alerts.ledger import Ledger
from alerts.ledger.archive import Extent, Kept, extent, find, keep, kept_of, passed, resume, stream
from alerts.ledger.archive_tables import ARCHIVE, ARCHIVE_KEYS
from events.times import DAY, moment

AT = 1_767_225_600


def event(number: int, time: int) -> Kept:
    """An account credit as it came."""
    line = {
        "event_type": "account_credit",
        "event_id": f"e{number}",
        "event_time": moment(time).isoformat(),
        "psn_no": "6400001",
        "amt": "10.00",
    }
    return Kept(f"e{number}", time, json.dumps(line).encode())


def test_events_come_back_once_in_their_span(ledger: Ledger) -> None:
    days = [[event(10 * day + n, AT + day * DAY + n) for n in range(10)] for day in range(6)]
    with ledger.begin() as connection:
        for block in (days[1], days[0], [*days[2], *days[1][:3]], days[3], days[3], days[5]):
            keep(connection, block)
        keep(connection, [])
    with ledger.read() as connection:
        everything = list(stream(connection))
        inside = list(stream(connection, AT + DAY + 5, AT + 3 * DAY))
        held = extent(connection)

    assert sorted(everything) == sorted(one for day in (0, 1, 2, 3, 5) for one in days[day])
    assert [kept.event_id for kept in sorted(inside, key=lambda kept: kept.time)] == [
        *(f"e{10 + n}" for n in range(5, 10)),
        *(f"e{20 + n}" for n in range(10)),
    ]
    assert everything[0].event.psn_no == "6400001"
    assert held == Extent(63, 6, AT, AT + 5 * DAY + 9)


def test_the_events_of_an_alert_are_found_where_they_lie(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        for day in range(5):
            keep(connection, [event(10 * day + n, AT + day * DAY + n) for n in range(10)])
        keep(connection, [event(31, AT + 3 * DAY + 1)])
    with ledger.read() as connection:
        found = find(connection, ["e31", "e12", "e99"])
        hinted = find(connection, ["e31", "e12"], AT + DAY, AT + 2 * DAY)

    assert found == [event(12, AT + DAY + 2), event(31, AT + 3 * DAY + 1)]
    assert hinted == [event(12, AT + DAY + 2)]


def test_blocks_of_ledgers_from_before_are_read_too(ledger: Ledger) -> None:
    kept = [event(n, AT + n) for n in range(3)]
    body = zlib.compress(b"\n".join(one.line for one in kept), 1)
    row = {"first_time": AT, "last_time": AT + 2, "events": 3, "body": body}
    with ledger.begin() as connection:
        connection.execute(insert(ARCHIVE), row)
        assert list(stream(connection)) == kept
        assert find(connection, ["e1"], AT, AT + 3) == [kept[1]]


def test_check_sums_spare_opening_blocks(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        keep(connection, [event(1, AT)])
        keep(connection, [event(2, AT)])
        other = select(ARCHIVE.c.batch).order_by(ARCHIVE.c.batch.desc()).limit(1).scalar_subquery()
        connection.execute(ARCHIVE.update().where(ARCHIVE.c.batch == other).values(body=b"damaged"))
        assert find(connection, ["e1"]) == [event(1, AT)]
        connection.execute(delete(ARCHIVE_KEYS))
        with pytest.raises(zlib.error):
            find(connection, ["e1", "e3"])


def test_a_source_goes_on_where_it_was(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        assert resume(connection, "t.events/0") == (0, 0)
        passed(connection, "t.events/0", 17, 1_900_000_000)
    with ledger.begin() as connection:
        assert resume(connection, "t.events/0") == (17, 1_900_000_000)
        assert resume(connection, "t.events/1") == (0, 0)


def test_a_line_that_was_forgiven_something_has_its_id() -> None:
    line = b'{"event_type":"account_credit","event_id":17,"event_time":"2026-01-01T08:00:00",'
    line += b'"psn_no":"1","amt":1}'

    assert kept_of(line) == Kept("17", AT, line)


def test_a_new_ledger_has_the_tables(tmp_path: Path) -> None:
    with Ledger.open(f"sqlite:///{tmp_path / 'l.sqlite'}") as ledger, ledger.read() as connection:
        assert extent(connection) == Extent(0, 0, 0, 0)
