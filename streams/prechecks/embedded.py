"""Asks the monitor of this process, in threads beside the loop that serves."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from alerts.prechecks.verdict import Answer, everywhere, remarks_of
from events.kinds import Event
from streams.monitor import Monitor

_THREADS: Final = 2
"""One may wait for the disk while the other answers from memory."""


class MonitorAsker:
    """Implements `alerts.prechecks.api.Asker`."""

    def __init__(self, monitor: Monitor) -> None:
        self._monitor = monitor
        self._threads = ThreadPoolExecutor(_THREADS, "prechecks")

    async def ask(self, event: Event, seconds: float) -> Answer | None:
        """What the event would raise.

        When it takes too long the answer is not waited for, but what was read for it stays in
        memory, so that asking again is quicker. A question that has waited in vain is not begun.
        """
        if seconds <= 0:
            return None
        loop = asyncio.get_running_loop()
        looking = loop.run_in_executor(self._threads, self._look, event)
        done, _ = await asyncio.wait((looking,), timeout=seconds)
        if not done:
            looking.cancel()
            return None
        return looking.result()

    def _look(self, event: Event) -> Answer:
        return everywhere(remarks_of(self._monitor.consider(event), event.event_id))

    def close(self) -> None:
        """Let what is being looked at end."""
        self._threads.shutdown(wait=True, cancel_futures=True)
