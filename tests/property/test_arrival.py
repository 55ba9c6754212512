"""Same events, any order of arrival within the allowed lateness, any delivery: the same table."""

import random
from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from alerts.table import AlertRow, difference, rows_of
from streams.assembly import Assembly
from streams.pipeline import LATENESS_DAYS
from streams.replay import replay


class _Time(msgspec.Struct):
    event_time: datetime


@pytest.fixture(scope="module")
def in_order(stream: Path, assembly: Assembly) -> list[AlertRow]:
    """The table of the stream as it was written."""
    rows = rows_of(replay([stream / "events.ndjson"], assembly, workers=1).alerts)
    assert len(rows) > 10
    return rows


def _table(lines: list[bytes], folder: Path, assembly: Assembly, workers: int) -> list[AlertRow]:
    file = folder / "events.ndjson"
    file.write_bytes(b"".join(lines))
    return rows_of(replay([file], assembly, workers=workers).alerts)


def _late(lines: list[bytes], seed: int) -> list[bytes]:
    """The lines as they arrive when each is late by up to the allowed lateness."""
    generator = random.Random(seed)
    decoder = msgspec.json.Decoder(_Time)

    def arrival(line: bytes) -> float:
        lateness = generator.uniform(0, LATENESS_DAYS * 86_400)
        return decoder.decode(line).event_time.timestamp() + lateness

    return sorted(lines, key=arrival)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("workers", [1, 2])
def test_late_events_change_nothing(
    stream: Path,
    assembly: Assembly,
    in_order: list[AlertRow],
    tmp_path: Path,
    seed: int,
    workers: int,
) -> None:
    """Shuffled within the allowed lateness, in one process and in two."""
    lines = (stream / "events.ndjson").read_bytes().splitlines(keepends=True)
    shuffled = _late(lines, seed)
    assert shuffled != lines
    assert difference(in_order, _table(shuffled, tmp_path, assembly, workers)) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_delivery_twice_changes_nothing(
    stream: Path, assembly: Assembly, in_order: list[AlertRow], tmp_path: Path, workers: int
) -> None:
    """Every event twice, the second time out of order."""
    lines = (stream / "events.ndjson").read_bytes().splitlines(keepends=True)
    twice = _late([*lines, *lines], 4)
    assert difference(in_order, _table(twice, tmp_path, assembly, workers)) == []


def test_backwards_changes_nothing(
    stream: Path, assembly: Assembly, in_order: list[AlertRow], tmp_path: Path
) -> None:
    """Forty days told backwards: far more than the allowed lateness, but all is remembered."""
    lines = (stream / "events.ndjson").read_bytes().splitlines(keepends=True)
    assert difference(in_order, _table(lines[::-1], tmp_path, assembly, 1)) == []
