"""Bad records mixed into a stream are refused one by one; nothing else changes."""

import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from alerts.table import difference, rows_of
from events.codec import MAX_BYTES
from events.deadletters import DeadLetter
from events.readers import read_line
from streams.assembly import Assembly
from streams.replay import replay

FUTURE = "time in the future"
HOSTILE: dict[str, Callable[[bytes], bytes]] = {
    "truncated": lambda line: line[: len(line) // 2],
    "empty object": lambda _: b"{}",
    "not an object": lambda _: b"[1, 2, 3]",
    "bare text": lambda _: b"select * from alerts; --",
    "latin bytes": lambda line: line[:40] + b"\xff\xfe" + line[40:],
    "utf-16": lambda line: line.decode().encode("utf-16-be").replace(b"\n", b""),
    "nested": lambda _: b'{"a":' * 5000 + b"1" + b"}" * 5000,
    "oversized": lambda line: line[:-1] + b',"x":"' + b"y" * MAX_BYTES + b'"}',
    "unknown kind": lambda line: line.replace(b'"event_type":"', b'"event_type":"x', 1),
    "time is a number": lambda line: _with(line, event_time=20240101),
    "time is no date": lambda line: _with(line, event_time="2024-02-31T10:00:00"),
    "time far away": lambda line: _with(line, event_time="9999-12-31T00:00:00+08:00"),
    "time of another age": lambda line: _with(line, event_time="1066-10-14T00:00:00+08:00"),
    FUTURE: lambda line: _with(line, event_time="2099-01-01T00:00:00+08:00"),
    "no id": lambda line: _with(line, event_id=""),
    "endless id": lambda line: _with(line, event_id="x" * 5000),
    "money is text": lambda line: _with(line, event_type="settlement", medfee_sumamt="lots"),
    "money is not a number": lambda _: b'{"event_type":"settlement","medfee_sumamt":NaN}',
    "money is endless": lambda line: _with(line, event_type="settlement", medfee_sumamt=1e300),
    "money is a list": lambda line: _with(line, event_type="settlement", medfee_sumamt=[1]),
    "lines are text": lambda line: _with(line, event_type="settlement", feedetail="none"),
    "person is an object": lambda line: _with(line, psn_no={"$gt": ""}),
    "nul": lambda _: b"\x00" * 100,
}


def _with(line: bytes, **changed: object) -> bytes:
    return json.dumps({**json.loads(line), **changed}).encode()


@pytest.mark.parametrize("name", [name for name in HOSTILE if name != FUTURE])
def test_each_is_told_apart(stream: Path, name: str) -> None:
    """Each becomes a dead letter with reason, what was found and what was expected.

    A time in the future is refused by the runtimes, which know what day it is.
    """
    line = (stream / "events.ndjson").read_bytes().splitlines()[0]
    letter = read_line(HOSTILE[name](line), "somewhere", 7)
    assert isinstance(letter, DeadLetter)
    assert (letter.source, letter.position) == ("somewhere", 7)
    assert letter.reason and letter.found and letter.expected
    assert len(str(letter)) < 800


@pytest.mark.parametrize("workers", [1, 2])
def test_the_rest_is_as_if_they_were_not_there(
    stream: Path, assembly: Assembly, tmp_path: Path, workers: int
) -> None:
    """A thirtieth of the lines is hostile; the alert table is that of the clean stream."""
    clean = replay([stream / "events.ndjson"], assembly, workers=1)
    lines = (stream / "events.ndjson").read_bytes().splitlines()
    generator = random.Random(9)
    mixed: list[bytes] = []
    bad = 0
    for line in lines:
        mixed.append(line)
        if generator.random() < 1 / 30:
            mixed.append(HOSTILE[generator.choice(list(HOSTILE))](line))
            bad += 1
    file = tmp_path / "events.ndjson.gz"
    file.write_bytes(gzip.compress(b"\n".join(mixed), 1))
    outcome = replay([file], assembly, workers=workers)
    assert outcome.events == clean.events
    assert len(outcome.dead_letters) == bad
    assert difference(rows_of(clean.alerts), rows_of(outcome.alerts)) == []
    assert {letter.reason for letter in outcome.dead_letters} >= {
        "bad_value",
        "future_time",
        "missing_field",
        "not_json",
        "not_utf8",
        "too_large",
        "unknown_event_type",
    }
