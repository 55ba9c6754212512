"""Alerts, dead letters and events from their topics into the ledger, beside the loop."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

import msgspec
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from alerts.alert import Alert
from alerts.ledger import Ledger, archive, trials
from alerts.ledger.lines import alert_from_line
from alerts.ledger.writing import record, refuse
from events.deadletters import BadRecordError, DeadLetter
from streams.worker.archiving import Filed
from streams.worker.counts import Counts
from streams.worker.messages import Message, letter_of, read_letter

_LOG: Final = logging.getLogger(__name__)
_FIRST_WAIT: Final = 0.2
_LONGEST_WAIT: Final = 10.0


class Sink:
    """Writes to the ledger whatever comes, until it is written.

    What comes again changes nothing there: alerts have revisions, dead letters places, and of each
    partition of events it stands how far it is archived.
    """

    def __init__(self, ledger: Ledger, counts: Counts) -> None:
        self._ledger = ledger
        self._counts = counts
        self.positions: dict[tuple[str, int], int] = {}
        """Next offset by topic and partition."""

    async def alerts(self, topic: str, messages: Mapping[int, Sequence[Message]]) -> None:
        """Record alerts by partition, each partition's in order; return when committed."""
        alerts: list[Alert] = []
        letters: list[DeadLetter] = []
        for number, run in messages.items():
            for message in run:
                try:
                    alerts.append(alert_from_line(message.value))
                except (msgspec.MsgspecError, UnicodeDecodeError, ValueError, RecursionError):
                    letters.append(_unreadable(topic, number, message, "an alert"))
        self._counts.metrics.refused(letters)
        await self.certainly(partial(_told, alerts, letters))
        # An alert's generation is the append time of the event behind it.
        now = time.time()
        for alert in trials.parted(alerts)[0]:
            self._counts.metrics.seen(now - alert.generation, 1)
        self._moved(topic, messages)

    async def dead_letters(self, topic: str, messages: Mapping[int, Sequence[Message]]) -> None:
        """Keep dead letters; return when committed."""
        letters: list[DeadLetter] = []
        for number, run in messages.items():
            for message in run:
                try:
                    letters.append(read_letter(message.value))
                except (msgspec.MsgspecError, UnicodeDecodeError, ValueError, RecursionError):
                    letters.append(_unreadable(topic, number, message, "a dead letter"))
        await self.certainly(partial(_told, [], letters))
        self._moved(topic, messages)

    async def events(self, topic: str, runs: Mapping[int, Sequence[Filed]]) -> None:
        """Archive events by partition; return when committed."""
        await self.certainly(partial(_archive, topic, runs))

    def _moved(self, topic: str, messages: Mapping[int, Sequence[Message]]) -> None:
        for number, run in messages.items():
            self.positions[topic, number] = run[-1].offset + 1

    async def certainly(self, work: Callable[[Connection], None]) -> None:
        """Do something in a transaction of the ledger, again until it is committed."""
        wait = _FIRST_WAIT
        while True:
            try:
                await asyncio.to_thread(self._write, work)
            except DBAPIError as error:
                if not _passing(error):
                    raise
                self._counts.ledger.set(0)
                _LOG.warning(
                    "the ledger did not take a batch (%s), trying again in %.1f s",
                    type(error.orig).__name__,
                    wait,
                )
            else:
                self._counts.ledger.set(1)
                return
            await asyncio.sleep(wait)
            wait = min(2 * wait, _LONGEST_WAIT)

    def _write(self, work: Callable[[Connection], None]) -> None:
        with self._ledger.begin() as connection:
            work(connection)


def _told(alerts: Sequence[Alert], letters: Sequence[DeadLetter], connection: Connection) -> None:
    now = int(time.time() * 1000)
    told, tried = trials.parted(alerts)
    record(connection, told, now)
    trials.record_trials(connection, tried, now)
    refuse(connection, letters, now)


def _archive(topic: str, runs: Mapping[int, Sequence[Filed]], connection: Connection) -> None:
    """Keep what the archive has not yet of each partition, as one block."""
    for number, run in sorted(runs.items()):
        source = f"{topic}/{number}"
        position, stamp = archive.resume(connection, source)
        # A lower offset that came later than what is kept is of a topic that was made anew.
        new = [one for one in run if one.offset >= position or one.stamp > stamp]
        if new:
            archive.keep(connection, [kept for one in new for kept in one.kept])
            archive.passed(connection, source, new[-1].offset + 1, new[-1].stamp)


def _passing(error: DBAPIError) -> bool:
    """Whether a database error is about the connection, a lock or space, not what was written."""
    return error.connection_invalidated or isinstance(error, (OperationalError, InterfaceError))


def _unreadable(topic: str, partition: int, message: Message, expected: str) -> DeadLetter:
    bad = BadRecordError("unreadable", "", f"{len(message.value)} bytes", expected)
    return letter_of(bad, topic, partition, message)
