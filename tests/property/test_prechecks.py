"""What an event would raise, asked just before it is taken, is what it then raises."""

import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle
from pathlib import Path

import pytest

from alerts.ledger import reading
from alerts.table import difference
from events.deadletters import DeadLetter
from events.kinds import Event, ManualClaim, Settlement
from events.readers import Record, open_source
from rules.engine import Change
from rules.histories.forking import fork
from rules.histories.history import History
from streams.assembly import Assembly, assemble
from streams.monitor import Monitor
from streams.pipeline import Pipeline
from streams.prechecks.overlay import consider
from streams.settings import Settings
from streams.state import Place, SqliteHistories, prepare


def _records(stream: Path) -> list[Record]:
    reads = open_source(stream / "events.ndjson")
    return [read for read in reads if not isinstance(read, DeadLetter)]


def _told(changes: Iterable[Change]) -> list[tuple[object, ...]]:
    return [(change.rule.id, *change[1:]) for change in changes]


def test_the_answer_before_is_what_happens(
    stream: Path, assembly: Assembly, tmp_path: Path
) -> None:
    """Every settlement and claim of the stream, with the rules in trial too."""
    connection = sqlite3.connect(tmp_path / "state.sqlite")
    prepare(connection)
    histories = SqliteHistories(connection)
    engine = assemble(Assembly(reference=assembly.reference, shadow=True))
    pipeline = Pipeline(engine, histories)

    def copies(places: Iterable[Place]) -> Mapping[Place, History]:
        return {place: fork(histories.get(*place)) for place in places}

    asked = raised = 0
    for record in _records(stream):
        event = record.event
        payable = isinstance(event, (Settlement, ManualClaim))
        before = consider(engine, copies, event) if payable else []
        after: list[Change] = []
        pipeline.process(event, after)
        if payable:
            asked += 1
            raised += bool(after)
            assert _told(before) == _told(after), event.event_id
    connection.close()
    assert asked > 500
    assert raised > 20


class _Askers:
    """Threads that ask about the same events over and over until told to stop."""

    def __init__(self, monitor: Monitor, events: Sequence[Event], threads: int) -> None:
        self._monitor, self._events = monitor, events
        self._done = threading.Event()
        self.faults: list[BaseException] = []
        self.answers = [0] * threads
        self._threads = [threading.Thread(target=self._ask, args=(n,)) for n in range(threads)]
        for thread in self._threads:
            thread.start()

    def _ask(self, number: int) -> None:
        try:
            for event in cycle(self._events):
                self._monitor.consider(event)
                self.answers[number] += 1
                if self._done.is_set():
                    return
        except BaseException as fault:
            self.faults.append(fault)

    def stop(self) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join()


@pytest.mark.parametrize("capacity", [1000, 200_000])
def test_asking_while_batches_are_taken_changes_nothing(
    stream: Path, assembly: Assembly, tmp_path: Path, capacity: int
) -> None:
    """Threads that ask throughout see no broken history, and the table is that of a quiet run."""
    records = _records(stream)[:4000]
    asked = [record.event for record in records if isinstance(record.event, Settlement)][::7]
    tables = []
    for threads in (0, 2):
        settings = Settings(cache_histories=capacity)
        monitor = Monitor(tmp_path / str(threads), assembly, settings)
        monitor.engine.strict = True
        askers = _Askers(monitor, asked, threads)
        for begin in range(0, len(records), 200):
            monitor.take(records[begin : begin + 200])
        askers.stop()
        assert not askers.faults
        assert all(askers.answers)
        with monitor.ledger.read() as connection:
            tables.append(list(reading.alert_table(connection)))
        monitor.close()
    quiet, busy = tables
    assert len(quiet) > 5
    assert difference(quiet, busy) == []
