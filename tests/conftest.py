"""Fixtures and marks for every test: the real services, and a mark by folder."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

import hypothesis
import pytest
from playwright.sync_api import Browser

from tests.services import chromium as chromium_service
from tests.services import kafka as kafka_service
from tests.services import postgres as postgres_service
from tests.services import prometheus as prometheus_service
from tests.services.kafka import Kafka
from tests.services.postgres import Postgres
from tests.services.processes import ComponentMissingError
from tests.services.prometheus import Prometheus

Service = TypeVar("Service")
StartPrometheus = Callable[..., Prometheus]

# Hypothesis has a profile of its own for CI, without deadline and always the same; elsewhere
# only the deadline goes, because it is wall time.
if os.environ.get("CI") != "true":
    hypothesis.settings.register_profile("fundwatch", deadline=None)
    hypothesis.settings.load_profile("fundwatch")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test with the name of its folder below `tests`."""
    here = Path(__file__).parent
    for item in items:
        item.add_marker(item.path.relative_to(here).parts[0])


def obtained(obtain: Callable[[], Service]) -> Service:
    """What the call gives; where a component is missing the test is skipped, in CI it fails."""
    try:
        return obtain()
    except ComponentMissingError as missing:
        sentence = str(missing)
    if os.environ.get("CI") == "true":
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


@pytest.fixture(scope="session")
def kafka() -> Iterator[Kafka]:
    """One broker for the whole run; give each test topics of its own."""
    with ExitStack() as stack:
        yield obtained(lambda: stack.enter_context(kafka_service.start()))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for the whole run."""
    with ExitStack() as stack:
        yield obtained(lambda: stack.enter_context(postgres_service.start()))


@pytest.fixture
def postgres_db(postgres: Postgres) -> Iterator[str]:
    """SQLAlchemy URL of an empty database for this test alone."""
    with postgres.database() as url:
        yield url


@pytest.fixture
def prometheus(tmp_path: Path) -> Iterator[StartPrometheus]:
    """Call it with a configuration (and `port=`) to have a server until the end of the test."""
    with ExitStack() as stack:

        def started(configuration: str, *, port: int | None = None) -> Prometheus:
            return obtained(
                lambda: stack.enter_context(
                    prometheus_service.start(configuration, tmp_path, port=port)
                )
            )

        yield started


@pytest.fixture(scope="session")
def promtool() -> Path:
    """The promtool binary."""
    return obtained(lambda: prometheus_service.find("promtool"))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for one module's tests, which must not call `asyncio.run` meanwhile."""
    with ExitStack() as stack:
        yield obtained(lambda: stack.enter_context(chromium_service.start()))
