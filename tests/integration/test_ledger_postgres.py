"""The ledger in a real PostgreSQL: several sinks, one chain, and the same table as in SQLite."""

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError, InternalError

from alerts.ledger import Ledger, LedgerError
from alerts.ledger.auditing import verify_alerts
from alerts.ledger.journal import Broken, Entry, Verified, append, head_of, verify_journal
from alerts.ledger.reading import (
    Filters,
    alert_table,
    counts,
    dead_letters,
    feed,
    get,
    history_of,
    listing,
    position,
    standing,
)
from alerts.ledger.schema import SCHEMA, TABLES
from alerts.ledger.tables import missing
from alerts.ledger.writing import move, next_generation, record, refuse
from alerts.table import digest, rows_of
from events.deadletters import DeadLetter
from tests.unit.alerts.made import an_alert, retracted


@pytest.fixture
def ledger(postgres_db: str) -> Iterator[Ledger]:
    """An empty ledger in PostgreSQL."""
    with Ledger.open(postgres_db) as opened:
        yield opened


def test_alerts_come_back_as_they_were(ledger: Ledger) -> None:
    odd = an_alert("b", area="64\x00", message_zh="药\x00名", evidence={"a": "\x00", "b": "'"})
    with ledger.begin() as connection:
        assert record(connection, [an_alert("a"), odd, an_alert("a")], 1) == 2
        found = [get(connection, alert_id) for alert_id in "ab"]

    assert found[0] is not None
    assert found[0].alert == an_alert("a")
    assert found[1] is not None
    assert found[1].alert.message_zh == r"药\x00名"
    assert found[1].alert.evidence == {"a": "\x00", "b": "'"}


def test_the_same_revisions_give_the_same_table_as_in_sqlite(
    ledger: Ledger, tmp_path: Path
) -> None:
    made = [
        *(an_alert(f"{number:03x}", revision=r) for number in range(700) for r in (1, 3)),
        *(retracted(f"{number:03x}", revision=2) for number in range(0, 700, 3)),
        *(retracted(f"{number:03x}", revision=4) for number in range(0, 700, 7)),
        *(an_alert(f"{number:03x}", revision=5, status="withdrawn") for number in range(0, 700, 5)),
    ]
    digests = [digest(rows_of(made))]
    with Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}") as embedded:
        for one, told in ((ledger, made), (embedded, made[::-1])):
            with one.begin() as connection:
                record(connection, told, 1)
                assert record(connection, told, 2) == 0
            with one.read() as connection:
                digests.append(digest(alert_table(connection)))
                assert isinstance(verify_journal(connection), Verified)
                assert list(verify_alerts(connection)) == []

    assert len(set(digests)) == 1


def test_several_sinks_write_one_chain(postgres_db: str) -> None:
    ready = threading.Barrier(4)

    def sink(number: int) -> int:
        ready.wait()
        accepted = 0
        with Ledger.open(postgres_db) as own:
            for turn in range(1, 16):
                mine = [an_alert(f"{number}-{turn}-{n}") for n in range(10)]
                with own.begin() as connection:
                    accepted += record(connection, [*mine, an_alert("all", revision=turn)], turn)
        return accepted

    with ThreadPoolExecutor(4) as pool:
        accepted = sum(pool.map(sink, range(4)))

    with Ledger.open(postgres_db, create=False) as ledger, ledger.read() as connection:
        assert verify_journal(connection) == Verified(accepted, head_of(connection))
        assert list(verify_alerts(connection)) == []
        assert len(feed(connection, 0, 1000)) == 601
        found = get(connection, "all")
        assert found is not None
        assert found.alert.revision == 15


def test_who_reads_the_feed_meanwhile_misses_nothing(postgres_db: str) -> None:
    seen: list[str] = []
    with Ledger.open(postgres_db) as ledger:

        def sink(number: int) -> None:
            for turn in range(25):
                with ledger.begin() as connection:
                    record(connection, [an_alert(f"{number}-{turn}-{n}") for n in range(4)], turn)

        def reader() -> None:
            after = 0
            while len(seen) < 300:
                with ledger.read() as connection:
                    for one in feed(connection, after, 7):
                        seen.append(one.alert.alert_id)
                        after = one.feed_seq

        reading = threading.Thread(target=reader, daemon=True)
        reading.start()
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(sink, range(3)))
        reading.join(60)

    assert len(seen) == len(set(seen)) == 300


def test_filters_and_pages(ledger: Ledger) -> None:
    alerts = [
        an_alert("a", sev_deg=1),
        an_alert("b", area="510100", amount=Decimal("900.00"), message_zh="返现100%"),
        an_alert("c", status="withdrawn", rule_id="Twice"),
        retracted("d"),
    ]
    with ledger.begin() as connection:
        record(connection, alerts, 1)
        record(connection, [an_alert("a", sev_deg=1, revision=2)], 2)
    wanted = {
        "bcda": Filters(),
        "ca": Filters(areas=("64",)),
        "b": Filters(text="0%", least_amount=90000),
        "c": Filters(text="twice", statuses=("withdrawn",)),
    }

    with ledger.read() as connection:
        for ids, filters in wanted.items():
            listed = feed(connection, 0, 10, filters)
            assert [one.alert.alert_id for one in listed] == list(ids)
        assert [one.alert.alert_id for one in listing(connection, 2, order="severity")] == [
            "a",
            "b",
        ]
        assert [alert.alert_id for alert in standing(connection)] == ["a", "b", "c"]
        assert sum(count.amount for count in counts(connection)) == 12050 * 2 + 90000


def test_a_revision_again_and_a_new_generation(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        record(connection, [an_alert(revision=5)], 1)
        assert next_generation(connection) == 1
        assert record(connection, [an_alert(revision=1, generation=1)], 2) == 1
        assert [entry.action for entry in history_of(connection, "00a1")] == ["raised", "revised"]


def test_dead_letters_and_positions(ledger: Ledger) -> None:
    letters = [DeadLetter("t-0", n, "bad", "f\x00", "x", "y", b"\xff\x00") for n in range(700)]
    with ledger.begin() as connection:
        assert refuse(connection, letters, 1) == 700
        assert refuse(connection, [*letters, DeadLetter("t-1", 1, "bad", "", "", "")], 2) == 1
        move(connection, "t-0", 2**40, "a")
        move(connection, "t-0", 2**41, "b")

    with ledger.read() as connection:
        assert position(connection, "t-0") == ("t-0", 2**41, "b")
        (kept,) = dead_letters(connection, 1, offset=1)
        assert kept.letter == DeadLetter("t-0", 0, "bad", r"f\x00", "x", "y", b"\xff")


@pytest.mark.parametrize(
    "statement", ["UPDATE journal SET actor = 'x'", "DELETE FROM journal", "TRUNCATE journal"]
)
def test_the_database_refuses_to_change_the_journal(ledger: Ledger, statement: str) -> None:
    with ledger.begin() as connection:
        append(connection, [Entry(1, "monitor", "started", "", {})])
    with pytest.raises(DBAPIError, match="append-only"), ledger.begin() as connection:
        connection.exec_driver_sql(statement)


def test_tampering_is_found(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        record(connection, [an_alert("a"), an_alert("b")], 1)
    with ledger.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE journal DISABLE TRIGGER ALL")
        connection.exec_driver_sql("UPDATE journal SET actor = 'x' WHERE seq = 2")

    with ledger.read() as connection:
        assert verify_journal(connection) == Broken(2, "its content does not match its hash")


def test_a_reading_transaction_cannot_write(ledger: Ledger) -> None:
    with pytest.raises(InternalError, match="read-only"), ledger.read() as connection:
        move(connection, "t", 1)
    with ledger.begin() as connection:
        move(connection, "t", 1)


def test_a_reader_sees_one_moment(ledger: Ledger) -> None:
    with ledger.read() as reading:
        assert feed(reading, 0, 10) == []
        with ledger.begin() as writing:
            record(writing, [an_alert()], 1)
        assert feed(reading, 0, 10) == []


def test_a_newer_schema_and_a_missing_ledger_are_refused(postgres_db: str) -> None:
    with pytest.raises(LedgerError, match="found no ledger in it"):
        Ledger.open(postgres_db, create=False)
    with Ledger.open(postgres_db) as ledger, ledger.begin() as connection:
        connection.exec_driver_sql(f"UPDATE meta SET value = '{SCHEMA + 1}' WHERE name = 'schema'")

    with pytest.raises(LedgerError, match="a newer fundwatch wrote it"):
        Ledger.open(postgres_db)


def test_a_plain_url_takes_the_driver_that_is_there(postgres_db: str) -> None:
    plain = make_url(postgres_db).set(drivername="postgresql")
    with Ledger.open(plain.render_as_string(hide_password=False)) as ledger:
        assert ledger.engine.dialect.driver == "psycopg"


def test_an_older_ledger_gets_what_it_lacks(postgres_db: str) -> None:
    with Ledger.open(postgres_db) as ledger, ledger.begin() as connection:
        record(connection, [an_alert()], 1)
        for name in ("users", "cases", "alert_work"):
            TABLES.tables[name].drop(connection)
        connection.exec_driver_sql("DROP INDEX alerts_by_amount")
        connection.exec_driver_sql("UPDATE meta SET value = '1' WHERE name = 'schema'")

    def opened(_: int) -> list[object]:
        with Ledger.open(postgres_db) as ledger, ledger.read() as connection:
            return [*missing(connection), *(row.status for row in alert_table(connection))]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(opened, range(4))) == [["open"]] * 4


@pytest.mark.skipif("FUNDWATCH_POSTGRES" in os.environ, reason="somebody's server may have TLS")
def test_a_ledger_that_must_be_encrypted_is_not_opened_in_plain_text(postgres_db: str) -> None:
    """The tests' own server has no TLS: what the URL demands of libpq must not be let pass."""
    with pytest.raises(LedgerError, match="SSL"):
        Ledger.open(f"{postgres_db}?sslmode=require")
