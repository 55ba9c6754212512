"""Runs a worker in this process until it is told to stop or a fault stops it."""

import asyncio
import logging
import signal
import socket
import sqlite3
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from threading import Timer
from typing import Final, NoReturn

import faust
from sqlalchemy.exc import SQLAlchemyError

from alerts.ledger import Ledger, LedgerError
from streams.assembly import Assembly, assemble
from streams.garbage import spare_garbage
from streams.settings import Settings
from streams.worker.application import Parts, add_agents
from streams.worker.store import StoreError
from streams.worker.topics import TopicError, ensure_topics, layout_of

_LOG: Final = logging.getLogger(__name__)
_TOLD: Final = (LedgerError, StoreError, TopicError, OSError)
"""Errors whose text holds nothing of any person."""
_END_SECONDS: Final = 30.0
_FAILED: Final = 1


class WorkerStoppedError(RuntimeError):
    """A fault stopped the worker; says which."""


def run_worker(
    settings: Settings,
    assembly: Assembly,
    folder: Path,
    *,
    web_port: int = 0,
    loglevel: str = "warning",
    ready: Callable[[str], None] = lambda _: None,
) -> None:
    """Run one worker until SIGTERM or SIGINT; `ready` is told the address of its pages.

    Raises TopicError, LedgerError, StoreError or what is wrong with a file before it starts, and
    WorkerStoppedError where something stopped it that it must not go on from.
    """
    folder.mkdir(parents=True, exist_ok=True)
    engine = assemble(assembly)
    spare_garbage()
    with Ledger.open(
        settings.postgres.get_secret_value(), created_ms=int(time.time() * 1000)
    ) as ledger:
        asyncio.run(ensure_topics(layout_of(settings)))
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        parts = Parts(
            settings,
            engine,
            ledger,
            folder,
            web_port or _free_port(),
            assembly,
        )
        loop.add_signal_handler(signal.SIGHUP, parts.policy.ask)
        stop = _Stop(parts, loglevel)
        add_agents(parts, settings, stop.because)
        ready(f"http://127.0.0.1:{parts.app.conf.web_port}")
        stop.run(loop)


class _Stop:
    """Runs Faust's worker, and stops it when a fault is told."""

    def __init__(self, parts: Parts, loglevel: str) -> None:
        self._parts = parts
        self._loglevel = loglevel
        self._worker: faust.Worker | None = None
        self._fault = ""

    async def because(self, error: BaseException) -> None:
        """Stop the worker; does not return, so that nothing more is acknowledged."""
        if not self._fault:
            self._fault = describe(error)
            _LOG.critical("stopping: %s", self._fault)
            # Should stopping itself hang, the process must still end, and say so.
            timer = Timer(_END_SECONDS, _end, (self._fault,))
            timer.daemon = True
            timer.start()
            if self._worker is not None:
                stopping = asyncio.ensure_future(self._worker.stop())
                await asyncio.shield(asyncio.wait([stopping]))
        await asyncio.Event().wait()

    def run(self, loop: asyncio.AbstractEventLoop) -> None:
        """Run until stopped. Raises WorkerStoppedError."""
        self._worker = faust.Worker(
            self._parts.app, loop=loop, loglevel=self._loglevel, quiet=True, redirect_stdouts=False
        )
        self._worker.spinner = None
        try:
            self._worker.execute_from_commandline()
        except SystemExit as ended:
            if self._fault:
                raise WorkerStoppedError(self._fault) from None
            if ended.code:
                raise WorkerStoppedError("Faust ended with an error; its log says which") from None
        finally:
            self._parts.close()


def describe(error: BaseException) -> str:
    """What went wrong and where, without values that an unforeseen error may quote."""
    if isinstance(error, SQLAlchemyError):
        return f"the ledger: {type(error).__name__}: {type(getattr(error, 'orig', None)).__name__}"
    if isinstance(error, sqlite3.Error):
        return f"the state files cannot be written: {error}; is there room in the data folder?"
    if isinstance(error, _TOLD):
        return f"{type(error).__name__}: {error}"
    frames = traceback.extract_tb(error.__traceback__)
    places = " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames))
    return f"{type(error).__name__} at {places}"


def _end(fault: str) -> NoReturn:
    import os

    sys.stderr.write(f"fundwatch: {fault}\n")
    sys.stderr.flush()
    os._exit(_FAILED)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
