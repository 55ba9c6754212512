"""The routes of the verdict before payment, as the embedded run has them."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter

from alerts.prechecks.api import precheck_router
from streams.monitor import Monitor
from streams.prechecks.embedded import MonitorAsker


def precheck_routes(monitor: Monitor, allowed: Callable[..., str | Awaitable[str]]) -> APIRouter:
    """The routes over a monitor; `allowed` gives the name of whoever asks, or refuses."""
    return precheck_router(
        MonitorAsker(monitor),
        monitor.ledger,
        allowed,
        seconds=monitor.settings.precheck_seconds,
        observe=monitor.metrics.prechecked,
    )
