"""However a partition of events is cut and delivered again, the archive holds each message once."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from alerts.ledger import Ledger, archive
from streams.metrics import Metrics
from streams.worker.archiving import Archive
from streams.worker.counts import Counts
from streams.worker.messages import Message
from streams.worker.partitioning import home_of
from streams.worker.reading import read_events
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


class Run:
    """Messages of partition 1 on their way through an archive, and what was given back."""

    def __init__(self, ledger: Ledger) -> None:
        self.archive = Archive(TOPIC, PARTITIONS, Sink(ledger, Counts(Metrics())).events)
        self.released: list[str] = []

    async def release(self) -> None:
        self.released.append("once")

    async def take(self, run: Sequence[Message], read: Sequence[Message] = ()) -> None:
        """Add messages, some of which a stage has read; archive them."""
        self.archive.expect({1: run})
        for one in read:
            self.archive.note(1, one, read_events(TOPIC, 1, PARTITIONS, one))
        await self.archive.add({1: run}, self.release)
        before = list(self.released)
        await self.archive.flush()
        assert self.released == [*before, "once"]


def test_runs_that_overlap_are_kept_once(ledger: Ledger) -> None:
    mine = [message(offset, psn_no=person(1)) for offset in range(10)]
    for run in (mine[:4], mine[2:6], mine[:3], mine[5:]):
        asyncio.run(Run(ledger).take(run))

    assert kept(ledger) == [f"e{offset}" for offset in range(10)]


def test_read_by_the_stage_or_passed_over_by_it_all_is_kept(ledger: Ledger) -> None:
    mine = [message(offset, psn_no=person(1)) for offset in range(9)]
    run = Run(ledger)
    for begin, read in ((0, mine[:3]), (3, mine[4:5]), (6, [])):
        asyncio.run(run.take(mine[begin : begin + 3], read))

    assert kept(ledger) == [f"e{offset}" for offset in range(9)]


def test_what_the_stage_caught_up_with_is_not_remembered(ledger: Ledger) -> None:
    mine = [message(offset, psn_no=person(1)) for offset in range(5)]
    asyncio.run(Run(ledger).take(mine[3:], mine))

    assert kept(ledger) == ["e3", "e4"]


def test_what_is_no_event_here_is_not_archived(ledger: Ledger) -> None:
    stray = message(0, psn_no=person(0))
    bad = Message(1, STAMP, b"{}")
    good = message(2, psn_no=person(1))
    early = message(3, psn_no=person(1), stamp=0)
    run = [stray, bad, good, early, Message(4, STAMP, b"")]
    asyncio.run(Run(ledger).take(run))

    assert kept(ledger) == ["e2"]


def test_a_topic_made_anew_is_archived_from_its_beginning(ledger: Ledger) -> None:
    old = [message(offset, psn_no=person(1)) for offset in range(5)]
    new = [message(offset, psn_no=person(1), stamp=STAMP + 1000, form="n{}") for offset in range(3)]
    for run in (old, new, new):
        asyncio.run(Run(ledger).take(run))

    assert kept(ledger) == [*(f"e{n}" for n in range(5)), *(f"n{n}" for n in range(3))]


def test_who_adds_much_waits_for_the_archive(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streams.worker.archiving.MOST_BYTES", 1)
    run = Run(ledger)
    asyncio.run(run.archive.add({1: [message(0, psn_no=person(1))]}, run.release))

    assert run.released == ["once"]
    assert kept(ledger) == ["e0"]
