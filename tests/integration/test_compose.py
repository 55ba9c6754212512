"""Every command of compose.yaml, run as it stands there, with addresses and paths of the test."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from sqlalchemy import make_url

from simulation import simulate
from tests.conftest import obtained
from tests.services import kafka, prometheus
from tests.services.postgres import Postgres
from tests.services.processes import REPOSITORY, Process, free_port, running, until
from tests.services.prometheus import Prometheus

COMPOSE: Final[dict[str, Any]] = yaml.safe_load((REPOSITORY / "compose.yaml").read_text("utf-8"))
SERVICES: Final[dict[str, Any]] = COMPOSE["services"]
OURS: Final = ("worker-1", "worker-2", "desk")
_PATIENCE: Final = 180.0


@dataclass
class Cluster:
    """What runs: addresses by service, and processes of ours."""

    ports: Mapping[str, int]
    folder: Path
    processes: Mapping[str, Process]
    environment: Mapping[str, str]

    def healthy(self, name: str) -> bool:
        """Whether the health check of a service of ours, as it stands there, succeeds."""
        _, program, *words = SERVICES[name]["healthcheck"]["test"]
        assert program == "python"
        told = re.sub(r":835\d/", f":{self.ports[name]}/", words[-1])
        done = subprocess.run([sys.executable, *words[:-1], told], check=False, capture_output=True)
        return done.returncode == 0

    def run(self, *words: str) -> str:
        """What a command of fundwatch says within the cluster."""
        command = [sys.executable, "-c", "from streams.cli import main; main()", *words]
        done = subprocess.run(
            command,
            cwd=REPOSITORY,
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout


@pytest.fixture(scope="module")
def cluster(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Kafka, PostgreSQL, workers and desk as compose.yaml has them."""
    folder = tmp_path_factory.mktemp("cluster")
    simulate(folder / "made", seed=2, persons=300, days=20)
    ports = {name: free_port() for name in OURS}
    with ExitStack() as stack:
        broker = obtained(lambda: stack.enter_context(_kafka(folder)))
        url = stack.enter_context(postgres.database())
        environment = _environment(folder, broker, url)
        processes = {}
        for name in OURS:
            command = _command(name, folder, ports[name])
            run = running(command, folder / f"{name}.log", env=environment)
            processes[name] = stack.enter_context(run)
        found = Cluster(ports, folder, processes, environment)
        for name, process in processes.items():
            process.until(partial(found.healthy, name), f"{name} healthy", _PATIENCE)
        yield found


@contextmanager
def _kafka(folder: Path) -> Iterator[str]:
    """The broker with the settings of compose.yaml, on ports and in a folder of the test."""
    port, controller = free_port(), free_port()
    properties = {
        name.removeprefix("KAFKA_").lower().replace("_", "."): value
        for name, value in SERVICES["kafka"]["environment"].items()
    }
    properties["log.dirs"] = str(folder / "kafka")
    for name, value in properties.items():
        moved = re.sub(r"(kafka)?:9092", f"127.0.0.1:{port}", value)
        properties[name] = re.sub(r"(kafka)?:9093", f"127.0.0.1:{controller}", moved)
    text = "".join(f"{name}={value}\n" for name, value in properties.items())
    with kafka.configured(folder, text, port) as bootstrap:
        yield bootstrap


def _environment(folder: Path, broker: str, url: str) -> dict[str, str]:
    """The variables of the services of ours, and the secrets that the script makes."""
    subprocess.run(
        [REPOSITORY / "tools" / "secrets.sh", folder / "secrets"], check=True, capture_output=True
    )
    secret = folder / "secrets" / "fundwatch_postgres"
    written = make_url(secret.read_text())
    here = make_url(url)
    assert (written.drivername, written.database) == (here.drivername, "fundwatch")
    secret.chmod(0o600)
    secret.write_text(here.render_as_string(hide_password=False))
    (declared,) = {tuple(SERVICES[name]["environment"].items()) for name in OURS}
    moved = {
        "FUNDWATCH_SECRETS": str(folder / "secrets"),
        "FUNDWATCH_REFERENCE": str(folder / "made" / "reference"),
        "FUNDWATCH_KAFKA": broker,
        "FUNDWATCH_WORKER_BIND": "127.0.0.1",
    }
    inherited = {name: value for name, value in os.environ.items() if "FUNDWATCH" not in name}
    return {**inherited, **dict(declared), **moved}


def _command(name: str, folder: Path, port: int) -> list[str | Path]:
    """The command of a service of ours, with a folder and a port of the test."""
    words = [
        word.replace("/data", str(folder / name)) if word == "/data" else word
        for word in SERVICES[name]["command"]
    ]
    words = [re.sub(r"^0\.0\.0\.0:\d+$", f"127.0.0.1:{port}", word) for word in words]
    words = [str(port) if word == "8351" else word for word in words]
    return [sys.executable, "-c", "from streams.cli import main; main()", *words]


def test_what_is_fed_comes_to_the_desk_through_both_workers(cluster: Cluster) -> None:
    told = cluster.run("feed", "--json", str(cluster.folder / "made" / "events.ndjson"))

    assert '"rejected": 0' in told
    with _prometheus(cluster) as server:
        taken = "sum(fundwatch_events_total)"
        fed = len((cluster.folder / "made" / "events.ndjson").read_bytes().splitlines())
        server.await_samples(f"{taken} == {fed}", _PATIENCE)
        # Both have partitions, and the desk shows what both wrote.
        server.await_samples("count(count by (instance) (fundwatch_lag_records)) == 2", _PATIENCE)
        server.await_samples("sum(fundwatch_lag_records) == 0", _PATIENCE)
        server.await_samples("sum(fundwatch:open_alerts) > 0", _PATIENCE)
        server.await_samples("count(fundwatch:fund_indicator) > 0", _PATIENCE)
    assert all(cluster.healthy(name) for name in OURS)


def test_a_worker_that_ends_leaves_its_partitions_to_the_other(cluster: Cluster) -> None:
    process = cluster.processes["worker-2"]
    process.child.terminate()
    process.child.wait(60)

    def alone() -> bool:
        return cluster.healthy("worker-1") and not cluster.healthy("worker-2")

    until(alone, "worker-1 to be healthy alone", _PATIENCE)
    assert process.child.returncode == 0


@contextmanager
def _prometheus(cluster: Cluster) -> Iterator[Prometheus]:
    """Prometheus with the configuration of compose.yaml; only addresses and pace are the test's."""
    configured = yaml.safe_load((REPOSITORY / "deploy" / "prometheus.yml").read_text("utf-8"))
    configured["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    configured["rule_files"] = [str(REPOSITORY / "dashboards" / "prometheus" / "rules.yaml")]
    (job,) = configured["scrape_configs"]
    job["static_configs"] = [
        {"targets": [f"127.0.0.1:{cluster.ports[name]}" for name in OURS]},
    ]
    folder = cluster.folder / "prometheus"
    folder.mkdir()
    (flag, *_) = SERVICES["prometheus"]["command"]
    assert flag == "--config.file=/etc/prometheus/prometheus.yml"
    with ExitStack() as stack:
        started = prometheus.start(yaml.safe_dump(configured), folder)
        yield obtained(lambda: stack.enter_context(started))


def test_prometheus_takes_its_configuration_and_its_flags(promtool: Path, tmp_path: Path) -> None:
    configured = (REPOSITORY / "deploy" / "prometheus.yml").read_text("utf-8")
    rules = REPOSITORY / "dashboards" / "prometheus" / "rules.yaml"
    written = tmp_path / "prometheus.yml"
    written.write_text(configured.replace("/etc/prometheus/rules.yaml", str(rules)), "utf-8")
    checked = subprocess.run([promtool, "check", "config", written], check=False)
    flags = [word.partition("=")[0] for word in SERVICES["prometheus"]["command"]]
    helped = subprocess.run(
        [promtool.with_name("prometheus"), "--help"], check=False, capture_output=True, text=True
    )

    assert checked.returncode == 0
    assert all(flag in helped.stdout + helped.stderr for flag in flags)
