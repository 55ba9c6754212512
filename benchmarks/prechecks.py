"""The verdict before payment over HTTP, beside an endpoint that only echoes.

Questions go out by the clock whether or not earlier ones were answered, and each is timed from when
it was due, so that a server that stands still is charged for everything it kept waiting. Meanwhile
events are taken in at a modest rate. Half of the time the echo is asked at the same rate, in turns.

With `--kafka` the questions go through a desk and a real Kafka to one worker that knows the same
events. None are taken in meanwhile, so later questions raise more than they would.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple
from urllib.request import urlopen

import uvicorn
from fastapi import FastAPI, Request, Response

from alerts.access import tokens, users
from alerts.access.users import User
from alerts.ledger import Ledger
from events.readers import lines
from simulation import simulate
from tests.integration.workers import Installation
from tests.services import kafka as kafka_service
from tests.services.processes import REPOSITORY, Process, free_port, running

RATE: Final = 200
SECONDS: Final = 15
ROUNDS: Final = 2
EVENTS_RATE: Final = 200
"""Events a second taken in meanwhile, as many as questions are asked."""
GOAL_MS: Final = 35.0
_CONNECTIONS: Final = 32
_BUNCH: Final = 50
_COMMAND: Final = (sys.executable, "-c", "from streams.cli import main; main()")


class Times(NamedTuple):
    """Percentiles of one endpoint, milliseconds, and how often each verdict came."""

    p50: float
    p99: float
    verdicts: Counter[str]


class _Caller:
    """A pool of connections that stay open; one request at a time on each."""

    def __init__(self, port: int, token: str = "") -> None:
        self._port = port
        self._head = f"Host: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        if token:
            self._head += f"Authorization: Bearer {token}\r\n"
        self._free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = (
            asyncio.Queue()
        )

    async def open(self, number: int) -> None:
        """Open that many connections, all anew: servers close those that stood idle."""
        self.close()
        for _ in range(number):
            self._free.put_nowait(await asyncio.open_connection("127.0.0.1", self._port))

    async def post(self, path: str, body: bytes) -> bytes:
        """The body of the answer. Raises RuntimeError for any status but 200."""
        reader, writer = await self._free.get()
        writer.write(
            f"POST {path} HTTP/1.1\r\n{self._head}Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        content = await reader.readexactly(length)
        self._free.put_nowait((reader, writer))
        if b" 200 " not in head.partition(b"\r\n")[0]:
            raise RuntimeError(f"{path}: {head.decode()}{content[:300].decode()}")
        return content

    def close(self) -> None:
        while not self._free.empty():
            self._free.get_nowait()[1].close()


async def _ask(
    caller: _Caller, path: str, bodies: Iterator[bytes], seconds: float
) -> tuple[list[float], list[bytes]]:
    """Milliseconds from when each question was due to its answer, and the answers."""
    taken: list[float] = []
    answers: list[bytes] = []
    await caller.open(_CONNECTIONS)

    async def one(due: float, body: bytes) -> None:
        answers.append(await caller.post(path, body))
        taken.append((time.perf_counter() - due) * 1000)

    begun = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(int(RATE * seconds)):
            due = begun + number / RATE
            await asyncio.sleep(due - time.perf_counter())
            group.create_task(one(due, next(bodies)))
    return taken, answers


async def _feed(caller: _Caller, bunches: Iterator[bytes]) -> None:
    begun = time.perf_counter()
    for number, bunch in enumerate(bunches, 1):
        await caller.post("/v1/events", bunch)
        await asyncio.sleep(begun + number * _BUNCH / EVENTS_RATE - time.perf_counter())


async def measure(
    monitor: int, echo: int, token: str, questions: Sequence[bytes], events: Sequence[bytes]
) -> tuple[Times, Times]:
    """Times of prechecks and of the echo, in turns; ports of both, and what to send.

    The first two seconds of both are not counted.
    """
    asking, echoing, feeding = _Caller(monitor, token), _Caller(echo), _Caller(monitor, token)
    await feeding.open(1)
    ahead, again = iter(questions), cycle(questions)
    bunches = iter([b"\n".join(events[i : i + _BUNCH]) for i in range(0, len(events), _BUNCH)])
    checked: list[float] = []
    echoed: list[float] = []
    verdicts: Counter[str] = Counter()
    feeder = asyncio.create_task(_feed(feeding, bunches))
    try:
        await _ask(asking, "/v1/prechecks", cycle(questions[:500]), 2)
        await _ask(echoing, "/echo", again, 2)
        for _ in range(ROUNDS):
            taken, answers = await _ask(asking, "/v1/prechecks", ahead, SECONDS / ROUNDS)
            checked += taken
            verdicts.update(json.loads(answer)["verdict"] for answer in answers)
            echoed += (await _ask(echoing, "/echo", again, SECONDS / ROUNDS))[0]
    finally:
        feeder.cancel()
        await asyncio.gather(feeder, return_exceptions=True)
        for caller in (asking, echoing, feeding):
            caller.close()
    return _times(checked, verdicts), _times(echoed, Counter())


def _times(taken: list[float], verdicts: Counter[str]) -> Times:
    cuts = quantiles(taken, n=100)
    return Times(cuts[49], cuts[98], verdicts)


@contextmanager
def _served(folder: Path, rows: Sequence[bytes]) -> Iterator[tuple[int, str]]:
    """The port of `fundwatch run` that knows some events already, and a token for it."""
    known = folder / "known.ndjson"
    known.write_bytes(b"\n".join(rows) + b"\n")
    data, port = folder / "data", free_port()
    reference = ["--reference", str(folder / "reference"), "--data", str(data)]
    subprocess.run(
        [*_COMMAND, "run", str(known), "--once", "--listen", "127.0.0.1:0", *reference],
        cwd=REPOSITORY,
        check=True,
        stdin=subprocess.DEVNULL,
        capture_output=True,
    )
    made = subprocess.run(
        [*_COMMAND, "users", "token", "counter", "--send", "--data", str(data)],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
        text=True,
    )
    listen = f"127.0.0.1:{port}"
    command = [*_COMMAND, "run", "--listen", listen, *reference]
    with running(command, folder / "run.log") as process:
        process.until(lambda: _answers(port, process), "the monitor to answer")
        yield port, made.stdout.strip().splitlines()[-1]


def _answers(port: int, _: Process) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/health", timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@contextmanager
def _served_by_worker(folder: Path, rows: Sequence[bytes]) -> Iterator[tuple[int, str]]:
    """The same of a desk that asks a worker through Kafka."""
    known = folder / "known.ndjson"
    known.write_bytes(b"\n".join(rows) + b"\n")
    with kafka_service.start() as broker:
        ledger = f"sqlite:///{folder / 'ledger.sqlite'}"
        workers = Installation(broker.bootstrap, ledger, folder / "reference", folder)
        with workers.worker(folder / "worker"):
            workers.feed(known)
            workers.settle()
            with Ledger.open(ledger) as opened, opened.begin() as connection:
                users.add(connection, User("counter", "viewer"), 1, "benchmark")
                _, token = tokens.make(connection, "counter", "", 1, "benchmark", scope="send")
            port = free_port()
            command = [*_COMMAND, "desk", "--reference", str(folder / "reference")]
            command += ["--listen", f"127.0.0.1:{port}"]
            with running(command, folder / "desk.log", env=workers.environment) as process:
                process.until(lambda: _answers(port, process), "the desk to answer")
                yield port, token


@contextmanager
def _echo(folder: Path) -> Iterator[int]:
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.prechecks", str(port)]
    with running(command, folder / "echo.log") as process:
        process.until(lambda: _answers(port, process), "the echo to answer")
        yield port


def echo(port: int) -> None:
    """Serve the endpoint that only echoes."""
    app = FastAPI()

    @app.post("/echo")
    async def echoed(request: Request) -> Response:
        return Response(await request.body(), media_type="application/json")

    @app.get("/health")
    async def healthy() -> dict[str, str]:
        return {"status": "ok"}

    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


def main(*, persons: int = 2000, days: int = 60, kafka: bool = False) -> None:
    """Simulate, serve, measure, print."""
    serve = _served_by_worker if kafka else _served
    with TemporaryDirectory(prefix="fundwatch-bench-") as place:
        folder = Path(place)
        simulate(folder, seed=3, persons=persons, days=days)
        rows = [line for _, line in lines(folder / "events.ndjson")]
        payments = [at for at, row in enumerate(rows) if b'"settlement"' in row]
        cut = payments[-int(RATE * SECONDS)]
        questions = [rows[at] for at in payments if at >= cut]
        events = [] if kafka else rows[cut:]
        with serve(folder, rows[:cut]) as (port, token), _echo(folder) as echo_port:
            checked, echoed = asyncio.run(measure(port, echo_port, token, questions, events))
    told = ", ".join(f"{number} {verdict}" for verdict, number in checked.verdicts.most_common())
    how = "through Kafka" if kafka else f"{EVENTS_RATE} events/s taken in meanwhile"
    print(f"{os.cpu_count()} cores, {RATE} requests/s, {how}")
    print(f"{'precheck':10} p50 {checked.p50:6.1f} ms  p99 {checked.p99:6.1f} ms  ({told})")
    print(f"{'echo':10} p50 {echoed.p50:6.1f} ms  p99 {echoed.p99:6.1f} ms")
    print(
        f"precheck / echo: p50 {checked.p50 / echoed.p50:.1f}, p99 {checked.p99 / echoed.p99:.1f};"
        f" p99 goal {GOAL_MS:.0f} ms"
    )


if __name__ == "__main__":
    if sys.argv[1:] and sys.argv[1].isdecimal():
        echo(int(sys.argv[1]))
    else:
        main(kafka="--kafka" in sys.argv[1:])
