"""One stream through every runtime, shuffled, doubled and killed: is the alert table the same?

Prints one line a way of running, with the SHA-256 of the table and what differs from the replay in
order. Needs a Kafka and a PostgreSQL as the tests do (`make components`).
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path

import msgspec

from alerts.ledger import LedgerError, reading
from alerts.table import AlertRow, difference, digest, rows_of
from simulation import simulate
from streams.assembly import Assembly
from streams.monitor import open_ledger
from streams.pipeline import LATENESS_DAYS
from streams.replay import replay
from tests.integration.workers import Installation
from tests.models.trained import trained
from tests.services import kafka, postgres
from tests.services.processes import until

FUNDWATCH = (sys.executable, "-c", "from streams.cli import main; main()")


class _Time(msgspec.Struct):
    event_time: datetime


def _late(lines: list[bytes], seed: int) -> list[bytes]:
    """Lines as they arrive when each is late by up to the allowed lateness."""
    generator = random.Random(seed)
    decoder = msgspec.json.Decoder(_Time)
    late = LATENESS_DAYS * 86_400
    arrivals = [
        (decoder.decode(line).event_time.timestamp() + generator.uniform(0, late), at)
        for at, line in enumerate(lines)
    ]
    return [lines[at] for _, at in sorted(arrivals)]


def _replayed(file: Path, assembly: Assembly, workers: int) -> list[AlertRow]:
    return rows_of(replay([file], assembly, workers=workers).alerts)


def _embedded(file: Path, assembly: Assembly, data: Path, kills: int) -> list[AlertRow]:
    """`fundwatch run`, killed with -9 so many times and started again."""
    command = [*FUNDWATCH, "run", str(file), "--reference", str(assembly.reference)]
    command += ["--data", str(data), "--once", "--listen", "127.0.0.1:0"]
    if assembly.models is not None:
        command += ["--models", str(assembly.models)]
    total = sum(1 for _ in file.open("rb"))
    for number in range(kills):
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ
        )
        goal = total * (number + 1) // (kills + 1)
        while process.poll() is None and _position(data) < goal:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open_ledger(data, create=False) as ledger, ledger.read() as connection:
        return list(reading.alert_table(connection))


def _position(data: Path) -> int:
    if not (data / "ledger.sqlite").exists():
        return 0
    try:
        with open_ledger(data, create=False) as ledger, ledger.read() as connection:
            return max((known.position for known in reading.positions(connection)), default=0)
    except LedgerError:
        return 0  # it is just being made


def _workers(file: Path, assembly: Assembly, folder: Path, kills: int) -> list[AlertRow]:
    """Two workers; one is killed with -9 so many times and started again, Kafka goes on."""
    with kafka.start() as broker, postgres.start() as server, server.database() as url:
        assert assembly.reference is not None
        settings = {"FUNDWATCH_MODELS": str(assembly.models)} if assembly.models else {}
        place = Installation(broker.bootstrap, url, assembly.reference, folder, settings=settings)
        with place.worker(folder / "a"):
            pieces = list(_pieces(file, folder, kills + 1))
            for number, piece in enumerate(pieces[:-1]):
                with place.worker(folder / "b") as second:
                    before = place.taken(place.topics.events)
                    place.feed(piece)
                    until(partial(_moved, place, before), f"news of piece {number}", 180)
                    second.kill()
            with place.worker(folder / "b"):
                place.feed(pieces[-1])
                place.settle()
        return place.table()


def _moved(place: Installation, before: list[int]) -> bool:
    return place.taken(place.topics.events) != before


def _pieces(file: Path, folder: Path, number: int) -> Iterator[Path]:
    """The file cut into so many consecutive pieces."""
    lines = iter(file.read_bytes().splitlines(keepends=True))
    size = sum(1 for _ in file.open("rb")) // number + 1
    for at in range(number):
        piece = folder / f"piece-{at}.ndjson"
        piece.write_bytes(b"".join(islice(lines, size)))
        yield piece


def compare(folder: Path, *, with_workers: bool, with_models: bool) -> bool:
    """Run every way over a simulated folder and print; whether all agree.

    With models all run with one that was trained on the stream, its thresholds lowered so that
    there is much to agree on.
    """
    events = folder / "events.ndjson"
    models = folder / "models" if with_models else None
    if models is not None:
        trained(models, "one", folder)
    assembly = Assembly(reference=folder / "reference", models=models)
    lines = events.read_bytes().splitlines(keepends=True)
    shuffled, doubled = folder / "shuffled.ndjson", folder / "doubled.ndjson"
    shuffled.write_bytes(b"".join(_late(lines, 1)))
    doubled.write_bytes(b"".join(_late([*lines, *lines], 2)))
    in_order = _replayed(events, assembly, 1)
    found = sum(row.rule_id.startswith("anomaly.") for row in in_order)
    print(f"{len(lines)} events, {len(in_order)} alerts in the table, {found} of models")
    print(f"{'replay in order, 1 worker':48}{digest(in_order)[:16]}")
    ways: dict[str, Callable[[], list[AlertRow]]] = {
        "replay in order, 2 workers": lambda: _replayed(events, assembly, 2),
        "replay shuffled within the lateness, 1 worker": lambda: _replayed(shuffled, assembly, 1),
        "replay shuffled within the lateness, 2 workers": lambda: _replayed(shuffled, assembly, 2),
        "replay of every event twice, shuffled": lambda: _replayed(doubled, assembly, 2),
        "run, killed 10 times": lambda: _embedded(events, assembly, folder / "run", 10),
        "run over the shuffled stream, killed 10 times": lambda: _embedded(
            shuffled, assembly, folder / "late", 10
        ),
    }
    if with_workers:
        ways["two Faust workers, one killed 5 times"] = lambda: _workers(
            events, assembly, folder, 5
        )
    agree = True
    for name, way in ways.items():
        table = way()
        told = difference(in_order, table)
        agree = agree and not told
        print(f"{name:48}{digest(table)[:16]}  {len(told)} differences")
        for line in told[:5]:
            print(f"    {line}")
    return agree


def main() -> None:
    """Generate a stream, run every way, exit with 1 if they do not agree."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.agreement", description=__doc__)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--persons", type=int, default=20_000)
    options.add_argument("--days", type=int, default=90)
    options.add_argument("--without-workers", action="store_true", help="leave Kafka out")
    options.add_argument("--models", action="store_true", help="with a model trained on the stream")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="fundwatch-agreement-") as place:
        simulate(Path(place), seed=chosen.seed, persons=chosen.persons, days=chosen.days)
        agree = compare(
            Path(place), with_workers=not chosen.without_workers, with_models=chosen.models
        )
    sys.exit(0 if agree else 1)


if __name__ == "__main__":
    main()
