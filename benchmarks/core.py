"""Decoding and the pure pipeline over one stream, in turn, so that both see the same noise."""

import gc
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import NamedTuple

from events.deadletters import DeadLetter
from events.kinds import Event
from events.readers import lines, read_line
from rules.engine import Change, Engine
from streams.assembly import Assembly, assemble
from streams.memory import Memory
from streams.pipeline import Pipeline
from streams.replay import BATCH


class Speed(NamedTuple):
    """Events a second of one pass (median of the rounds)."""

    name: str
    events_per_second: float


def _timed(work: Callable[[], int]) -> float:
    gc.collect()
    gc.disable()
    begun = time.perf_counter()
    done = work()
    seconds = time.perf_counter() - begun
    gc.enable()
    return done / seconds


def decoding_and_rules(folder: Path, rounds: int = 3) -> tuple[Speed, Speed, Speed]:
    """Decode only, the pipeline without any rule, and all rules, each on one core.

    Over `events.ndjson` of a folder. The second is what it costs to turn events into records and
    to bring these to the histories they belong to: what no rule can be quicker than. Events are
    taken in batches, as a replay takes them.
    """
    file = folder / "events.ndjson"
    engine = assemble(Assembly(reference=folder / "reference", shadow=True))

    def decode() -> int:
        return sum(not isinstance(read_line(line, "", at), DeadLetter) for at, line in lines(file))

    def watch(engine: Engine) -> int:
        pipeline, changes, done = Pipeline(engine, Memory()), list[Change](), 0
        batch: list[Event] = []
        for at, line in lines(file):
            read = read_line(line, "", at)
            if not isinstance(read, DeadLetter):
                batch.append(read.event)
                done += 1
                if len(batch) == BATCH:
                    pipeline.process_all(batch, changes)
                    batch.clear()
        pipeline.process_all(batch, changes)
        return done

    ruleless = Engine((), engine.context)
    decoded, remembered, watched = [], [], []
    for _ in range(rounds):
        decoded.append(_timed(decode))
        remembered.append(_timed(lambda: watch(ruleless)))
        watched.append(_timed(lambda: watch(engine)))
    return (
        Speed("decode only", median(decoded)),
        Speed("without rules", median(remembered)),
        Speed("all rules", median(watched)),
    )
