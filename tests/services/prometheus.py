"""A real Prometheus server, and promtool for tests of rules."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx2
from msgspec import Struct, convert

from tests.services.processes import ComponentMissingError, free_port, running, until

_ANSWER_SECONDS: Final = 10.0


class Sample(Struct, frozen=True):
    """One series of an instant query's answer: its labels, and (epoch seconds, value as text)."""

    metric: dict[str, str]
    value: tuple[float, str]


class _Result(Struct, frozen=True):
    result: list[Sample]


class _Answer(Struct, frozen=True):
    data: _Result


@dataclass(frozen=True)
class Prometheus:
    """A server that answers at `url`, without a slash at its end."""

    url: str

    def query(self, expression: str) -> list[Sample]:
        """Evaluate a PromQL expression that gives an instant vector, now."""
        answer = httpx2.get(
            f"{self.url}/api/v1/query", params={"query": expression}, timeout=_ANSWER_SECONDS
        )
        answer.raise_for_status()
        return convert(answer.json(), _Answer).data.result

    def await_samples(self, expression: str, seconds: float = 60.0) -> list[Sample]:
        """Ask until the expression gives at least one sample; TimeoutError after the seconds."""
        return until(lambda: self.query(expression), f"samples of {expression}", seconds)


@contextmanager
def start(configuration: str, directory: Path, *, port: int | None = None) -> Iterator[Prometheus]:
    """Start a server with a configuration (YAML text) on a port, by default a free one.

    Configuration, data and log (`prometheus.log`) are kept in `directory`; paths in the
    configuration are relative to it. Raises `ComponentMissingError` without the binary.
    """
    binary = find("prometheus")
    port = free_port() if port is None else port
    configured = directory / "prometheus.yml"
    configured.write_text(configuration, encoding="utf-8")
    command: list[str | Path] = [
        binary,
        f"--config.file={configured}",
        f"--storage.tsdb.path={directory / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    url = f"http://127.0.0.1:{port}"
    with running(command, directory / "prometheus.log") as server:
        server.until(lambda: _ready(url), "Prometheus to be ready")
        yield Prometheus(url)


def find(binary: str) -> Path:
    """Where `prometheus` or `promtool` is; `ComponentMissingError` where it is not."""
    found = shutil.which(binary)
    if found is None:
        raise ComponentMissingError(
            f"{binary} is missing: `make components` as root installs it, or install it (Debian:"
            " apt-get install prometheus)."
        )
    return Path(found)


def _ready(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/-/ready", timeout=_ANSWER_SECONDS).is_success
    except httpx2.TransportError:
        return False
