"""The event file is in the order of time whatever the order of writing."""

from pathlib import Path
from random import Random

import pytest

from events.times import DAY
from simulation import stream as stream_module
from simulation.stream import Stream


@pytest.mark.parametrize("flush_at", [1, 400, 10**9])
def test_merges_into_time_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flush_at: int
) -> None:
    monkeypatch.setattr(stream_module, "_FLUSH_BYTES", flush_at)
    rng = Random(1)
    out = Stream(tmp_path)
    times = [rng.randrange(5 * DAY) for _ in range(300)]
    for at, seconds in enumerate(times):
        out.add(seconds, {"event_type": "stock", "n": at})
    path = tmp_path / "events.ndjson"
    assert out.write(path) == 300
    order = sorted(range(300), key=lambda at: (times[at], at))
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines == [f'{{"event_type":"stock","n":{at}}}' for at in order]
    assert [one.name for one in tmp_path.iterdir()] == ["events.ndjson"]


def test_equal_times_keep_the_order_of_writing(tmp_path: Path) -> None:
    out = Stream(tmp_path)
    for at in range(12):
        out.add(1000, {"event_type": "filing", "n": at})
    out.write(tmp_path / "x")
    lines = (tmp_path / "x").read_text(encoding="utf-8").splitlines()
    assert lines == [f'{{"event_type":"filing","n":{at}}}' for at in range(12)]
    assert out.kinds == {"filing": 12}
