"""What an event would raise, asked just before it is taken, is what it then raises."""

import sqlite3
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path

from alerts.ledger import reading
from alerts.table import difference
from events.deadletters import DeadLetter
from events.kinds import ManualClaim, Settlement
from events.readers import Record, open_source
from rules.engine import Change
from rules.histories.forking import fork
from rules.histories.keyed import History
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


def test_asking_while_batches_are_taken_changes_nothing(
    stream: Path, assembly: Assembly, tmp_path: Path
) -> None:
    """Threads that ask throughout see no broken history, and the table is that of a quiet run."""
    records = _records(stream)[:4000]
    asked = [record.event for record in records if isinstance(record.event, Settlement)][::7]
    tables = []
    for name, askers in (("quiet", 0), ("asked", 2)):
        settings = Settings(cache_histories=1000)
        monitor = Monitor(tmp_path / name, assembly, settings)
        monitor.engine.strict = True
        done = threading.Event()
        faults: list[BaseException] = []
        answers = [0] * askers

        def asking(number: int, monitor: Monitor = monitor) -> None:
            try:
                while True:
                    for event in asked:
                        monitor.consider(event)
                        answers[number] += 1
                        if done.is_set():
                            return
            except BaseException as fault:
                faults.append(fault)

        threads = [threading.Thread(target=asking, args=(number,)) for number in range(askers)]
        for thread in threads:
            thread.start()
        for begin in range(0, len(records), 200):
            monitor.take(records[begin : begin + 200])
        done.set()
        for thread in threads:
            thread.join()
        assert not faults
        assert all(answers)
        with monitor.ledger.read() as connection:
            tables.append(list(reading.alert_table(connection)))
        monitor.close()
    quiet, busy = tables
    assert len(quiet) > 5
    assert difference(quiet, busy) == []
