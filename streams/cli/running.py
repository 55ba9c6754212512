"""`fundwatch run` and `fundwatch check`: the embedded monitor."""

import json
import signal
import sys
import threading
from pathlib import Path
from typing import Any, Final

import click

from alerts.desk.live import totals_of
from alerts.ledger import reading
from alerts.ledger.lines import alert_line
from events.codec import decode
from events.deadletters import BadRecordError
from streams.cli.desking import tell_first_link
from streams.cli.options import (
    FILE,
    NEW_FOLDER,
    SOURCE,
    assembly_of,
    assembly_options,
    progress_bar,
    require_ledger,
)
from streams.garbage import spare_garbage
from streams.monitor import Monitor
from streams.scheduling import ScheduleError, exporter_of
from streams.serving import Server, make_app
from streams.settings import Settings
from streams.sources import count_lines, follow, read_files, read_standard_input


@click.command()
@click.argument("events", nargs=-1, type=SOURCE)
@assembly_options
@click.option("--data", required=True, type=NEW_FOLDER, help="Folder of ledger, state, archive.")
@click.option("--once", is_flag=True, help="End when the sources have been read.")
@click.option("--listen", help="host:port of page, API and metrics; port 0 takes a free one.")
@click.option(
    "--export-cron",
    help='When to export what is over, "0 6 1 * *": minute hour day month weekday, UTC+8.',
)
@click.option(
    "--export-kind",
    type=click.Choice(["day", "week", "month", "quarter", "half"]),
    help="Which period is exported; by default what the expression suggests.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
def run(
    events: tuple[Path, ...],
    data: Path,
    once: bool,
    listen: str | None,
    export_cron: str | None,
    export_kind: str | None,
    as_json: bool,
    **choices: Any,
) -> None:
    """Watch files, folders, standard input or HTTP in one process, and keep everything in DATA.

    Goes on where the last run stopped. Without EVENTS it reads standard input if something is
    piped in, and takes events over HTTP: POST /v1/events, NDJSON, with a token that
    `fundwatch users token NAME --send --data DATA` makes. The first time, it prints the link by
    which the administrator comes in.
    """
    settings = _scheduled(Settings(), export_cron, export_kind)
    assembly = assembly_of(settings, choices)
    monitor = Monitor(data, assembly, settings)
    spare_garbage()
    stopped = threading.Event()
    try:
        exporter = exporter_of(settings, assembly, monitor.metrics, data)
    except ScheduleError as error:
        monitor.close()
        raise click.BadParameter(str(error), param_hint="--export-cron") from None
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    signal.signal(signal.SIGHUP, lambda *_: monitor.policy.ask())
    try:
        address = listen or settings.listen
        with Server(make_app(monitor, address, settings, assembly.reference), address) as server:
            click.echo(f"live page: {server.address}", err=True)
            if not once:
                monitor.risk.start()
                tell_first_link(monitor.ledger, settings.public_url or server.address)
            done = _read(monitor, events, settings, stopped, once=once)
            monitor.rank()
            if not once and not stopped.is_set():
                if exporter is not None:
                    threading.Thread(target=exporter.run, args=(stopped,), daemon=True).start()
                _stay(monitor, events, settings, stopped)
        _report(monitor, done, as_json=as_json)
    finally:
        monitor.close()


def _scheduled(settings: Settings, cron: str | None, kind: str | None) -> Settings:
    """The settings with what the command line says of exports."""
    told = {"export_cron": cron, "export_kind": kind}
    return settings.model_copy(update={name: one for name, one in told.items() if one is not None})


class _StoppedError(Exception):
    """The run was asked to end; what is committed is kept, the next run goes on from there."""


def _read(
    monitor: Monitor,
    events: tuple[Path, ...],
    settings: Settings,
    stopped: threading.Event,
    *,
    once: bool,
) -> int:
    size = settings.batch_events
    reached = 0
    if events:
        total = count_lines(events) if sys.stderr.isatty() else None
        with progress_bar("watching", total) as told:

            def committed(done: int) -> None:
                nonlocal reached
                reached = done
                told(done)
                if stopped.is_set():
                    raise _StoppedError

            try:
                return read_files(monitor, events, size, committed, whole=once)
            except _StoppedError:
                return reached
    if not sys.stdin.isatty():
        with progress_bar("watching") as told:
            return read_standard_input(
                monitor, size, told, within=settings.batch_seconds, stopped=stopped
            )
    return 0


def _stay(
    monitor: Monitor, events: tuple[Path, ...], settings: Settings, stopped: threading.Event
) -> None:
    try:
        if events:
            follow(monitor, events, settings.batch_events, stopped)
        else:
            stopped.wait()
    except KeyboardInterrupt:
        click.echo("stopped", err=True)


def _report(monitor: Monitor, done: int, *, as_json: bool) -> None:
    with monitor.ledger.read() as connection:
        totals = totals_of(reading.counts(connection))
    if as_json:
        told = {
            "records": done,
            "open": totals.open,
            "withdrawn": totals.withdrawn,
            "amount": str(totals.amount),
        }
        click.echo(json.dumps(told))
    else:
        click.echo(
            f"{done} records read; {totals.open} open alerts ({totals.grave} clear breaches,"
            f" {totals.amount:,} yuan), {totals.withdrawn} withdrawn"
        )


@click.command()
@click.argument("event", type=FILE)
@assembly_options
@click.option("--data", required=True, type=NEW_FOLDER, help="Folder of ledger and state.")
def check(event: Path, data: Path, **choices: Any) -> None:
    """Say what an event would raise now, without keeping anything of it: one JSON line an alert."""
    settings = Settings()
    require_ledger(data)
    monitor = Monitor(data, assembly_of(settings, choices), settings)
    try:
        raised = monitor.check(decode(event.read_bytes()).event)
    except BadRecordError as bad:
        raise click.ClickException(f"{event}: {bad}") from None
    finally:
        monitor.close()
    for alert in raised:
        click.echo(alert_line(alert).decode())


COMMANDS: Final = (run, check)
