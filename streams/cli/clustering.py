"""`fundwatch worker` and `fundwatch feed`: the rules on a Kafka cluster."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any, Final

import click
from aiokafka.errors import KafkaError
from msgspec import structs

from streams.cli.options import (
    NEW_FOLDER,
    SOURCE,
    assembly_of,
    assembly_options,
    progress_bar,
)
from streams.settings import Settings
from streams.worker.security import SecurityError
from streams.worker.topics import TopicError


@click.command()
@assembly_options
@click.option("--data", required=True, type=NEW_FOLDER, help="Folder of the state files.")
@click.option(
    "--web-port",
    default=0,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port of /metrics and /health on the loopback interface; 0 takes a free one.",
)
@click.option(
    "--loglevel",
    default="warning",
    show_default=True,
    # Below these, the libraries log the keys of messages.
    type=click.Choice(["info", "warning", "error"]),
)
def worker(data: Path, web_port: int, loglevel: str, **choices: Any) -> None:
    """Watch the events topic as one of several workers that share its partitions.

    Kafka, topics and ledger are set by FUNDWATCH_KAFKA, FUNDWATCH_TOPIC_PREFIX,
    FUNDWATCH_PARTITIONS, FUNDWATCH_REPLICATION and FUNDWATCH_POSTGRES. Workers of one machine may
    share DATA; on several machines each has its own.
    """
    from streams.scheduling import ScheduleError
    from streams.worker.running import WorkerStoppedError, run_worker
    from streams.worker.store import StoreError

    settings = Settings()
    try:
        run_worker(
            settings,
            assembly_of(settings, choices),
            data,
            web_port=web_port,
            loglevel=loglevel,
            ready=lambda address: click.echo(f"metrics: {address}/metrics", err=True),
        )
    except (
        ScheduleError,
        TopicError,
        SecurityError,
        StoreError,
        WorkerStoppedError,
    ) as error:
        click.echo(f"fundwatch: {error}", err=True)
        sys.exit(1)


@click.command()
@click.argument("events", nargs=-1, required=True, type=SOURCE)
@click.option("--kafka", help="Bootstrap servers, host:port with commas; FUNDWATCH_KAFKA.")
@click.option(
    "--batch",
    default=200,
    show_default=True,
    type=click.IntRange(1, 2000),
    help="Most events in one message.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was sent as JSON.")
def feed(events: tuple[Path, ...], kafka: str | None, batch: int, as_json: bool) -> None:
    """Send files or folders of events to the events topic, keyed as the contract says.

    Records that are no events go to the dead letters with their reason.
    """
    from streams.worker.feeding import feed as send
    from streams.worker.topics import layout_of

    settings = Settings()
    layout = layout_of(settings)
    if kafka:
        layout = structs.replace(layout, bootstrap=kafka)
    try:
        with progress_bar("feeding") as told:
            fed = asyncio.run(send(layout, events, batch=batch, progress=told))
    except (TopicError, SecurityError) as error:
        click.echo(f"fundwatch: {error}", err=True)
        sys.exit(1)
    except KafkaError as error:
        click.echo(f"fundwatch: Kafka did not take the events: {type(error).__name__}", err=True)
        sys.exit(1)
    if as_json:
        click.echo(json.dumps({name: getattr(fed, name) for name in fed.__struct_fields__}))
    else:
        click.echo(
            f"{fed.events} events in {fed.messages} messages, {fed.rejected} records refused"
        )


COMMANDS: Final = (worker, feed)
