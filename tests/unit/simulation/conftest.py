"""A small stream with every typology, made once for all tests of the generator."""

import csv
from pathlib import Path

import msgspec
import pytest

from events.codec import decode
from events.kinds import Event, Settlement
from simulation import Summary, simulate

DAYS = 90
PERSONS = 700


class Made(msgspec.Struct):
    """A stream as written: its folder, decoded events, and labels by event id."""

    folder: Path
    summary: Summary
    events: list[Event]
    labels: dict[str, tuple[str, bool]]

    def settlements(self) -> list[Settlement]:
        """The settlements in order, repeated deliveries left out."""
        seen: set[str] = set()
        found: list[Settlement] = []
        for event in self.events:
            if isinstance(event, Settlement) and event.event_id not in seen:
                seen.add(event.event_id)
                found.append(event)
        return found

    def fraud(self, event_id: str) -> str:
        """The typology of an event made to be fraud, else an empty string."""
        typology, near_miss = self.labels.get(event_id, ("", True))
        return "" if near_miss else typology


def made(folder: Path, *, seed: int, persons: int = PERSONS, days: int = DAYS) -> Made:
    """Generate a stream and read it back."""
    summary = simulate(folder, seed=seed, persons=persons, days=days)
    lines = (folder / "events.ndjson").read_bytes().splitlines()
    decoded = [decode(line) for line in lines]
    assert not any(one.unknown for one in decoded)
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        labels = {
            row["event_id"]: (row["typology"], row["near_miss"] == "1")
            for row in csv.DictReader(file)
        }
    return Made(folder, summary, [one.event for one in decoded], labels)


@pytest.fixture(scope="session")
def stream(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The shared stream."""
    return made(tmp_path_factory.mktemp("simulated"), seed=3)
