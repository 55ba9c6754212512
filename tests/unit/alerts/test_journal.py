import hashlib
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from alerts.ledger import Ledger
from alerts.ledger.auditing import verify_alerts
from alerts.ledger.journal import (
    BEGINNING,
    Broken,
    Entry,
    Head,
    Verified,
    append,
    head_of,
    verify_journal,
)
from alerts.ledger.reading import history_of
from alerts.ledger.writing import record
from tests.unit.alerts.made import an_alert, retracted


@pytest.fixture
def connection(ledger: Ledger) -> Iterator[Connection]:
    """A connection to a ledger with five entries, the last a supervisor's."""
    with ledger.begin() as begun:
        record(begun, [an_alert("1"), an_alert("2"), an_alert("3")], 1000)
        record(begun, [retracted("2", revision=2)], 2000)
        append(begun, [Entry(3000, "supervisor:li", "noted", "1", {"text": "查\n看"})])
        yield begun


def unguarded(connection: Connection, statement: str) -> None:
    """Do what someone with the file and a purpose could do."""
    for name in ("journal_no_update", "journal_no_delete"):
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
    connection.exec_driver_sql(statement)


def test_an_empty_journal_is_verified(ledger: Ledger) -> None:
    with ledger.read() as connection:
        assert verify_journal(connection) == Verified(0, Head(0, BEGINNING))


def test_the_chain_can_be_recomputed_by_anyone(connection: Connection) -> None:
    last = BEGINNING
    for row in connection.exec_driver_sql(
        "SELECT seq, at_ms, actor, action, alert_id, content, hash FROM journal ORDER BY seq"
    ):
        text = "\n".join([last, *map(str, row[:-1])])
        last = hashlib.sha256(text.encode()).hexdigest()
        assert row.hash == last

    assert verify_journal(connection) == Verified(5, Head(5, last))
    assert head_of(connection) == Head(5, last)


@pytest.mark.parametrize(
    "statement", ["UPDATE journal SET actor = 'x' WHERE seq = 2", "DELETE FROM journal"]
)
def test_the_database_refuses_to_change_the_journal(connection: Connection, statement: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"):
        connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    ("tampering", "seq", "why"),
    [
        ("UPDATE journal SET content = '{}' WHERE seq = 2", 2, "content does not match"),
        ("UPDATE journal SET at_ms = at_ms + 1 WHERE seq = 1", 1, "content does not match"),
        ("UPDATE journal SET actor = 'x' WHERE seq = 5", 5, "content does not match"),
        ("UPDATE journal SET hash = prev_hash WHERE seq = 3", 3, "content does not match"),
        (f"UPDATE journal SET prev_hash = '{BEGINNING}' WHERE seq = 4", 4, "it follows 000"),
        ("DELETE FROM journal WHERE seq = 3", 3, "the entry is missing, the next one is 4"),
        ("DELETE FROM journal WHERE seq = 1", 1, "missing"),
        ("DELETE FROM journal WHERE seq > 3", 4, "ends at 3, the ledger's own head is 5"),
        ("DELETE FROM journal", 1, "ends at 0"),
        ("UPDATE journal_head SET seq = 4", 5, "own head is 4"),
    ],
)
def test_tampering_is_found_at_its_first_entry(
    connection: Connection, tampering: str, seq: int, why: str
) -> None:
    unguarded(connection, tampering)

    found = verify_journal(connection)

    assert isinstance(found, Broken)
    assert found.seq == seq
    assert why in found.why


def cut(connection: Connection, seq: int) -> None:
    """Cut the journal after an entry and put its head back to match."""
    unguarded(connection, f"DELETE FROM journal WHERE seq > {seq}")
    connection.exec_driver_sql(
        f"UPDATE journal_head SET seq = {seq}, hash = (SELECT hash FROM journal WHERE seq = {seq})"
    )


def test_a_clean_cut_is_found_against_a_head_kept_elsewhere(connection: Connection) -> None:
    kept = head_of(connection)
    cut(connection, 3)

    assert isinstance(verify_journal(connection), Verified)
    found = verify_journal(connection, expected_head=kept)
    assert isinstance(found, Broken)
    assert found.seq == 4
    assert "the expected head is 5: entries were cut off" in found.why


def test_a_rewritten_end_is_found_against_a_head_kept_elsewhere(connection: Connection) -> None:
    kept = head_of(connection)
    cut(connection, 3)
    append(connection, [Entry(1, "x", "y", "", {}) for _ in range(4)])

    assert isinstance(verify_journal(connection), Verified)
    found = verify_journal(connection, expected_head=kept)
    assert isinstance(found, Broken)
    assert found.seq == 5


def test_a_head_kept_earlier_still_holds_when_the_journal_has_grown(connection: Connection) -> None:
    kept = head_of(connection)
    grown = append(connection, [Entry(4000, "monitor", "started", "", {})])

    assert verify_journal(connection, expected_head=kept) == Verified(6, grown)


def test_no_line_feed_enters_where_the_chain_divides_fields(connection: Connection) -> None:
    with pytest.raises(ValueError, match="line feed"):
        append(connection, [Entry(1, "a\nb", "noted", "", {})])


def test_content_is_canonical(connection: Connection) -> None:
    append(connection, [Entry(1, "a", "b", "9", {"b": 1, "a": {"d": 2, "c": "中"}})])

    assert history_of(connection, "9")[0].content == '{"a":{"c":"中","d":2},"b":1}'


@pytest.mark.parametrize(
    ("tampering", "told"),
    [
        ("UPDATE alerts SET amount = 1 WHERE alert_id = '1'", "alert 1: amount is 1, the journal"),
        ("UPDATE alerts SET evidence = '{}' WHERE alert_id = '3'", "alert 3: evidence is '{}'"),
        ("UPDATE alerts SET status = 'open' WHERE alert_id = '2'", "alert 2: status is 'open'"),
        ("DELETE FROM alerts WHERE alert_id = '1'", "alert 1 is in the journal only"),
        ("UPDATE alerts SET alert_id = '0' WHERE alert_id = '1'", "alert 0 is not in the journal"),
        ("UPDATE alerts SET alert_id = '4' WHERE alert_id = '1'", "alert 4 is not in the journal"),
    ],
)
def test_an_alert_changed_past_the_journal_is_found(
    connection: Connection, tampering: str, told: str
) -> None:
    assert list(verify_alerts(connection)) == []

    connection.exec_driver_sql(tampering)

    assert any(told in line for line in verify_alerts(connection))
