"""A real model, trained on a small simulated stream, with thresholds low enough to have alerts."""

import csv
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from detectors.model import PART
from detectors.store.catalogue import point
from detectors.store.folder import load, save
from events.times import CST
from rules.context import Context
from rules.reference import load_reference
from streams.modelling import span_of, train
from streams.training import Told

LOW: Final = 3.0
"""About one in twenty settlements is as surprising (e^-3)."""


class _Event(msgspec.Struct):
    event_id: str
    event_type: str
    event_time: datetime


def verdicts_of(stream: Path, days: int = 7) -> dict[str, Told]:
    """The labels of a simulated stream as verdicts, and every tenth other settlement dismissed."""
    with (stream / "labels.csv").open(encoding="utf-8", newline="") as file:
        frauds = {row["event_id"] for row in csv.DictReader(file) if row["near_miss"] == "0"}
    decoder = msgspec.json.Decoder(_Event)
    told: dict[str, Told] = {}
    with (stream / "events.ndjson").open("rb") as lines:
        for number, line in enumerate(lines):
            event = decoder.decode(line)
            confirmed = event.event_id in frauds
            if event.event_type == "settlement" and (confirmed or number % 10 == 0):
                known = event.event_time + timedelta(days=days)
                told[event.event_id] = Told(confirmed, int(known.timestamp()))
    return told


def trained(
    models: Path, name: str, stream: Path, *, threshold: float | None = LOW, seed: int = 0
) -> str:
    """Train a model on a stream and put it to use; returns its id.

    `threshold` is every detector's, None what training decided.
    """
    folder = models / name
    train(
        [stream / "events.ndjson"],
        Context(load_reference(stream / "reference")),
        folder,
        span=span_of(None, None),
        told=verdicts_of(stream),
        alerts={},
        seed=seed,
        command="a test",
        created=datetime(2026, 3, 1, 8, tzinfo=CST),
        progress=lambda _doing, _done: None,
    )
    stored = load(folder)
    if threshold is not None:
        parts = dict(stored.parts)
        decisions = {about: [threshold, 20] for about in parts[PART]["decisions"]}
        parts[PART] = {**parts[PART], "decisions": decisions}
        save(folder, parts, stored.manifest.facts)
    point(models, "active", name)
    return load(folder).id
