"""`fundwatch desk`: the supervisors' desk by itself, over the ledger of a run or of the workers."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import click

from alerts.desk.application import first_link, make_desk
from alerts.ledger import Ledger
from alerts.prechecks.callers import counter_name
from alerts.risk.budget import load_budget
from rules.histories.digests import use_key
from streams.assembly import assemble
from streams.cli.options import FOLDER, assembly_of, assembly_options, require_ledger
from streams.identity import oidc_of
from streams.lag import KafkaLag
from streams.ledger_metrics import serve_ledger
from streams.metrics import Metrics
from streams.monitor import open_ledger
from streams.prechecks.routing import worker_precheck_routes
from streams.risk_metrics import RiskWatch
from streams.serving import Server, metric_routes, world_of
from streams.settings import Settings
from streams.worker.topics import layout_of


@contextmanager
def opened(data: Path | None, settings: Settings) -> Iterator[Ledger]:
    """The ledger of an embedded run's folder, or else that of the workers."""
    use_key(settings.pseudonym_key.get_secret_value().encode())
    now_ms = int(time.time() * 1000)
    if data is not None:
        ledger = open_ledger(data)
    else:
        ledger = Ledger.open(settings.postgres.get_secret_value(), created_ms=now_ms)
    with ledger:
        yield ledger


def tell_first_link(ledger: Ledger, address: str) -> None:
    """Print how the first administrator comes in, as long as there is none."""
    link = first_link(ledger, address, int(time.time() * 1000))
    if link:
        click.echo(f"首位管理员（一次有效） first administrator, works once: {link}", err=True)


@click.command()
@click.option("--data", type=FOLDER, help="Folder of an embedded run; else FUNDWATCH_POSTGRES.")
@assembly_options
@click.option("--listen", help="host:port; port 0 takes a free one. FUNDWATCH_LISTEN.")
def desk(data: Path | None, listen: str | None, **choices: Any) -> None:
    """Serve the supervisors' desk over a ledger that others write.

    A run serves its own desk; this one is for the ledger of the workers, and for looking at a run
    that has ended. Names of areas and institutions, and the policy that alerts are explained by,
    come from the options. The first time, it prints the link by which the administrator comes in.
    """
    settings = Settings()
    if data is not None:
        require_ledger(data)
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    address = listen or settings.listen
    assembly = assembly_of(settings, choices)
    with opened(data, settings) as ledger:
        engine = assemble(assembly)
        world = world_of(engine, assembly.reference)
        reference = world.reference
        metrics = Metrics(reference.institutions)
        risk = RiskWatch(
            ledger,
            engine.context.policy,
            reference,
            load_budget(assembly.reference),
            settings.risk_seconds,
        )
        serve_ledger(
            metrics.registry,
            ledger,
            metrics.area,
            reference.institutions,
            settings.figures_seconds,
            [risk.reading(metrics.area)],
        )
        routers = [metric_routes(metrics.text)]
        if data is None:
            # The workers know every person; a run that has ended knows nobody any more.
            routers.append(
                worker_precheck_routes(layout_of(settings), ledger, metrics, settings, counter_name)
            )
        app = make_desk(
            ledger,
            address,
            public_url=settings.public_url,
            oidc=oidc_of(settings),
            routers=routers,
            world=world,
            sent=metrics.sent,
            health=None if data is not None else _lag(settings, ledger),
        )
        with Server(app, address) as server:
            click.echo(f"desk: {server.address}", err=True)
            risk.start()
            tell_first_link(ledger, settings.public_url or server.address)
            try:
                stopped.wait()
            except KeyboardInterrupt:
                click.echo("stopped", err=True)
            finally:
                risk.stop()


def _lag(settings: Settings, ledger: Ledger) -> KafkaLag:
    return KafkaLag(layout_of(settings), ledger)


COMMANDS: Final = (desk,)
