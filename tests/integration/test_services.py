"""Each service the tests run against is really there and does its work."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import run

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import TopicAlreadyExistsError
from playwright.sync_api import Browser
from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    Table,
    Text,
    create_engine,
    insert,
    inspect,
    select,
)

from tests.conftest import StartPrometheus
from tests.services.kafka import Kafka
from tests.services.postgres import Postgres
from tests.services.processes import free_port

NOTE = Table("note", MetaData(), Column("id", Integer, primary_key=True), Column("text", Text))


async def _there_and_back(bootstrap: str, topic: str, sent: bytes) -> tuple[bytes | None, int]:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        written = await producer.send_and_wait(topic, sent, key=b"key", partition=1)
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap) as consumer:
        partition = TopicPartition(topic, written.partition)
        consumer.assign([partition])
        await consumer.seek_to_beginning(partition)
        received = await consumer.getone()
        return received.value, received.partition


def test_kafka_returns_what_was_produced(kafka: Kafka) -> None:
    topic = kafka.create_topic("services-roundtrip", partitions=2)
    message = "普通门诊结算".encode()

    assert asyncio.run(_there_and_back(kafka.bootstrap, topic, message)) == (message, 1)


def test_kafka_creates_a_topic_once(kafka: Kafka) -> None:
    kafka.create_topic("services-once", settings={"cleanup.policy": "compact"})

    assert "services-once" in kafka.topics()
    with pytest.raises(TopicAlreadyExistsError):
        kafka.create_topic("services-once")


def test_postgres_returns_what_was_inserted(postgres_db: str) -> None:
    engine = create_engine(postgres_db)
    try:
        NOTE.metadata.create_all(engine)
        with engine.begin() as connection:
            connection.execute(insert(NOTE), [{"id": 1, "text": "线索"}])
        with engine.connect() as connection:
            assert connection.execute(select(NOTE)).all() == [(1, "线索")]
    finally:
        engine.dispose()


def test_every_postgres_database_begins_empty_and_goes_away(postgres: Postgres) -> None:
    seen: list[str | None] = []
    for _ in range(2):
        with postgres.database() as url:
            engine = create_engine(url)
            seen.append(engine.url.database)
            assert inspect(engine).get_table_names() == []
            NOTE.metadata.create_all(engine)
            engine.dispose()

    engine = create_engine(postgres.url)
    with engine.connect() as connection:
        left = connection.exec_driver_sql("SELECT datname FROM pg_database").scalars().all()
    engine.dispose()
    assert len(set(seen)) == 2
    assert not set(seen) & set(left)


def test_prometheus_scrapes_and_answers(prometheus: StartPrometheus) -> None:
    port = free_port()
    server = prometheus(
        f"""
        scrape_configs:
          - job_name: itself
            scrape_interval: 1s
            static_configs:
              - targets: ["127.0.0.1:{port}"]
        """,
        port=port,
    )

    (sample,) = server.await_samples("up == 1")

    assert sample.metric["job"] == "itself"
    assert sample.metric["instance"] == f"127.0.0.1:{port}"
    assert sample.value[1] == "1"


def test_promtool_tells_good_rules_from_bad(promtool: Path, tmp_path: Path) -> None:
    rules = tmp_path / "rules.yml"

    def checked(expression: str) -> int:
        rules.write_text(f"groups: [{{name: g, rules: [{{record: 'a:b', expr: '{expression}'}}]}}]")
        return run([promtool, "check", "rules", rules], check=False, capture_output=True).returncode

    assert checked("sum(up)") == 0
    assert checked("sum(up") == 1


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = "<h1>基金监管</h1><script>document.title = 6 * 7</script>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def _served() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def test_chromium_shows_a_page_and_runs_its_script(chromium: Browser) -> None:
    with _served() as address:
        page = chromium.new_page()
        page.goto(address)

        assert page.locator("h1").inner_text() == "基金监管"
        assert page.title() == "42"
        page.close()
