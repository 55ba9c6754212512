"""Asks the monitor of this process: at once, or in a thread where long histories must be read.

An answer takes a fraction of a millisecond; handing it to a thread and back would take longer than
that whenever a batch is being processed.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from alerts.prechecks.verdict import Answer, everywhere, remarks_of
from events.kinds import Event
from streams.monitor import Monitor

_MOST_WAITING: Final = 8
"""Questions that may stand in line for the thread; with more, none would be answered in time."""


class MonitorAsker:
    """Implements `alerts.prechecks.api.Asker`."""

    def __init__(self, monitor: Monitor) -> None:
        self._monitor = monitor
        self._thread = ThreadPoolExecutor(1, "prechecks")
        self._waiting = 0

    async def ask(self, event: Event, seconds: float) -> Answer | None:
        """What the event would raise.

        When it takes too long the answer is not waited for, but what was read for it stays in
        memory, so that asking again is quicker. A question that has waited in vain is not begun.
        """
        changes = self._monitor.consider_quickly(event) if seconds > 0 else None
        if changes is not None:
            return everywhere(remarks_of(changes, event.event_id))
        if seconds <= 0 or self._waiting >= _MOST_WAITING:
            return None
        loop = asyncio.get_running_loop()
        self._waiting += 1
        looking = loop.run_in_executor(self._thread, self._look, event)
        looking.add_done_callback(self._ended)
        done, _ = await asyncio.wait((looking,), timeout=seconds)
        if not done:
            looking.cancel()
            return None
        return looking.result()

    def _ended(self, _: object) -> None:
        self._waiting -= 1

    def _look(self, event: Event) -> Answer:
        return everywhere(remarks_of(self._monitor.consider(event), event.event_id))

    def close(self) -> None:
        """Let what is being looked at end."""
        self._thread.shutdown(wait=True, cancel_futures=True)
