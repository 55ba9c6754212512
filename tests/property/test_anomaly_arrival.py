"""What models find is a function of the set of events too: in any order, runtime and crash.

Tried with a model that judges by plain features, so that the small stream has many alerts.
"""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from alerts.ledger import reading
from alerts.table import AlertRow, difference, rows_of
from events.readers import Read, open_sources
from streams.anomaly import opening
from streams.assembly import Assembly
from streams.monitor import Monitor, Position
from streams.pipeline import LATENESS_DAYS
from streams.replay import replay
from streams.settings import Settings
from tests.models.tiny import JUDGES, open_tiny


class _Time(msgspec.Struct):
    event_time: datetime


@pytest.fixture(autouse=True)
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "open_panel", open_tiny)


@pytest.fixture
def judged(stream: Path) -> Assembly:
    """Models alone over the stream's reference data; the folder is not looked at."""
    return Assembly(reference=stream / "reference", models=stream, rules=("anomaly",))


@pytest.fixture
def in_order(stream: Path, judged: Assembly) -> list[AlertRow]:
    """The table of the stream as it was written."""
    return rows_of(replay([stream / "events.ndjson"], judged, workers=1).alerts)


def test_every_detector_has_something_to_tell_apart(in_order: list[AlertRow]) -> None:
    found = Counter(row.rule_id for row in in_order)
    assert set(found) == {f"anomaly.{judge.about}" for judge in JUDGES}
    assert any(row.status == "withdrawn" for row in in_order)


def _lines(stream: Path, seed: int) -> list[bytes]:
    """The lines as they arrive when each is late by up to the allowed lateness, some twice."""
    generator = random.Random(seed)
    decoder = msgspec.json.Decoder(_Time)
    told = [
        (decoder.decode(line).event_time.timestamp() + lateness, line)
        for line in (stream / "events.ndjson").read_bytes().splitlines(keepends=True)
        for lateness in (
            generator.uniform(0, LATENESS_DAYS * 86_400)
            for _ in range(2 if generator.random() < 0.1 else 1)
        )
    ]
    return [line for _, line in sorted(told)]


@pytest.fixture
def late(stream: Path, tmp_path: Path) -> Path:
    """Such lines in a file."""
    file = tmp_path / "late.ndjson"
    file.write_bytes(b"".join(_lines(stream, 5)))
    return file


@pytest.mark.parametrize("workers", [1, 2])
def test_late_and_repeated_events_change_nothing(
    late: Path, judged: Assembly, in_order: list[AlertRow], workers: int
) -> None:
    found = rows_of(replay([late], judged, workers=workers).alerts)
    assert difference(in_order, found) == []


def _batches(file: Path, size: int) -> Iterator[list[Read]]:
    batch: list[Read] = []
    for read in open_sources([file]):
        batch.append(read)
        if len(batch) == size:
            yield batch
            batch = []
    yield batch


def _cut_off() -> Position:
    raise OSError("no power")


def _table(monitor: Monitor) -> list[AlertRow]:
    with monitor.ledger.read() as connection:
        return list(reading.alert_table(connection))


@pytest.mark.parametrize("size", [37, 1000])
def test_an_embedded_run_that_is_cut_off_again_and_again_ends_with_the_same_table(
    late: Path, judged: Assembly, in_order: list[AlertRow], tmp_path: Path, size: int
) -> None:
    """Cut off in the middle of a batch: what was not committed is taken again by the next run."""
    data = tmp_path / "data"
    monitor = Monitor(data, judged, Settings())
    for number, batch in enumerate(_batches(late, size)):
        if number % 7 == 3:
            with pytest.raises(OSError, match="no power"):
                monitor.take(batch, (_cut_off() for _ in range(1)))
        if number % 11 == 5:
            monitor.close()
            monitor = Monitor(data, judged, Settings())
        monitor.take(batch)
    table = _table(monitor)
    monitor.close()
    assert difference(in_order, table) == []
