"""State that was written and read back is the state that was never put away."""

import sqlite3
from pathlib import Path

from alerts.alert import alert_of
from alerts.table import AlertRow, difference, rows_of
from events.deadletters import DeadLetter
from events.kinds import Event
from events.readers import open_source
from rules.engine import Change
from rules.histories import keyed
from streams.assembly import Assembly, assemble
from streams.memory import Memory
from streams.pipeline import Pipeline
from streams.state import SLACK_DAYS, SqliteHistories, prepare


def _events(stream: Path) -> list[Event]:
    reads = open_source(stream / "events.ndjson")
    return [read.event for read in reads if not isinstance(read, DeadLetter)]


def _table(changes: list[Change]) -> list[AlertRow]:
    return rows_of(alert_of(change) for change in changes)


def test_state_read_back_in_every_batch(stream: Path, assembly: Assembly, tmp_path: Path) -> None:
    """Nothing is kept in memory from one batch to the next; the table is that of a memory."""
    events = _events(stream)
    engine = assemble(assembly)
    in_memory: list[Change] = []
    memory = Pipeline(engine, Memory())
    for event in events:
        memory.process(event, in_memory)

    connection = sqlite3.connect(tmp_path / "state.sqlite")
    prepare(connection)
    from_disk: list[Change] = []
    for begin in range(0, len(events), 500):
        histories = SqliteHistories(connection)
        pipeline = Pipeline(engine, histories)
        changes: list[Change] = []
        for event in events[begin : begin + 500]:
            pipeline.process(event, changes)
        histories.save(changes)
        connection.commit()
        from_disk += changes
    assert difference(_table(in_memory), _table(from_disk)) == []
    assert sum(histories.sizes().values()) > len(events)
    connection.close()


def test_a_small_cache_changes_nothing(stream: Path, assembly: Assembly, tmp_path: Path) -> None:
    """Histories that fall out of memory come back as they were."""
    events = _events(stream)[:3000]
    engine = assemble(assembly)
    tables = []
    for capacity in (50, 100_000):
        connection = sqlite3.connect(tmp_path / f"{capacity}.sqlite")
        prepare(connection)
        histories = SqliteHistories(connection, capacity)
        pipeline = Pipeline(engine, histories)
        told: list[Change] = []
        for begin in range(0, len(events), 100):
            changes: list[Change] = []
            for event in events[begin : begin + 100]:
                pipeline.process(event, changes)
            histories.save(changes)
            told += changes
        tables.append(_table(told))
        connection.close()
    roomy, narrow = tables
    assert difference(roomy, narrow) == []


_EARLIER = """
ALTER TABLE state_records RENAME TO arrived;
DROP INDEX state_records_place;
DROP INDEX state_records_age;
CREATE TABLE state_records (
    kind INTEGER NOT NULL,
    key TEXT NOT NULL,
    time INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    body BLOB NOT NULL,
    lasting INTEGER NOT NULL,
    PRIMARY KEY (kind, key, time, event_id)
) WITHOUT ROWID;
CREATE INDEX state_records_age ON state_records (kind, time);
INSERT OR REPLACE INTO state_records
    SELECT kind, key, time, event_id, body, lasting FROM arrived ORDER BY rowid;
DROP TABLE arrived;
"""


def test_a_file_with_rows_in_the_order_of_their_keys_is_taken_over(
    stream: Path, assembly: Assembly, tmp_path: Path
) -> None:
    """Files were once laid out so; a run goes on with one of them."""
    events = _events(stream)[:4000]
    engine = assemble(assembly)
    tables = []
    for earlier in (False, True):
        connection = sqlite3.connect(tmp_path / f"{earlier}.sqlite")
        prepare(connection)
        told: list[Change] = []
        for half in (events[:2000], events[2000:]):
            histories = SqliteHistories(connection)
            pipeline = Pipeline(engine, histories)
            changes: list[Change] = []
            for event in half:
                pipeline.process(event, changes)
            histories.save(changes)
            connection.commit()
            told += changes
            if earlier:
                connection.executescript(_EARLIER)
                prepare(connection)
        tables.append(_table(told))
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'index'")
        assert {"state_records_age", "state_records_place"} <= {name for (name,) in names}
        connection.close()
    assert difference(tables[0], tables[1]) == []


def test_rows_older_than_their_retention_are_deleted(
    stream: Path, assembly: Assembly, tmp_path: Path
) -> None:
    """Years on, only what is kept for three years, or holds until told otherwise, is there."""
    connection = sqlite3.connect(tmp_path / "state.sqlite")
    prepare(connection)
    histories = SqliteHistories(connection)
    pipeline = Pipeline(assemble(assembly), histories)
    changes: list[Change] = []
    for event in _events(stream):
        pipeline.process(event, changes)
    histories.save(changes)
    before = histories.sizes()
    begin = pipeline.watermark
    assert histories.forget(begin + (keyed.KEPT[keyed.PERSON] + 365 + SLACK_DAYS) * 86_400) > 0
    after = histories.sizes()
    assert 0 < after["person"] < before["person"]
    assert 0 < after["account"] < before["account"]
    assert after["terminal"] == after["institution_day"] == after["sales"] == 0
    assert after["document"] == before["document"] > 0
    connection.close()
