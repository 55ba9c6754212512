"""What an embedded run takes of memory and disk: `python -m benchmarks.sizing --persons 4000`.

One process does a run as its user starts it; sizes are those of the tables afterwards.
"""

import argparse
import json
import os
import resource
import sqlite3
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from simulation import simulate

_MAIN: Final = "from streams.cli import main; main()"
_KINDS: Final = {"archive": "archive", "state_": "state", "alerts": "alerts", "journal": "journal"}


def measure(folder: Path, persons: int, days: int, seed: int) -> dict[str, float]:
    """Simulate, run, and return sizes in bytes; `resident` is the run's largest memory."""
    simulate(folder / "data", seed=seed, persons=persons, days=days)
    events = folder / "data" / "events.ndjson"
    command: list[str | Path] = [sys.executable, "-c", _MAIN, "run", events]
    command += ["--reference", folder / "data" / "reference", "--data", folder / "run"]
    command += ["--once", "--listen", "127.0.0.1:0"]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ})
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    number = len(events.read_bytes().splitlines())
    found: dict[str, float] = {
        "persons": persons,
        "days": days,
        "events": number,
        "input": events.stat().st_size,
        "resident": peak,
        "file": (folder / "run" / "ledger.sqlite").stat().st_size,
        **_tables(folder / "run" / "ledger.sqlite"),
    }
    found["file_per_event"] = round(found["file"] / number, 1)
    return found


def _tables(path: Path) -> dict[str, float]:
    """Bytes by what they hold, tables with their indexes."""
    total: dict[str, float] = {}
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT name, SUM(pgsize) FROM dbstat GROUP BY name").fetchall()
    for name, size in rows:
        kind = next((told for begin, told in _KINDS.items() if begin in name), "other")
        total[kind] = total.get(kind, 0) + size
    return total


def main() -> None:
    """Print the sizes as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, default=4000)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--seed", type=int, default=7)
    chosen = parser.parse_args()
    with TemporaryDirectory() as folder:
        found = measure(Path(folder), chosen.persons, chosen.days, chosen.seed)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
