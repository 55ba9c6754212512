"""A ledger goes from SQLite into PostgreSQL and back, and nothing of it is lost or changed."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from alerts.ledger import Ledger, archive
from alerts.ledger.access_tables import USERS
from alerts.ledger.auditing import verify_alerts
from alerts.ledger.carrying import carry
from alerts.ledger.database import LedgerError
from alerts.ledger.journal import Entry, Verified, append, verify_journal
from alerts.ledger.reading import alert_table, dead_letters, positions
from alerts.ledger.tables import TABLES
from alerts.ledger.writing import move, record, refuse
from events.deadletters import DeadLetter
from streams.cli import cli
from tests.unit.alerts.made import an_alert, retracted
from tests.unit.alerts.test_archive import AT, event


def filled(path: Path) -> Ledger:
    """A ledger in SQLite with something in it."""
    ledger = Ledger.open(f"sqlite:///{path}", created_ms=7)
    with ledger.begin() as connection:
        record(connection, [an_alert(f"{n:03x}") for n in range(1200)], 1)
        record(connection, [retracted("001", revision=2), an_alert("002", revision=2)], 2)
        refuse(connection, [DeadLetter("s", 1, "bad", "f", "x", "y", b"\x00\xff")], 3)
        append(connection, [Entry(4, "somebody", "login.failed", "", {"why": "机构"})])
        move(connection, "a.ndjson", 17, "f")
        for day in range(3):
            archive.keep(connection, [event(10 * day + n, AT + n) for n in range(10)])
    return ledger


def content(ledger: Ledger) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with ledger.read() as connection:
        return {
            table.name: sorted(tuple(row) for row in connection.execute(select(table)))
            for table in TABLES.sorted_tables
        }


def test_everything_goes_over_and_back(postgres_db: str, tmp_path: Path) -> None:
    with filled(tmp_path / "a.sqlite") as source, Ledger.open(postgres_db) as target:
        carried = carry(source, target)
        assert content(target) == content(source)
        with target.read() as connection:
            assert isinstance(verify_journal(connection), Verified)
            assert list(verify_alerts(connection)) == []
            assert len(list(alert_table(connection))) == 1199
            assert dead_letters(connection, 9)[0].letter.source == "s"
            assert ("a.ndjson", 17, "f") in positions(connection)
            assert len(list(archive.stream(connection))) == 30
        with Ledger.open(f"sqlite:///{tmp_path / 'b.sqlite'}") as back:
            carry(target, back)
            assert content(back) == content(source)
        with target.begin() as connection:
            # Numbers go on after those that were copied.
            archive.keep(connection, [event(77, AT)])
            record(connection, [an_alert("fff")], 5)
            assert isinstance(verify_journal(connection), Verified)
    assert carried["alerts"] == 1200
    assert carried["archive"] == 3


def test_the_command_says_what_it_did(postgres_db: str, tmp_path: Path) -> None:
    filled(tmp_path / "a.sqlite").close()
    source = f"sqlite:///{tmp_path / 'a.sqlite'}"
    arguments = ["ledger", "carry", "--from", source, "--to", postgres_db, "--json"]
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["dead_letters"] == 1
    verified = CliRunner().invoke(cli, ["ledger", "verify", "--ledger", postgres_db, "--json"])
    assert json.loads(verified.output)["head"]["seq"] == 1203
    out = tmp_path / "events.ndjson"
    given = CliRunner().invoke(cli, ["ledger", "events", "--ledger", source, "--out", str(out)])
    assert given.exit_code == 0
    assert len(out.read_bytes().splitlines()) == 30
    again = CliRunner().invoke(cli, arguments)
    assert isinstance(again.exception, LedgerError)
    assert "expected an empty" in str(again.exception)


def test_a_ledger_with_anything_in_it_is_refused(tmp_path: Path) -> None:
    with (
        filled(tmp_path / "a.sqlite") as source,
        Ledger.open(f"sqlite:///{tmp_path / 'b.sqlite'}") as target,
    ):
        with target.begin() as connection:
            archive.keep(connection, [event(1, AT)])
        with pytest.raises(LedgerError, match="archive, expected an empty"):
            carry(source, target)
        assert content(target)["alerts"] == []


def test_a_broken_source_is_refused(tmp_path: Path) -> None:
    with (
        filled(tmp_path / "a.sqlite") as source,
        Ledger.open(f"sqlite:///{tmp_path / 'b.sqlite'}") as target,
    ):
        with source.begin() as connection:
            connection.exec_driver_sql("UPDATE alerts SET amount = 1 WHERE alert_id = '005'")
        with pytest.raises(LedgerError, match="alert 005: amount"):
            carry(source, target)
        with source.begin() as connection:
            connection.exec_driver_sql("DROP TRIGGER journal_no_update")
            connection.exec_driver_sql("UPDATE journal SET content = '{}' WHERE seq = 9")
        with pytest.raises(LedgerError, match="broken journal at entry 9"):
            carry(source, target)
        assert content(target)["journal"] == []
        assert content(target)[USERS.name] == []
    found = CliRunner().invoke(
        cli, ["ledger", "verify", "--ledger", f"sqlite:///{tmp_path}/a.sqlite"]
    )
    assert found.exit_code == 1
    assert "entry 9" in found.output
