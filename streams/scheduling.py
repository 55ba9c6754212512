"""Exports by a cron expression, in a process of their own beside the embedded run or a worker.

Adding up half a year would keep the monitor's own process from watching. What is exported is the
last period that is over; an export that is there and whole is left as it is, so it does not matter
how often or by whom it is begun.
"""

import logging
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from croniter import croniter
from msgspec import Struct

from alerts.exports.periods import Kind, Period, ended
from alerts.exports.verifying import verify_export
from events.times import CST, moment
from streams.assembly import Assembly
from streams.metrics import Metrics
from streams.settings import Settings

_LOG: Final = logging.getLogger(__name__)
_FIELDS: Final = 5
_COMMAND: Final = (sys.executable, "-c", "from streams.cli import main; main()", "export")
_QUARTERS: Final = 4
_DAY, _MONTH, _WEEKDAY = 2, 3, 4
FOLDER: Final = "exports"


class ScheduleError(ValueError):
    """A cron expression that is none; says what was found and expected."""


class Schedule(Struct, frozen=True):
    """When to export, and which kind of period."""

    cron: str
    kind: Kind

    def next(self, now: float) -> float:
        """The next time after a moment, epoch seconds."""
        return croniter(self.cron, moment(int(now))).get_next(float)

    def last(self, now: float) -> float:
        """The last time before a moment, epoch seconds."""
        return croniter(self.cron, moment(int(now))).get_prev(float)


def schedule_of(cron: str, kind: Kind | None = None) -> Schedule | None:
    """The schedule of an expression; None for an empty one. Raises ScheduleError.

    Without a kind it is what the expression suggests: on days of a month the month, in four months
    the quarter, in two the half year; on weekdays the week; else the day.
    """
    if not cron.strip():
        return None
    fields = cron.split()
    if len(fields) != _FIELDS:
        raise ScheduleError(
            f"found the schedule {cron!r}, expected five fields: minute hour day month weekday"
        )
    try:
        told, *_ = croniter.expand(cron)
    except ValueError as error:
        raise ScheduleError(f"found the schedule {cron!r}: {error}") from None
    return Schedule(cron, kind or _suggested(told))


def _suggested(told: Sequence[Sequence[object]]) -> Kind:
    if told[_DAY] == ["*"]:
        return "day" if told[_WEEKDAY] == ["*"] else "week"
    if told[_MONTH] == ["*"]:
        return "month"
    months = len(told[_MONTH])
    return "quarter" if months == _QUARTERS else "half" if months <= 2 else "month"


class Exporter:
    """Writes the exports of a schedule, each at most once at a time.

    `data` is the folder of an embedded run, None for the workers' ledger.
    """

    def __init__(
        self,
        schedule: Schedule,
        assembly: Assembly,
        settings: Settings,
        metrics: Metrics,
        folder: Path,
        data: Path | None,
    ) -> None:
        self.schedule = schedule
        self._assembly = assembly
        self._settings = settings
        self._metrics = metrics
        self._folder = folder
        self._data = data
        self._busy = threading.Lock()

    def export(self, at: float) -> str:
        """Export what was last over at a moment; `made`, `there` or `failed`."""
        period = ended(self.schedule.kind, int(at))
        with self._busy:
            outcome = self._export(period)
        self._metrics.exports.labels(outcome).inc()
        return outcome

    def _export(self, period: Period) -> str:
        out = self._folder / period.name
        if out.is_dir() and not verify_export(out).problems:
            return "there"
        out.parent.mkdir(parents=True, exist_ok=True)
        command = [*_COMMAND, "--period", period.name, "--out", str(out)]
        for name, value in (
            ("--data", self._data),
            ("--reference", self._assembly.reference),
            ("--knowledge", self._assembly.knowledge),
            ("--models", self._assembly.models),
        ):
            if value is not None:
                command += [name, str(value)]
        # The surroundings have key, ledger and pseudonyms; a command line is seen by everybody.
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            _LOG.error("export of %s failed: %s", period.name, done.stderr.strip()[-500:])
            return "failed"
        _LOG.warning("export of %s written to %s", period.name, out)
        return "made"

    def run(self, stopped: threading.Event) -> None:
        """Export at every time of the schedule until stopped; for a thread of its own.

        What fell due while nothing ran is made up for, once exports have been made here before.
        """
        if self._folder.is_dir() and any(self._folder.iterdir()):
            self._surely(self.schedule.last(time.time()))
        while True:
            due = self.schedule.next(time.time())
            while (left := due - time.time()) > 0:
                if stopped.wait(min(left, 60.0)):
                    return
            self._surely(due)

    def _surely(self, at: float) -> None:
        try:
            self.export(at)
        except OSError as error:
            self._metrics.exports.labels("failed").inc()
            _LOG.error("export failed: %s", error.strerror)


def exporter_of(
    settings: Settings, assembly: Assembly, metrics: Metrics, data: Path | None
) -> Exporter | None:
    """What the settings ask for; None without a schedule. Raises ScheduleError."""
    schedule = schedule_of(settings.export_cron, settings.export_kind or None)
    if schedule is None:
        return None
    folder = settings.export_folder or (data / FOLDER if data is not None else None)
    if folder is None:
        raise ScheduleError("found a schedule of exports, expected FUNDWATCH_EXPORT_FOLDER too")
    return Exporter(schedule, assembly, settings, metrics, folder, data)


def told(schedule: Schedule, now: float) -> str:
    """When the next export is due, for people."""
    due = datetime.fromtimestamp(schedule.next(now), CST)
    return f"{due:%Y-%m-%d %H:%M} ({schedule.kind})"
