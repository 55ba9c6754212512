"""However events arrived and how often: an export of the same events has the same tables."""

import random
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from alerts.exports.build import Inputs, export
from alerts.exports.periods import period_of
from alerts.ledger import Ledger, archive
from alerts.risk.budget import load_budget
from rules.reference import load_reference
from simulation import simulate

LATENESS = 7 * 86_400


def tables(folder: Path, stream: Path, events: list[archive.Kept], block: int) -> dict[str, bytes]:
    """The CSV files of an export of archived events, by name."""
    folder.mkdir()
    inputs = Inputs(
        reference=load_reference(stream / "reference"),
        budget=load_budget(stream / "reference"),
        rules=(),
        version="0",
    )
    with Ledger.open(f"sqlite:///{folder / 'ledger.sqlite'}") as ledger:
        with ledger.begin() as connection:
            for start in range(0, len(events), block):
                archive.keep(connection, events[start : start + block])
        with ledger.read() as connection:
            key = Ed25519PrivateKey.generate()
            export(connection, period_of("2024-02"), inputs, key, folder / "out")
    return {path.name: path.read_bytes() for path in (folder / "out" / "csv").iterdir()}


def test_order_blocks_and_repetition_make_no_difference(tmp_path: Path) -> None:
    stream = tmp_path / "stream"
    simulate(stream, seed=9, persons=300, days=70)
    lines = (stream / "events.ndjson").read_bytes().splitlines()
    events = [archive.kept_of(line) for line in lines]
    chance = random.Random(4)
    late = sorted(events, key=lambda one: one.time + chance.uniform(0, LATENESS))
    twice = [one for event in late for one in ([event] * chance.choice((1, 1, 2)))]

    first = tables(tmp_path / "a", stream, events, 500)
    assert tables(tmp_path / "b", stream, twice, 37) == first
    assert tables(tmp_path / "c", stream, chance.sample(events, len(events)), 10_000) == first
    assert first["settlement.csv"].count(b"\n") > 20
