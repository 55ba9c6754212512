"""A state file is moved on by one process at a time and knows what it is the state of."""

from pathlib import Path

import pytest

from events.times import DAY
from rules.engine import Engine
from rules.histories import keyed
from rules.histories.facts import Fact
from rules.histories.records import Goods
from streams.assembly import Assembly, assemble
from streams.worker.store import Heard, MovedOnError, Position, Store, StoreError


@pytest.fixture(scope="module")
def engine() -> Engine:
    """All rules, no reference data."""
    return assemble(Assembly())


def opened(folder: Path, engine: Engine, topic: str = "t.facts/0") -> Store:
    return Store(folder / "places-0.sqlite", topic, engine, 1000)


def fact(number: int, time: int) -> Fact:
    key = f"P1|1970-{number:02}"
    return Fact(keyed.SALES, key, Goods(f"e{number}", time, "s", "P1", False))


def test_state_and_position_are_found_again(tmp_path: Path, engine: Engine) -> None:
    store = opened(tmp_path, engine)
    assert store.begin() == Position()
    store.pipeline.receive(fact(1, 5 * DAY), [])
    store.heard[2] = Heard(8, 1, 5 * DAY)
    store.commit(Position(9, 100, 5 * DAY, 3), [])
    store.close()

    again = opened(tmp_path, engine)

    assert again.begin() == Position(9, 100, 5 * DAY, 3)
    assert again.heard == {2: Heard(8, 1, 5 * DAY)}
    assert again.sizes()[keyed.SALES] == 1
    assert again.pipeline.watermark == 5 * DAY
    again.close()


def test_what_was_abandoned_never_happened(tmp_path: Path, engine: Engine) -> None:
    store = opened(tmp_path, engine)
    store.begin()
    store.pipeline.receive(fact(1, DAY), [])
    store.heard[0] = Heard(1, 1, DAY)
    store.abandon()

    assert store.begin() == Position()
    assert store.heard == {}
    assert store.pipeline.watermark == 0
    assert store.sizes()[keyed.SALES] == 0
    store.close()


def test_the_slower_of_two_processes_learns_of_the_other(tmp_path: Path, engine: Engine) -> None:
    ours, theirs = opened(tmp_path, engine), opened(tmp_path, engine)
    ours.begin()
    theirs.begin()
    ours.pipeline.receive(fact(1, DAY), [])
    theirs.pipeline.receive(fact(2, DAY), [])
    theirs.commit(Position(5, 1, DAY, 0), [])

    with pytest.raises(MovedOnError):
        ours.commit(Position(4, 1, DAY, 0), [])
    ours.abandon()

    assert ours.begin() == Position(5, 1, DAY, 0)
    assert ours.sizes()[keyed.SALES] == 1
    ours.close()
    theirs.close()


def test_the_state_of_another_topic_is_refused(tmp_path: Path, engine: Engine) -> None:
    store = opened(tmp_path, engine)
    store.begin()
    store.commit(Position(1, 1, 1, 0), [])
    store.close()

    other = opened(tmp_path, engine, "other.facts/0")

    with pytest.raises(StoreError, match=r"state of t\.facts/0, expected that of other\.facts/0"):
        other.begin()
    other.close()


def test_old_records_go_with_the_commit_that_says_so(tmp_path: Path, engine: Engine) -> None:
    store = opened(tmp_path, engine)
    store.begin()
    store.pipeline.receive(fact(1, DAY), [])
    store.pipeline.receive(fact(2, 300 * DAY), [])
    store.commit(Position(1, 1, 300 * DAY, 0), [])
    assert store.sizes()[keyed.SALES] == 2

    store.begin()
    store.commit(Position(2, 1, 300 * DAY, 300), [], forget_at=300 * DAY)

    assert store.sizes()[keyed.SALES] == 1
    store.close()
