"""`fundwatch train` and `fundwatch score` as their user runs them."""

import csv
import json
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner

from events.times import CST
from streams.cli import cli
from streams.training import BadVerdictsError, read_verdicts

_START = datetime(2024, 3, 1, tzinfo=CST)


def _write(folder: Path, shuffled: bool) -> tuple[Path, Path]:
    """Forty people over sixty days; one in ten settlements costs five times as much: a fraud."""
    rng = Random(3)
    lines, verdicts = [], []
    for number in range(2400):
        time = _START + timedelta(minutes=number * 36)
        person, bad = rng.randrange(40), rng.random() < 0.1
        fee = (20 + person) * rng.uniform(0.7, 1.3) * (5 if bad else 1)
        event = {
            "event_type": "settlement",
            "event_id": f"E{number:05d}",
            "event_time": time.isoformat(),
            "psn_no": f"P{person}",
            "fixmedins_code": f"H{person % 3}",
            "setl_id": f"S{number}",
            "medfee_sumamt": round(fee, 2),
        }
        lines.append(json.dumps(event))
        verdicts.append((event["event_id"], int(bad), (time + timedelta(days=7)).isoformat()))
    if shuffled:
        rng.shuffle(lines)
    events, table = folder / "events.ndjson", folder / "verdicts.csv"
    events.write_text("\n".join(lines) + "\n")
    with table.open("w", newline="") as file:
        csv.writer(file).writerows([("event_id", "label", "known_at"), *verdicts])
    return events, table


def _run(*arguments: object) -> str:
    outcome = CliRunner().invoke(cli, [str(one) for one in arguments], catch_exceptions=False)
    assert outcome.exit_code == 0, outcome.output
    return outcome.output


def _scores(path: Path) -> dict[str, float]:
    with path.open(newline="") as file:
        return {row["event_id"]: float(row["score"]) for row in csv.DictReader(file)}


@pytest.mark.parametrize("with_verdicts", [True, False])
def test_what_is_planted_comes_first(tmp_path: Path, with_verdicts: bool) -> None:
    events, verdicts = _write(tmp_path, shuffled=False)
    more = ["--verdicts", verdicts] if with_verdicts else []
    said = json.loads(
        _run(
            "train", events, "--out", tmp_path / "model", *more, "--json",
            "--from", "2024-03-20", "--until", "2024-04-15",
        )
    )  # fmt: skip
    assert said["triage"] is with_verdicts
    out = tmp_path / "scores.csv"
    _run("score", events, "--model", tmp_path / "model", "--out", out, "--from", "2024-04-20")
    scores = _scores(out)
    assert list(scores) == sorted(scores)
    assert min(scores) == "E02000"
    bad = {row.split(",")[0] for row in verdicts.read_text().splitlines() if ",1," in row}
    top = sorted(scores, key=lambda name: -scores[name])[:20]
    assert sum(name in bad for name in top) >= (18 if with_verdicts else 14)


def test_the_order_in_the_file_changes_no_score(tmp_path: Path) -> None:
    ordered, mixed = tmp_path / "ordered", tmp_path / "mixed"
    for folder in (ordered, mixed):
        folder.mkdir()
        events, verdicts = _write(folder, shuffled=folder is mixed)
        _run("train", events, "--verdicts", verdicts, "--out", folder / "model")
        _run("score", events, "--model", folder / "model", "--out", folder / "scores.csv")
    assert (ordered / "scores.csv").read_bytes() == (mixed / "scores.csv").read_bytes()


def test_later_events_change_no_earlier_score(tmp_path: Path) -> None:
    events, verdicts = _write(tmp_path, shuffled=False)
    model = tmp_path / "model"
    _run("train", events, "--verdicts", verdicts, "--out", model, "--until", "2024-04-10")
    _run("score", events, "--model", model, "--out", tmp_path / "whole.csv")
    half = tmp_path / "half.ndjson"
    half.write_text("".join(events.read_text().splitlines(keepends=True)[:1200]))
    _run("score", half, "--model", model, "--out", tmp_path / "half.csv")
    whole, part = _scores(tmp_path / "whole.csv"), _scores(tmp_path / "half.csv")
    assert part == {name: whole[name] for name in part}


def test_few_verdicts_are_told_and_leave_the_anomaly_score(tmp_path: Path) -> None:
    events, verdicts = _write(tmp_path, shuffled=False)
    verdicts.write_text("".join(verdicts.read_text().splitlines(keepends=True)[:30]))
    said = _run("train", events, "--verdicts", verdicts, "--out", tmp_path / "model")
    assert "no triage: found" in said
    _run("score", events, "--model", tmp_path / "model", "--out", tmp_path / "scores.csv")
    assert len(_scores(tmp_path / "scores.csv")) == 2400


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,label\n", "expected event_id,label,known_at"),
        ("event_id,label,known_at\nE1,yes,2024-01-01T00:00:00\n", ":2: label: found 'yes'"),
        ("event_id,label,known_at\nE1,1,soon\n", ":2: known_at: found 'soon'"),
    ],
)
def test_verdicts_that_cannot_be_read_name_line_and_field(
    tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "verdicts.csv"
    path.write_text(text)
    with pytest.raises(BadVerdictsError, match=said):
        read_verdicts(path)
