"""An installation that a real Prometheus watches: an embedded run, a worker, and work done."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx2

from alerts.access import tokens, users
from alerts.cases import opening, work
from alerts.ledger import Ledger
from alerts.ledger.reading import ALL, standing
from dashboards.files import GROUPS, RULES
from simulation import simulate
from streams.monitor import open_ledger
from tests.integration.workers import Installation
from tests.services import prometheus
from tests.services.processes import REPOSITORY, free_port, running, until
from tests.services.prometheus import Prometheus

COMMAND: Final = (sys.executable, "-c", "from streams.cli import main; main()")
PARTS: Final = 4
WINDOW: Final = "2m"
"""Stands for Grafana's `$__rate_interval`: long enough to hold everything the test did."""
CONFIRMED: Final = 4
DISMISSED: Final = 2
AMOUNTS: Final = (12_345, 2_345)
"""Confirmed and recovered of each confirmed alert, fen."""
_PATIENCE: Final = 120.0
_REFUSED: Final = '{"event_type":"settlement"\n{"event_type":"nothing"}\n'


@dataclass
class Watched:
    """What runs, and what was put in."""

    server: Prometheus
    data: Path
    embedded: str
    """The embedded run's address as Prometheus' `instance`."""
    events: Path
    worker_lines: int
    refused: int = _REFUSED.count("\n")
    fed: list[str] = field(default_factory=list, repr=False)

    def value(self, expression: str) -> float:
        """The one value of an expression."""
        (sample,) = self.server.query(expression)
        return float(sample.value[1])

    def ledger(self) -> Ledger:
        """The ledger of the embedded run."""
        return open_ledger(self.data, create=False)


@contextmanager
def watched(folder: Path, kafka: str, postgres: str) -> Iterator[Watched]:
    """Simulate, run, feed, decide, and wait until Prometheus has seen all of it."""
    simulate(folder / "made", seed=7, persons=400, days=200)
    _balances(folder / "made" / "reference")
    events, reference = folder / "made" / "events.ndjson", folder / "made" / "reference"
    lines = events.read_text(encoding="utf-8").splitlines(keepends=True)
    port, ledgers = free_port(), folder / "data"
    _train(events, reference, folder / "model")
    inbox = folder / "inbox"
    inbox.mkdir()
    installation = Installation(kafka, postgres, reference, folder)
    with ExitStack() as stack:
        worker = stack.enter_context(installation.worker(folder / "worker"))
        command: list[str | Path] = [
            *COMMAND,
            "run",
            inbox,
            "--reference",
            reference,
            "--data",
            ledgers,
        ]
        command += ["--listen", f"127.0.0.1:{port}", "--models", folder / "model"]
        environment = {**installation.environment, "FUNDWATCH_FIGURES_SECONDS": "1"}
        environment["FUNDWATCH_RISK_SECONDS"] = "1"
        run = running(command, folder / "run.log", env=environment)
        process = stack.enter_context(run)
        process.until(lambda: _answers(port), "the embedded run", _PATIENCE)
        server = stack.enter_context(_prometheus(folder, port, worker.port))
        tokens_of = _tokens(ledgers)
        stack.enter_context(_following(port, tokens_of["watcher"]))
        found = Watched(server, ledgers, f"127.0.0.1:{port}", events, len(lines) // 2)
        file, size = inbox / "events.ndjson", -(-len(lines) // PARTS)
        for part in range(PARTS):
            piece = lines[part * size : (part + 1) * size]
            with file.open("a", encoding="utf-8") as opened:
                opened.writelines(piece)
                # Some come twice, some are no events.
                opened.writelines(piece[:5] if part else [_REFUSED])
            found.fed += piece
            _feed(installation, folder, lines[: len(lines) // 2], part)
            taken = len(found.fed) + 5 * part
            seen = f'sum(fundwatch_events_total{{instance="{found.embedded}"}}) == {taken}'
            server.await_samples(seen, _PATIENCE)
        installation.settle()
        _decide(found)
        _ask(port, tokens_of["till"], lines)
        _await_all(found)
        yield found


def _feed(installation: Installation, folder: Path, lines: list[str], part: int) -> None:
    piece = folder / f"piece-{part}.ndjson"
    piece.write_text("".join(lines[part::PARTS]), encoding="utf-8")
    installation.feed(piece)


def _train(events: Path, reference: Path, model: Path) -> None:
    """A model of the very stream it will judge: enough for its metrics to have values."""
    words = ("train", str(events), "--reference", str(reference), "--out", str(model))
    subprocess.run([*COMMAND, *words], cwd=REPOSITORY, check=True, capture_output=True)


def _balances(reference: Path) -> None:
    """What the pooling fund of an area held, which the simulated reference data leaves open."""
    rows = ["admdvs,month,fund,opening,income"]
    rows += [f"640100,2024-{month:02d},pooling,900000.00,100000.00" for month in range(1, 8)]
    (reference / "balances.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")


@contextmanager
def _prometheus(folder: Path, run: int, worker: int) -> Iterator[Prometheus]:
    rules = REPOSITORY / "dashboards" / "prometheus" / RULES
    configuration = f"""
    global: {{scrape_interval: 1s, evaluation_interval: 1s}}
    rule_files: ["{rules}"]
    scrape_configs:
      - job_name: fundwatch
        static_configs: [{{targets: ["127.0.0.1:{run}", "127.0.0.1:{worker}"]}}]
    """
    with prometheus.start(configuration, folder) as server:
        server.await_samples('count(up{job="fundwatch"} == 1) == 2', _PATIENCE)
        yield server


def _answers(port: int) -> bool:
    try:
        return httpx2.get(f"http://127.0.0.1:{port}/health", timeout=5).is_success
    except httpx2.TransportError:
        return False


def _tokens(data: Path) -> dict[str, str]:
    """Tokens of somebody who watches and of a program that asks before payment."""
    now, made = int(time.time() * 1000), {}
    scopes: tuple[tuple[str, tokens.Scope], ...] = (("watcher", "api"), ("till", "send"))
    with open_ledger(data, create=False) as ledger, ledger.begin() as connection:
        for name, scope in scopes:
            users.add(connection, users.User(name, "viewer"), now, "test")
            _, made[name] = tokens.make(connection, name, "", now, "test", scope=scope)
    return made


@contextmanager
def _following(port: int, token: str) -> Iterator[None]:
    """A page that follows the feed for as long as the block lasts."""
    ended = threading.Event()
    url, bearer = f"http://127.0.0.1:{port}/v1/feed", {"Authorization": f"Bearer {token}"}

    def follow() -> None:
        with httpx2.stream("GET", url, headers=bearer, timeout=30) as answer:
            for _ in answer.iter_lines():
                if ended.is_set():
                    return

    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(30)


def _decide(found: Watched) -> None:
    """Verdicts on some alerts, and a case of another, as supervisors give them."""
    supervisor = users.User("supervisor", "supervisor")
    now = int(time.time() * 1000)
    with found.ledger() as ledger:
        with ledger.read() as connection:
            # Those of models first, so that their precision is known too.
            alerts = sorted(standing(connection, ALL), key=lambda one: one.family != "anomaly")
        with ledger.begin() as connection:
            for alert in alerts[:CONFIRMED]:
                work.confirm(connection, supervisor, now, alert.alert_id, 0, "39-1", *AMOUNTS)
            for alert in alerts[CONFIRMED : CONFIRMED + DISMISSED]:
                work.dismiss(connection, supervisor, now, alert.alert_id, 0, "explained")
            last = alerts[CONFIRMED + DISMISSED]
            opening.open_case(connection, supervisor, now, [last.alert_id])


def _ask(port: int, token: str, lines: list[str]) -> None:
    """A question before payment."""
    settlement = next(line for line in lines if json.loads(line)["event_type"] == "settlement")
    answer = httpx2.post(
        f"http://127.0.0.1:{port}/v1/prechecks",
        content=settlement.encode(),
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
    )
    answer.raise_for_status()


def _await_all(found: Watched) -> None:
    """Wait until what was done last is recorded by a rule of each group."""
    server = found.server
    server.await_samples(f"sum(fundwatch:verdicts) == {CONFIRMED + DISMISSED}", _PATIENCE)
    server.await_samples("sum(fundwatch_prechecks_total) > 0", _PATIENCE)
    server.await_samples("sum(fundwatch_alert_visible_seconds_count) > 0", _PATIENCE)
    server.await_samples("sum(fundwatch_lag_records) == 0", _PATIENCE)
    with found.ledger() as ledger, ledger.read() as connection:
        standing_open = sum(alert.status == "open" for alert in standing(connection, ALL))
    server.await_samples(f"sum(fundwatch:open_alerts) == {standing_open}", _PATIENCE)
    server.await_samples("max(fundwatch_fund_worked_out_seconds) > 0", _PATIENCE)
    recorded = [one.record for group in GROUPS for one in group.records]
    until(lambda: all(server.query(f"count({name})") for name in recorded), "records", _PATIENCE)


def promtool(binary: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run promtool on the committed rules."""
    return subprocess.run(
        [binary, *words],
        cwd=REPOSITORY / "dashboards" / "prometheus",
        capture_output=True,
        text=True,
        check=False,
    )
