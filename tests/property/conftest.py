"""A small simulated stream that several properties are tried on."""

from pathlib import Path

import pytest

from simulation import simulate
from streams.assembly import Assembly


@pytest.fixture(scope="session")
def stream(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `events.ndjson`, `reference/` and `labels.csv`."""
    folder = tmp_path_factory.mktemp("stream")
    simulate(folder, seed=11, persons=400, days=40)
    return folder


@pytest.fixture(scope="session")
def assembly(stream: Path) -> Assembly:
    """All rules over the stream's reference data."""
    return Assembly(reference=stream / "reference")
