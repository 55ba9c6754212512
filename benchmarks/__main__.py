"""`make bench`: prints every figure that the documents quote."""

import argparse
import os
import platform
import tempfile
from pathlib import Path

from benchmarks.core import decoding_and_rules
from benchmarks.memory import memory_of
from benchmarks.scoring import scoring
from simulation import simulate


def main() -> None:
    """Generate a stream, measure, print."""
    options = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    options.add_argument("--persons", type=int, default=5000)
    options.add_argument("--days", type=int, default=90)
    options.add_argument("--worker", action="store_true", help="measure Faust workers too")
    chosen = options.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory(prefix="fundwatch-bench-") as place:
        folder = Path(place)
        summary = simulate(folder, seed=3, persons=chosen.persons, days=chosen.days)
        size = (folder / "events.ndjson").stat().st_size
        print(f"{summary.events} events, {size / summary.events:.0f} bytes each on average")
        decoding, ruleless, rules = decoding_and_rules(folder)
        for speed in (decoding, ruleless, rules):
            print(f"{speed.name:14}{speed.events_per_second:12,.0f} events/s on one core")
        for speed, goal in ((ruleless, ""), (rules, " (goal 0.25)")):
            ratio = speed.events_per_second / decoding.events_per_second
            print(f"{speed.name} / decode only: {ratio:.2f}{goal}")
        taken = memory_of(folder)
        per_person = taken * 100_000 / chosen.persons / 2**30
        print(
            f"histories: {taken / 2**20:.0f} MiB for {chosen.persons} persons and {chosen.days}"
            f" days, {per_person:.2f} GiB per 100,000 persons"
        )
    cost = scoring()
    print(
        f"scoring: {cost.whole:.1f} us an event in batches (goal 60), {cost.forest:.1f} us of them"
        f" the forest alone, ratio {cost.whole / cost.forest:.2f}"
    )
    if chosen.worker:
        from benchmarks.worker import main as measure_workers

        measure_workers()


if __name__ == "__main__":
    main()
