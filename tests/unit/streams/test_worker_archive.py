"""However a partition of events is cut and delivered again, the archive holds each message once."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts.ledger import Ledger, archive
from streams.metrics import Metrics
from streams.worker.counts import Counts
from streams.worker.messages import Message
from streams.worker.partitioning import home_of
from streams.worker.sink import Sink

STAMP = 1_900_000_000
PARTITIONS = 2
TOPIC = "t.events"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger."""
    with Ledger.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}") as opened:
        yield opened


def person(partition: int) -> str:
    """A person whose messages go to a partition."""
    return next(key for key in map(str, range(100)) if home_of(key, PARTITIONS) == partition)


def message(offset: int, *, psn_no: str, stamp: int = STAMP, form: str = "e{}") -> Message:
    """A message with one account credit in it."""
    line = (
        f'{{"event_type":"account_credit","event_id":"{form.format(offset)}",'
        f'"event_time":"2026-01-01T08:00:00+08:00","psn_no":"{psn_no}","amt":1}}'
    )
    return Message(offset, stamp + offset, line.encode())


def kept(ledger: Ledger) -> list[str]:
    """Ids in the archive, also those that stand there twice."""
    with ledger.read() as connection:
        return sorted(
            archive.kept_of(line).event_id
            for _, lines in archive.blocks(connection)
            for line in lines
        )


def test_runs_that_overlap_are_kept_once(ledger: Ledger) -> None:
    sink = Sink(ledger, Counts(Metrics()), PARTITIONS)
    mine = [message(offset, psn_no=person(1)) for offset in range(10)]
    for run in (mine[:4], mine[2:6], mine[:3], mine[5:]):
        asyncio.run(sink.events(TOPIC, {1: run}))

    assert kept(ledger) == [f"e{offset}" for offset in range(10)]


def test_what_is_no_event_here_is_not_archived(ledger: Ledger) -> None:
    sink = Sink(ledger, Counts(Metrics()), PARTITIONS)
    stray = message(0, psn_no=person(0))
    bad = Message(1, STAMP, b"{}")
    good = message(2, psn_no=person(1))
    early = message(3, psn_no=person(1), stamp=0)
    asyncio.run(sink.events(TOPIC, {1: [stray, bad, good, early, Message(4, STAMP, b"")]}))

    assert kept(ledger) == ["e2"]


def test_a_topic_made_anew_is_archived_from_its_beginning(ledger: Ledger) -> None:
    sink = Sink(ledger, Counts(Metrics()), PARTITIONS)
    old = [message(offset, psn_no=person(1)) for offset in range(5)]
    new = [message(offset, psn_no=person(1), stamp=STAMP + 1000, form="n{}") for offset in range(3)]
    asyncio.run(sink.events(TOPIC, {1: old}))
    asyncio.run(sink.events(TOPIC, {1: new}))
    asyncio.run(sink.events(TOPIC, {1: new}))

    assert kept(ledger) == [*(f"e{n}" for n in range(5)), *(f"n{n}" for n in range(3))]
