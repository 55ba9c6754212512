"""Alerts and dead letters from their topics into the ledger, in a thread beside the loop."""

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from alerts.alert import Alert
from alerts.ledger import Ledger
from alerts.ledger.lines import alert_from_line
from alerts.ledger.writing import record, refuse
from events.deadletters import BadRecordError, DeadLetter
from streams.worker.counts import Counts
from streams.worker.messages import Message, letter_of, read_letter

_LOG: Final = logging.getLogger(__name__)
_FIRST_WAIT: Final = 0.2
_LONGEST_WAIT: Final = 10.0


class Sink:
    """Writes to the ledger whatever comes, until it is written.

    What comes again changes nothing there: alerts have revisions, dead letters places.
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
        await self._certainly(alerts, letters)
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
        await self._certainly([], letters)
        self._moved(topic, messages)

    def _moved(self, topic: str, messages: Mapping[int, Sequence[Message]]) -> None:
        for number, run in messages.items():
            self.positions[topic, number] = run[-1].offset + 1

    async def _certainly(self, alerts: Sequence[Alert], letters: Sequence[DeadLetter]) -> None:
        wait = _FIRST_WAIT
        while True:
            try:
                await asyncio.to_thread(self._write, alerts, letters)
            except DBAPIError as error:
                if not _passing(error):
                    raise
                self._counts.ledger.set(0)
                _LOG.warning(
                    "the ledger did not take %d alerts (%s), trying again in %.1f s",
                    len(alerts),
                    type(error.orig).__name__,
                    wait,
                )
            else:
                self._counts.ledger.set(1)
                # An alert's generation is the append time of the event behind it.
                now = time.time()
                for alert in alerts:
                    self._counts.metrics.seen(now - alert.generation, 1)
                return
            await asyncio.sleep(wait)
            wait = min(2 * wait, _LONGEST_WAIT)

    def _write(self, alerts: Sequence[Alert], letters: Sequence[DeadLetter]) -> None:
        now = int(time.time() * 1000)
        with self._ledger.begin() as connection:
            record(connection, alerts, now)
            refuse(connection, letters, now)


def _passing(error: DBAPIError) -> bool:
    """Whether a database error is about the connection, a lock or space, not what was written."""
    return error.connection_invalidated or isinstance(error, (OperationalError, InterfaceError))


def _unreadable(topic: str, partition: int, message: Message, expected: str) -> DeadLetter:
    bad = BadRecordError("unreadable", "", f"{len(message.value)} bytes", expected)
    return letter_of(bad, topic, partition, message)
