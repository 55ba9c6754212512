"""The embedded run as its user starts it: killed, started again, fed over HTTP and by pipe."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx2 as httpx
import pytest

from alerts.ledger import reading
from alerts.ledger.journal import Verified, verify_journal
from alerts.table import AlertRow, difference, rows_of
from simulation import simulate
from streams.assembly import Assembly
from streams.monitor import open_ledger
from streams.replay import replay
from tests.services.processes import until

FUNDWATCH = [sys.executable, "-c", "from streams.cli import main; main()"]
KILLS = 10


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stream long enough to be killed in ten times."""
    folder = tmp_path_factory.mktemp("stream")
    simulate(folder, seed=5, persons=1800, days=60)
    return folder


@pytest.fixture(scope="module")
def expected(stream: Path) -> list[AlertRow]:
    """The alert table of a replay."""
    outcome = replay(
        [stream / "events.ndjson"], Assembly(reference=stream / "reference"), workers=1
    )
    assert len(outcome.alerts) > 10
    return rows_of(outcome.alerts)


def _command(stream: Path, data: Path, *more: str) -> list[str]:
    return [
        *FUNDWATCH,
        "run",
        *more,
        "--reference",
        str(stream / "reference"),
        "--data",
        str(data),
        "--listen",
        "127.0.0.1:0",
    ]


def _table(data: Path) -> list[AlertRow]:
    with open_ledger(data, create=False) as ledger, ledger.read() as connection:
        assert isinstance(verify_journal(connection), Verified)
        return list(reading.alert_table(connection))


def _asked(data: Path, question: str) -> int:
    """The number that the ledger answers, 0 as long as it is not there."""
    file = data / "ledger.sqlite"
    if not file.exists():
        return 0
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=30)
    try:
        (number,) = connection.execute(question).fetchone()
    except sqlite3.OperationalError:
        return 0
    finally:
        connection.close()
    return number or 0


def _position(data: Path) -> int:
    return _asked(data, "SELECT max(position) FROM positions")


def _archived(data: Path) -> int:
    """Events that are committed, however they came."""
    return _asked(data, "SELECT sum(events) FROM archive")


def _came_to(process: subprocess.Popen[bytes], data: Path, position: int) -> bool:
    return process.poll() is not None or _position(data) >= position


def test_killed_ten_times_ends_as_if_never(
    stream: Path, expected: list[AlertRow], tmp_path: Path
) -> None:
    """Kill -9 in the middle, ten times; the last run finds nothing lost and nothing doubled."""
    environment = {**os.environ, "FUNDWATCH_BATCH_EVENTS": "75"}
    command = _command(stream, tmp_path, str(stream / "events.ndjson"), "--once")
    killed = 0
    while killed < KILLS:
        before = _position(tmp_path)
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until(
            partial(_came_to, process, tmp_path, before + 150 * (killed % 3 + 1)),
            f"the commit before kill {killed + 1}",
            120,
        )
        assert process.poll() is None, "the stream ended before it was killed often enough"
        process.send_signal(signal.SIGKILL)
        process.wait()
        killed += 1
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert difference(expected, _table(tmp_path)) == []
    again = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr
    assert difference(expected, _table(tmp_path)) == []


def test_events_by_pipe(stream: Path, expected: list[AlertRow], tmp_path: Path) -> None:
    """Standard input is a source."""
    with (stream / "events.ndjson").open("rb") as events:
        done = subprocess.run(
            _command(stream, tmp_path, "--once", "--json"),
            stdin=events,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["open"] == sum(row.status == "open" for row in expected)
    assert difference(expected, _table(tmp_path)) == []


def _holds(data: Path, events: int) -> bool:
    return _archived(data) == events


def test_asked_to_end_it_ends_between_two_batches(
    stream: Path, expected: list[AlertRow], tmp_path: Path
) -> None:
    """SIGTERM while files are being read ends the run in order; the next one goes on."""
    environment = {**os.environ, "FUNDWATCH_BATCH_EVENTS": "75"}
    command = _command(stream, tmp_path, str(stream / "events.ndjson"), "--once")
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    until(partial(_came_to, process, tmp_path, 150), "the first commits", 120)
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    lines = (stream / "events.ndjson").read_bytes().count(b"\n")
    assert 150 <= _position(tmp_path) < lines
    subprocess.run(command, capture_output=True, check=True)
    assert difference(expected, _table(tmp_path)) == []


def test_what_is_piped_in_slowly_is_watched_as_it_comes(stream: Path, tmp_path: Path) -> None:
    """A batch that does not fill up is committed once nothing more comes."""
    lines = (stream / "events.ndjson").read_bytes().splitlines(keepends=True)[:30]
    process = subprocess.Popen(
        _command(stream, tmp_path),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert process.stdin is not None
        for begin, end in ((0, 10), (10, len(lines))):
            process.stdin.write(b"".join(lines[begin:end]))
            process.stdin.flush()
            until(partial(_holds, tmp_path, end), "what was piped in")
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
        assert process.stdin is not None
        process.stdin.close()
    assert _archived(tmp_path) == len(lines)


def _token(data: Path, name: str, *options: str) -> str:
    """A token made as an operator makes it."""
    made = subprocess.run(
        [*FUNDWATCH, "users", "token", name, *options, "--data", str(data)],
        capture_output=True,
        text=True,
        check=True,
    )
    return made.stdout.strip()


@contextmanager
def _running(stream: Path, data: Path) -> Iterator[httpx.Client]:
    sender = _token(data, "feeder", "--send")
    process = subprocess.Popen(
        _command(stream, data),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        address = process.stderr.readline().partition("live page: ")[2].strip()
        assert address.startswith("http://127.0.0.1:")
        headers = {"Authorization": f"Bearer {sender}"}
        with httpx.Client(base_url=address, headers=headers, timeout=60) as client:
            yield client
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        assert process.stderr is not None
        process.stderr.close()


def test_events_by_http(stream: Path, expected: list[AlertRow], tmp_path: Path) -> None:
    """Posted batches are answered after they were committed; what is refused is named."""
    lines = (stream / "events.ndjson").read_bytes().splitlines(keepends=True)
    with _running(stream, tmp_path) as client:
        for begin in range(0, len(lines), 1000):
            answer = client.post("v1/events", content=b"".join(lines[begin : begin + 1000]))
            assert answer.status_code == 200
            assert answer.json()["refused"] == []
        bad = client.post("v1/events", content=b'{"event_type":"settlement"}\n\xff\n')
        assert [letter["reason"] for letter in bad.json()["refused"]] == [
            "missing_field",
            "not_utf8",
        ]
        foreign = client.post("v1/events", content=b"", headers={"Origin": "http://elsewhere"})
        assert foreign.status_code == 403
        assert client.get("", headers={"Host": "elsewhere"}).status_code == 400
        assert client.get("").status_code == 403
        reader = {"Authorization": f"Bearer {_token(tmp_path, 'feeder')}"}
        page = client.get("", headers=reader)
        assert "医保基金监管工作台" in page.text
        metrics = client.get("metrics").text
        assert 'fundwatch_rejected_total{reason="not_utf8"} 1.0' in metrics
        assert "fundwatch_alert_changes_total{" in metrics
        assert client.get("health").json()["status"] == "ok"
    assert difference(expected, _table(tmp_path)) == []


def test_no_identity_leaves(stream: Path, tmp_path: Path) -> None:
    """Neither page, feed, metrics nor alert lines name a person or an identity number."""
    persons: set[str] = set()
    for line in (stream / "events.ndjson").read_text(encoding="utf-8").splitlines():
        event = json.loads(line)
        persons |= {event.get("psn_no"), event.get("certno"), event.get("acct_owner_no")}
        persons |= {event.get("psn_name"), event.get("aut_psn_no"), event.get("agnter_certno")}
    persons -= {None, ""}
    assert len(persons) > 1000
    with _running(stream, tmp_path) as client:
        lines = (stream / "events.ndjson").read_bytes().splitlines(keepends=True)
        for begin in range(0, len(lines), 2000):
            client.post("v1/events", content=b"".join(lines[begin : begin + 2000]))
        client.headers["Authorization"] = f"Bearer {_token(tmp_path, 'feeder')}"
        told = client.get("").text + client.get("metrics").text
        listed = client.get("v1/alerts?limit=1000")
        assert len(listed.json()["alerts"]) > 10
        told += listed.text
    shown = subprocess.run(
        [*FUNDWATCH, "alerts", "--data", str(tmp_path), "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    told += shown.stdout
    assert [person for person in persons if person in told] == []
