"""Replay: the pure core over files, on all cores, for audits, backtests and what-if.

People are dealt out to the workers by their key; what their events tell other keys is written to
temporary files in the order of the source and merged again by the workers that own those keys.
Each key sees its records in the same order whatever the number of workers, so the outcome is the
same to the byte.
"""

import gc
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from heapq import merge
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final
from zlib import crc32

import msgspec
from msgspec import Struct

from alerts.alert import Alert, alert_of
from alerts.ledger.trials import parted
from events.deadletters import DeadLetter
from events.kinds import Event
from events.times import DAY
from rules.engine import Change
from rules.histories.facts import Fact
from streams.assembly import Assembly, assemble
from streams.memory import Memory
from streams.pipeline import Pipeline
from streams.sharing import shared_reads

_FACTS: Final = msgspec.msgpack.Encoder()
_CHUNK: Final = 2000
_STEP: Final = 5000
BATCH: Final = 256
"""Events, or facts, that are taken step by step (`Pipeline.process_all`)."""


class Outcome(Struct):
    """What a replay found."""

    events: int
    again: int
    unknown_fields: int
    alerts: list[Alert]
    dead_letters: list[DeadLetter]
    rule_failures: dict[str, int]
    seconds: float


class _Part(Struct):
    """What one worker brings back."""

    events: int = 0
    again: int = 0
    unknown: int = 0
    alerts: list[Alert] = []
    letters: list[DeadLetter] = []
    failures: dict[str, int] = {}


def replay(
    sources: Sequence[Path],
    assembly: Assembly,
    *,
    workers: int = 0,
    progress: Callable[[int], None] | None = None,
) -> Outcome:
    """Run the rules over files and folders of events.

    `workers` 0 means one for each core. `progress` is told how many records have been read.
    Alerts come ordered by their id, retracted ones left out; dead letters in the order of reading.
    """
    begun = time.perf_counter()
    number = workers or len(os.sched_getaffinity(0))
    latest = int(time.time()) + DAY
    if number == 1:
        parts = [_alone(sources, assembly, latest, progress)]
    else:
        with tempfile.TemporaryDirectory(prefix="fundwatch-") as folder:
            parts = _together(sources, assembly, number, latest, Path(folder), progress)
    told, _ = parted(alert for part in parts for alert in part.alerts)
    alerts = [alert for alert in told if alert.status != "retracted"]
    return Outcome(
        events=sum(part.events for part in parts),
        again=sum(part.again for part in parts),
        unknown_fields=sum(part.unknown for part in parts),
        alerts=sorted(alerts, key=lambda alert: alert.alert_id),
        dead_letters=[letter for part in parts for letter in part.letters],
        rule_failures=dict(sum((Counter(part.failures) for part in parts), Counter())),
        seconds=time.perf_counter() - begun,
    )


class _Latest:
    """The last change of every matter."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str, str, str], Change] = {}

    def keep(self, changes: list[Change]) -> None:
        for change in changes:
            self._last[change.kind, change.key, change.rule.id, change.about] = change
        changes.clear()

    def alerts(self) -> list[Alert]:
        return [alert_of(change) for change in self._last.values()]


def _finish(pipeline: Pipeline, changes: list[Change], last: _Latest) -> None:
    """End a batch, where models judge what has changed in it."""
    pipeline.engine.finish(changes)
    if changes:
        last.keep(changes)


def _alone(
    sources: Sequence[Path],
    assembly: Assembly,
    latest: int,
    progress: Callable[[int], None] | None,
) -> _Part:
    part, last, memory = _Part(letters=[]), _Latest(), Memory()
    pipeline = Pipeline(assemble(assembly), memory)
    changes: list[Change] = []
    batch: list[Event] = []
    collecting = gc.isenabled()
    gc.disable()
    try:
        for sequence, read in shared_reads(sources, 0, 1, latest):
            if isinstance(read, DeadLetter):
                part.letters.append(read)
            else:
                batch.append(read.event)
                part.events += 1
                part.unknown += len(read.unknown)
            if len(batch) >= BATCH or sequence % _STEP == 0:
                pipeline.process_all(batch, changes)
                batch.clear()
            if sequence % _STEP == 0:
                _finish(pipeline, changes, last)
                memory.sweep(pipeline.watermark)
                if progress is not None:
                    progress(sequence)
        pipeline.process_all(batch, changes)
        _finish(pipeline, changes, last)
    finally:
        if collecting:
            gc.enable()
    part.again = pipeline.again
    part.alerts = last.alerts()
    part.failures = dict(pipeline.engine.failures)
    return part


def _together(
    sources: Sequence[Path],
    assembly: Assembly,
    number: int,
    latest: int,
    folder: Path,
    progress: Callable[[int], None] | None,
) -> list[_Part]:
    context = get_context("fork")
    read = context.Value("q", 0)
    with ProcessPoolExecutor(
        number, mp_context=context, initializer=_begin, initargs=(read,)
    ) as pool:
        first = [
            pool.submit(_people, sources, assembly, share, number, latest, folder)
            for share in range(number)
        ]
        while progress is not None and not all(future.done() for future in first):
            progress(read.value)
            time.sleep(0.1)
        parts = [future.result() for future in first]
        parts += pool.map(
            _places, [assembly] * number, range(number), [number] * number, [folder] * number
        )
    return parts


_read_so_far: list[Any] = []


def _begin(read: Any) -> None:
    gc.disable()
    _read_so_far.append(read)


def _people(
    sources: Sequence[Path],
    assembly: Assembly,
    share: int,
    number: int,
    latest: int,
    folder: Path,
) -> _Part:
    """First step of one worker: its people, and what they tell other keys."""
    part, last = _Part(letters=[]), _Latest()
    pipeline = Pipeline(assemble(assembly), Memory())
    changes: list[Change] = []
    writers = [_Writer(folder / f"{share}-{other}.facts") for other in range(number)]
    for sequence, read in shared_reads(sources, share, number, latest):
        if isinstance(read, DeadLetter):
            part.letters.append(read)
            continue
        for fact in pipeline.enter(read.event, changes):
            writers[crc32(fact.key.encode()) % number].put(sequence, fact)
        part.events += 1
        part.unknown += len(read.unknown)
        if changes:
            last.keep(changes)
        if part.events % _STEP == 0:
            _finish(pipeline, changes, last)
            with _read_so_far[0].get_lock():
                _read_so_far[0].value = max(_read_so_far[0].value, sequence)
    _finish(pipeline, changes, last)
    for writer in writers:
        writer.close()
    part.again = pipeline.again
    part.alerts = last.alerts()
    part.failures = dict(pipeline.engine.failures)
    return part


def _places(assembly: Assembly, share: int, number: int, folder: Path) -> _Part:
    """Second step of one worker: accounts, terminals, institutions, documents, stock."""
    last, memory = _Latest(), Memory()
    pipeline = Pipeline(assemble(assembly), memory)
    changes: list[Change] = []
    shares = [_facts(folder / f"{other}-{share}.facts") for other in range(number)]
    batch: list[Fact] = []
    for done, (_, fact) in enumerate(merge(*shares, key=lambda pair: pair[0])):
        batch.append(fact)
        if len(batch) >= BATCH or done % _STEP == 0:
            pipeline.receive_all(batch, changes)
            batch.clear()
        if done % _STEP == 0:
            _finish(pipeline, changes, last)
            memory.sweep(pipeline.watermark)
    pipeline.receive_all(batch, changes)
    _finish(pipeline, changes, last)
    return _Part(alerts=last.alerts(), letters=[], failures=dict(pipeline.engine.failures))


class _Writer:
    """Facts to a file, in chunks of length-prefixed msgpack."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._chunk: list[tuple[int, Fact]] = []

    def put(self, sequence: int, fact: Fact) -> None:
        self._chunk.append((sequence, fact))
        if len(self._chunk) >= _CHUNK:
            self._flush()

    def _flush(self) -> None:
        body = _FACTS.encode(self._chunk)
        self._file.write(len(body).to_bytes(8, "big") + body)
        self._chunk.clear()

    def close(self) -> None:
        if self._chunk:
            self._flush()
        self._file.close()


def _facts(path: Path) -> Iterator[tuple[int, Fact]]:
    decoder = msgspec.msgpack.Decoder(list[tuple[int, Fact]])
    with path.open("rb") as file:
        while length := file.read(8):
            yield from decoder.decode(file.read(int.from_bytes(length, "big")))


def write_outcome(outcome: Outcome, out: Path, lines: Callable[[Alert], bytes]) -> None:
    """Write `alerts.ndjson` and `dead_letters.ndjson` into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    with (out / "alerts.ndjson").open("wb") as file:
        file.writelines(lines(alert) + b"\n" for alert in outcome.alerts)
    with (out / "dead_letters.ndjson").open("wb") as file:
        file.writelines(_letter_line(letter) for letter in outcome.dead_letters)


def _letter_line(letter: DeadLetter) -> bytes:
    """A dead letter without the raw record, which may name people."""
    told = {name: getattr(letter, name) for name in letter.__struct_fields__ if name != "raw"}
    return msgspec.json.encode(told) + b"\n"


def summary_of(outcome: Outcome, table_digest: str) -> dict[str, Any]:
    """What `summary.json` says."""
    return {
        "events": outcome.events,
        "seconds": round(outcome.seconds, 3),
        "events_per_second": round(outcome.events / max(outcome.seconds, 1e-9), 1),
        "delivered_again": outcome.again,
        "unknown_fields": outcome.unknown_fields,
        "alerts": len(outcome.alerts),
        "alerts_by_rule": _counted(alert.rule_id for alert in outcome.alerts),
        "alerts_by_status": _counted(alert.status for alert in outcome.alerts),
        "rejected": _counted(letter.reason for letter in outcome.dead_letters),
        "rule_failures": outcome.rule_failures,
        "table_sha256": table_digest,
    }


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))
