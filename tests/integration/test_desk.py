"""The desk as it is started: the first link, a webhook that is told, and the lag of a cluster."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from aiokafka import AIOKafkaProducer

from alerts.ledger import Ledger
from alerts.ledger.writing import move
from alerts.webhooks.signing import verified
from simulation import simulate
from streams.lag import KafkaLag
from streams.worker.topics import Layout, ensure_topics
from tests.services.kafka import Kafka
from tests.services.processes import REPOSITORY, until

FUNDWATCH = [sys.executable, "-c", "from streams.cli import main; main()"]
PASSWORD = "看守基金 every day"


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small stream."""
    folder = tmp_path_factory.mktemp("stream")
    simulate(folder, seed=3, persons=300, days=30)
    return folder


@contextmanager
def _started(*arguments: str) -> Iterator[tuple[str, str]]:
    """A command that serves: where it is, and the first link if it told one."""
    process = subprocess.Popen(
        [*FUNDWATCH, *arguments, "--listen", "127.0.0.1:0"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stderr is not None
    try:
        address = process.stderr.readline().partition(": ")[2].strip()
        assert address.startswith("http://127.0.0.1:"), address
        link = "" if "desk" in arguments else process.stderr.readline().rpartition(" ")[2].strip()
        yield address, link
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        process.stderr.close()


@contextmanager
def _receiver() -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    had: list[tuple[dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Take a message."""
            names = {name.lower(): value for name, value in self.headers.items()}
            had.append((names, self.rfile.read(int(names["content-length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_address[1]}/", had
        listening.shutdown()
        thread.join()


def test_from_the_first_link_to_a_webhook_that_is_told(stream: Path, tmp_path: Path) -> None:
    arguments = ("run", "--reference", str(stream / "reference"), "--data", str(tmp_path))
    with _receiver() as (hook, had), _started(*arguments) as (address, link):
        assert re.fullmatch(rf"{address}first/\S{{43}}", link)
        with httpx.Client(base_url=address, timeout=60) as desk:
            made = desk.post(link, data={"name": "admin", "password": PASSWORD})
            assert made.status_code == 303
            desk.headers["X-CSRF-Token"] = desk.get("v1/me").json()["csrf_token"]
            secret = desk.post("v1/webhooks", json={"url": hook}).json()["secret"]
            events = (stream / "events.ndjson").read_bytes()
            assert desk.post("v1/events", content=events).json()["alerts"]
            alerts = desk.get("v1/alerts?limit=1000").json()["alerts"]

            def delivered() -> bool:
                [webhook] = desk.get("v1/webhooks").json()["webhooks"]
                return bool(webhook["delivered"] >= len(alerts) and not webhook["waiting"])

            until(delivered, "the deliveries", 60)
    told = [json.loads(body)["data"]["alert_id"] for _, body in had]
    assert {alert["alert_id"] for alert in alerts} <= set(told)
    headers, body = had[0]
    assert verified(secret, headers, body, int(headers["webhook-timestamp"]))

    with (
        _started("desk", "--data", str(tmp_path)) as (address, _),
        httpx.Client(base_url=address, timeout=60) as desk,
    ):
        assert desk.get("v1/alerts").status_code == 401
        form = {"name": "admin", "password": PASSWORD, "onward": "/v1/alerts/counts"}
        assert desk.post("login", data=form).headers["location"] == "/v1/alerts/counts"
        again = desk.get("v1/alerts?limit=1000").json()["alerts"]
    assert {one["alert_id"] for one in again} == {one["alert_id"] for one in alerts}


def test_what_waits_in_each_partition(kafka: Kafka, tmp_path: Path) -> None:
    layout = Layout(kafka.bootstrap, "lag-of-the-desk", 2)

    async def send() -> None:
        await ensure_topics(layout)
        async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap) as producer:
            for number in range(5):
                await producer.send_and_wait(layout.topics.events, b"{}", partition=number % 2)

    asyncio.run(send())
    with Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}") as ledger:
        first, second = (f"archive:{layout.topics.events}/{number}" for number in (0, 1))
        with ledger.begin() as connection:
            move(connection, first, 1)
        told = KafkaLag(layout, ledger)()
        assert (told["kafka"], told["waiting"]) == (True, 4)
        assert told["lag"] == {first: 2, second: 2}
        away = KafkaLag(Layout("127.0.0.1:9", "lag-of-the-desk", 2), ledger)()
        assert (away["kafka"], away["status"]) == (False, "kafka does not answer")
