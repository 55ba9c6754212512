"""The command line as a user types it: what it prints and how it ends."""

import json
from pathlib import Path

import pytest

from simulation import simulate
from streams.cli import main


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small simulated stream."""
    folder = tmp_path_factory.mktemp("stream")
    simulate(folder, seed=2, persons=300, days=20)
    return folder


def _run(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr("sys.argv", ["fundwatch", *map(str, words)])
    try:
        main()
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


def test_simulate_replay_compare(
    stream: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The summary tells what the alert lines hold; a second run does not differ."""
    out = tmp_path / "first"
    events, reference = stream / "events.ndjson", stream / "reference"
    assert _run(monkeypatch, "replay", events, "--reference", reference, "--out", out) == 0
    summary = json.loads((out / "summary.json").read_text())
    lines = [json.loads(line) for line in (out / "alerts.ndjson").read_text().splitlines()]
    assert summary["events"] == len(events.read_bytes().splitlines())
    assert summary["alerts"] == len(lines) > 0
    assert sum(summary["alerts_by_rule"].values()) == len(lines)
    assert summary["rejected"] == {}
    expected = (
        "alert_id rule_id rule_version family sev_deg subject_type subject event_ids setl_ids"
        " amount clauses message_zh message_en evidence revision status first_event_time"
        " last_event_time"
    )
    for line in lines:
        assert line.keys() >= set(expected.split())
        assert line["clauses"]
    again = tmp_path / "again"
    capsys.readouterr()
    words = ("--compare", out / "alerts.ndjson", "--workers", 1, "--json")
    assert (
        _run(monkeypatch, "replay", events, "--reference", reference, "--out", again, *words) == 0
    )
    told = json.loads(capsys.readouterr().out)
    assert told["differences"] == []
    assert (again / "alerts.ndjson").read_bytes() == (out / "alerts.ndjson").read_bytes()


def test_run_check_alerts_doctor(
    stream: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The embedded commands over one folder; a check keeps nothing."""
    data, reference = tmp_path / "data", stream / "reference"
    run = ("run", stream / "events.ndjson", "--reference", reference, "--data", data)
    assert _run(monkeypatch, *run, "--once", "--listen", "127.0.0.1:0", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["open"] > 0
    assert _run(monkeypatch, "alerts", "--data", data, "--json") == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == told["open"] + told["withdrawn"]
    assert _run(monkeypatch, "alerts", "--data", data) == 0
    assert "预警汇总" in capsys.readouterr().out

    event = {
        "event_type": "account_payout",
        "event_id": "CHECK-1",
        "event_time": "2024-01-10T10:00:00",
        "psn_no": "PERSON-1",
        "insuplc_admdvs": "640100",
        "amt": "500.00",
        "payout_reason": "holiday",
    }
    file = tmp_path / "event.json"
    file.write_text(json.dumps(event))
    check = ("check", file, "--reference", reference, "--data", data)
    assert _run(monkeypatch, *check) == 0
    (alert,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert alert["event_ids"] == ["CHECK-1"]
    assert _run(monkeypatch, "alerts", "--data", data, "--json") == 0
    assert capsys.readouterr().out.splitlines() == lines
    assert _run(monkeypatch, "doctor", "--data", data, "--reference", reference, "--json") == 0
    looked = {entry["what"]: entry["state"] for entry in json.loads(capsys.readouterr().out)}
    assert looked["ledger"] == "ok"
    assert looked["pseudonym key"] == "warning"


def test_rules_commands(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """List, show and coverage can be read by people and by programs."""
    assert _run(monkeypatch, "rules", "list", "--json") == 0
    rules = json.loads(capsys.readouterr().out)
    assert {rule["family"] for rule in rules} >= {"impersonation", "duplicates", "cash_out"}
    assert _run(monkeypatch, "rules", "show", "cash_out.refund_other_channel") == 0
    assert "NXP-28" in capsys.readouterr().out
    assert _run(monkeypatch, "rules", "test", "cash_out.refund_other_channel") == 0
    assert "0 do not" in capsys.readouterr().out
    assert _run(monkeypatch, "rules", "coverage", "--json") == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == 107
    assert {row["status"] for row in rows} <= {"enforced", "reported", "open", "absent"}
    assert {"id", "document", "article", "status", "by", "note"} <= rows[0].keys()


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("replay",), 2, "Missing argument"),
        (("replay", "/nowhere/events.ndjson", "--out", "x"), 2, "does not exist"),
        (("alerts", "--data", "."), 2, "no ledger here"),
        (("rules", "show", "cash_out.nothing"), 1, "no rule or family"),
        (("nonsense",), 2, "No such command"),
        (("simulate", "--out", "x", "--persons", "none"), 2, "is not a valid integer"),
    ],
)
def test_wrong_use_is_told(
    words: tuple[str, ...],
    code: int,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Exit code 2 for wrong usage, 1 for what failed, and a sentence."""
    assert _run(monkeypatch, *words) == code
    assert told in capsys.readouterr().err
