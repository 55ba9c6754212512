import os
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Table, select

from alerts.ledger import Ledger, LedgerError
from alerts.ledger.auditing import verify_alerts
from alerts.ledger.journal import Verified, head_of, verify_journal
from alerts.ledger.reading import alert_table, feed, position
from alerts.ledger.schema import META, SCHEMA
from alerts.ledger.tables import MODULES, missing
from alerts.ledger.writing import move, record
from alerts.table import rows_of
from rules.histories.digests import current_key, use_key
from tests.unit.alerts.made import an_alert


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a ledger may be."""
    return tmp_path / "ledger.db"


def test_a_ledger_opened_again_is_the_same(path: Path) -> None:
    with Ledger.open(f"sqlite:///{path}", created_ms=5) as ledger, ledger.begin() as connection:
        record(connection, [an_alert()], 1)
    with Ledger.open(f"sqlite:///{path}", create=False) as again, again.read() as connection:
        assert list(alert_table(connection)) == rows_of([an_alert()])
        meta = {row.name: row.value for row in connection.execute(select(META))}

    assert meta["schema"] == str(SCHEMA)
    assert meta["created_ms"] == "5"


def test_the_file_is_written_ahead(path: Path) -> None:
    with Ledger.open(f"sqlite:///{path}") as ledger, ledger.begin() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 1
    with (
        Ledger.open(f"sqlite:///{path}", synchronous="FULL") as ledger,
        ledger.begin() as connection,
    ):
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


def test_a_ledger_of_a_newer_schema_is_refused_and_left_alone(path: Path) -> None:
    Ledger.open(f"sqlite:///{path}").close()
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE meta SET value = ? WHERE name = 'schema'", (str(SCHEMA + 1),))
        raw.execute("DROP TABLE positions")
    raw.close()
    before = path.read_bytes()

    with pytest.raises(LedgerError, match=f"schema {SCHEMA + 1}, expected at most {SCHEMA}"):
        Ledger.open(f"sqlite:///{path}")

    assert path.read_bytes() == before


def test_another_pseudonym_key_is_refused(path: Path) -> None:
    Ledger.open(f"sqlite:///{path}").close()
    key = current_key()
    try:
        use_key(b"another key")
        with pytest.raises(LedgerError, match="another pseudonym key"):
            Ledger.open(f"sqlite:///{path}")
    finally:
        use_key(key)
    assert b"another key" not in path.read_bytes()
    assert key not in path.read_bytes()


def test_no_ledger_is_made_where_one_is_only_to_be_read(path: Path) -> None:
    with pytest.raises(LedgerError, match="no such file"):
        Ledger.open(f"sqlite:///{path}", create=False)
    assert not path.exists()

    path.touch()
    with pytest.raises(LedgerError, match="found no ledger in it"):
        Ledger.open(f"sqlite:///{path}", create=False)
    assert path.read_bytes() == b""


def test_what_is_no_ledger_is_refused_in_words(path: Path, tmp_path: Path) -> None:
    path.write_bytes(b"event_id,typology\n" * 100)
    with pytest.raises(LedgerError, match="file is not a database"):
        Ledger.open(f"sqlite:///{path}")

    for number, table in enumerate(("alerts (x)", "meta (name, value)")):
        foreign = tmp_path / f"{number}.db"
        with sqlite3.connect(foreign) as raw:
            raw.execute(f"CREATE TABLE {table}")
        raw.close()
        with pytest.raises(LedgerError, match="not of a ledger"):
            Ledger.open(f"sqlite:///{foreign}")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("mysql://a:secret@b/c", "expected sqlite"),
        ("ledger.db:secret", "expected sqlite"),
        ("sqlite:////nowhere/at/all/ledger.db", "no folder"),
        ("postgresql://u:secret@127.0.0.1:1/db", "found no ledger"),
    ],
)
def test_a_url_that_leads_nowhere_says_so_without_its_password(url: str, why: str) -> None:
    with pytest.raises(LedgerError, match=why) as raised:
        Ledger.open(url)

    assert "secret" not in str(raised.value)


def test_many_may_open_a_new_ledger_at_once(path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        ledgers = list(pool.map(Ledger.open, [f"sqlite:///{path}"] * 8))
    for number, ledger in enumerate(ledgers):
        with ledger.begin() as connection:
            record(connection, [an_alert(str(number))], number)
    with ledgers[0].read() as connection:
        assert verify_journal(connection) == Verified(8, head_of(connection))
    for ledger in ledgers:
        ledger.close()


def test_writers_take_turns_and_keep_one_chain(path: Path) -> None:
    def write(writer: int) -> None:
        with Ledger.open(f"sqlite:///{path}") as own:
            for turn in range(20):
                with own.begin() as connection:
                    record(connection, [an_alert(f"{writer}-{turn}"), an_alert("all")], turn)

    Ledger.open(f"sqlite:///{path}").close()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))

    with Ledger.open(f"sqlite:///{path}") as ledger, ledger.read() as connection:
        assert verify_journal(connection) == Verified(81, head_of(connection))
        assert len(feed(connection, 0, 100)) == 81


def test_what_is_written_past_sqlalchemy_commits_with_the_rest(path: Path) -> None:
    with Ledger.open(f"sqlite:///{path}") as ledger:
        with ledger.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE state (key TEXT PRIMARY KEY)")
        with pytest.raises(KeyboardInterrupt), ledger.begin() as connection:
            raw = connection.connection.driver_connection
            assert raw is not None
            raw.execute("INSERT INTO state VALUES ('lost')")
            record(connection, [an_alert()], 1)
            raise KeyboardInterrupt
        with ledger.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM state").scalar() == 0
            assert feed(connection, 0, 1) == []


_WRITER = """
import sys
from alerts.ledger import Ledger
from alerts.ledger.tables import MODULES, missing
from alerts.ledger.writing import move, record
from tests.unit.alerts.made import an_alert

with Ledger.open(sys.argv[1]) as ledger:
    for batch in range(1_000_000):
        with ledger.begin() as connection:
            record(connection, [an_alert(f"{batch}-{n}") for n in range(20)], batch)
            move(connection, "source", batch + 1)
        print(batch + 1, flush=True)
"""


def test_a_kill_loses_nothing_that_was_committed(path: Path) -> None:
    root = Path(__file__).parents[3]
    with subprocess.Popen(
        [sys.executable, "-c", _WRITER, f"sqlite:///{path}"],
        stdout=subprocess.PIPE,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
    ) as writer:
        assert writer.stdout is not None
        told = [int(writer.stdout.readline()) for _ in range(15)]
        writer.send_signal(signal.SIGKILL)
        told += [int(line) for line in writer.stdout.read().split(b"\n")[:-1]]

    with Ledger.open(f"sqlite:///{path}", create=False) as ledger, ledger.begin() as connection:
        at = position(connection, "source")
        assert at is not None
        assert at.position >= told[-1]
        assert verify_journal(connection) == Verified(at.position * 20, head_of(connection))
        assert list(verify_alerts(connection)) == []
        assert sum(1 for _ in alert_table(connection)) == at.position * 20
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        move(connection, "source", at.position + 1)


def _as_schema_1(path: Path) -> None:
    """Make of a ledger what the first schema's fundwatch left behind, with an alert in it."""
    with Ledger.open(f"sqlite:///{path}") as ledger, ledger.begin() as connection:
        record(connection, [an_alert()], 1)
    raw = sqlite3.connect(path)
    for module in MODULES[1:]:
        for table in vars(module).values():
            if isinstance(table, Table) and table.name != "meta":
                raw.execute(f"DROP TABLE IF EXISTS {table.name}")
    raw.execute("DROP INDEX alerts_by_amount")
    raw.execute("UPDATE meta SET value = '1' WHERE name = 'schema'")
    raw.commit()
    raw.close()


def test_an_older_ledger_gets_what_it_lacks_and_keeps_what_it_has(path: Path) -> None:
    _as_schema_1(path)
    with Ledger.open(f"sqlite:///{path}", create=False) as ledger, ledger.read() as connection:
        lacking = {found.name for found in missing(connection)}
        assert list(alert_table(connection)) == rows_of([an_alert()])
    assert {"users", "cases", "alerts_by_amount"} <= lacking

    with Ledger.open(f"sqlite:///{path}") as ledger, ledger.read() as connection:
        meta = {row.name: row.value for row in connection.execute(select(META))}
        assert missing(connection) == []
        assert list(alert_table(connection)) == rows_of([an_alert()])
        assert isinstance(verify_journal(connection), Verified)
    assert meta["schema"] == str(SCHEMA)


def test_an_older_ledger_may_be_opened_by_many_at_once(path: Path) -> None:
    _as_schema_1(path)

    def opened(_: int) -> list[object]:
        with Ledger.open(f"sqlite:///{path}") as ledger, ledger.read() as connection:
            return list(missing(connection))

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(opened, range(4))) == [[]] * 4


def test_the_driver_may_write_on_a_connection_that_a_reader_had(ledger: Ledger) -> None:
    """The embedded run writes its state past SQLAlchemy, on a connection of the same pool."""
    with ledger.read() as connection:
        connection.exec_driver_sql("SELECT 1")

    with ledger.engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute("CREATE TABLE beside (number INTEGER)")
        raw.execute("INSERT INTO beside VALUES (1)")
        assert raw.execute("SELECT number FROM beside").fetchall() == [(1,)]
        raw.rollback()
