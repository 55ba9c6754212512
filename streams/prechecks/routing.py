"""The routes of the verdict before payment, over this process's monitor or over the workers."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter

from alerts.ledger import Ledger
from alerts.prechecks.api import precheck_router
from streams.metrics import Metrics
from streams.monitor import Monitor
from streams.prechecks.embedded import MonitorAsker
from streams.prechecks.kafka import KafkaAsker
from streams.settings import Settings
from streams.worker.topics import Layout


def precheck_routes(monitor: Monitor, allowed: Callable[..., str | Awaitable[str]]) -> APIRouter:
    """The routes over a monitor; `allowed` gives the name of whoever asks, or refuses."""
    return precheck_router(
        MonitorAsker(monitor),
        monitor.ledger,
        allowed,
        seconds=monitor.settings.precheck_seconds,
        observe=monitor.metrics.prechecked,
    )


def worker_precheck_routes(
    layout: Layout,
    ledger: Ledger,
    metrics: Metrics,
    settings: Settings,
    allowed: Callable[..., str | Awaitable[str]],
) -> APIRouter:
    """The routes over the workers of an installation, asked through Kafka."""
    asker = KafkaAsker(layout)
    return precheck_router(
        asker,
        ledger,
        allowed,
        seconds=settings.precheck_seconds,
        observe=metrics.prechecked,
        lifespan=asker.running,
    )
