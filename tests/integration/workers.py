"""An installation of workers for a test: its topics, its ledger, its processes."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError
from urllib.request import urlopen
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from sqlalchemy import select

from alerts.ledger import Ledger, archive
from alerts.ledger.rows import alert_from
from alerts.ledger.schema import ALERTS, DEAD_LETTERS
from alerts.table import AlertRow, rows_of
from streams.worker.topics import Topics
from tests.services.processes import REPOSITORY, Process, free_port, running, until

PARTITIONS: Final = 4
COMMAND: Final = (sys.executable, "-c", "from streams.cli import main; main()")
_PATIENCE: Final = 180.0


@dataclass
class Running:
    """A worker that runs, and the port of its pages."""

    process: Process
    port: int

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self.process.child.kill()
        self.process.child.wait()

    def page(self, path: str) -> tuple[int, bytes]:
        """Status and body of one of its pages; status 0 while nothing answers."""
        try:
            with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status, answer.read()
        except HTTPError as error:
            return error.code, error.read()
        except OSError:
            return 0, b""

    def health(self) -> dict[str, Any]:
        """What `/health` says; empty while nothing answers."""
        status, body = self.page("/health")
        return json.loads(body) if status else {}


@dataclass
class Installation:
    """Workers over topics of their own and one ledger."""

    bootstrap: str
    ledger: str
    reference: Path
    folder: Path
    partitions: int = PARTITIONS
    prefix: str = field(default_factory=lambda: f"t{uuid4().hex[:10]}")
    settings: Mapping[str, str] = field(default_factory=dict)
    """Further settings of its processes."""

    @property
    def topics(self) -> Topics:
        """The names of its topics."""
        return Topics.under(self.prefix)

    @property
    def environment(self) -> Mapping[str, str]:
        """The settings of its processes."""
        return {
            **os.environ,
            "FUNDWATCH_KAFKA": self.bootstrap,
            "FUNDWATCH_POSTGRES": self.ledger,
            "FUNDWATCH_TOPIC_PREFIX": self.prefix,
            "FUNDWATCH_PARTITIONS": str(self.partitions),
            "FUNDWATCH_SESSION_SECONDS": "6",
            **self.settings,
        }

    @contextmanager
    def worker(
        self, data: Path, *, ready: bool = True, more: Sequence[str] = ()
    ) -> Iterator[Running]:
        """A worker with its data folder and options; `ready` waits until it has partitions."""
        port = free_port()
        command = [*COMMAND, "worker", "--reference", str(self.reference), "--data", str(data)]
        command += ["--web-port", str(port), "--loglevel", "info", *more]
        log = self.folder / f"worker-{port}.log"
        with running(command, log, env=self.environment) as process:
            worker = Running(process, port)
            if ready:
                process.until(lambda: worker.health().get("partitions"), "partitions", _PATIENCE)
            yield worker

    def feed(self, *files: Path) -> dict[str, int]:
        """Feed files with the command; what it says it did."""
        done = subprocess.run(
            [*COMMAND, "feed", "--json", *map(str, files)],
            cwd=REPOSITORY,
            env=self.environment,
            capture_output=True,
            check=True,
        )
        found: dict[str, int] = json.loads(done.stdout)
        return found

    def send(self, topic: str, values: Sequence[bytes | None], partition: int = 0) -> None:
        """Send raw messages, whatever they are."""

        async def sending() -> None:
            async with AIOKafkaProducer(bootstrap_servers=self.bootstrap) as producer:
                for value in values:
                    await producer.send_and_wait(topic, value, key=b"any", partition=partition)

        asyncio.run(sending())

    def ends(self, topic: str) -> list[int]:
        """Messages ever written, by partition."""
        return asyncio.run(self._ends(topic))

    async def _ends(self, topic: str) -> list[int]:
        async with AIOKafkaConsumer(bootstrap_servers=self.bootstrap) as consumer:
            places = [TopicPartition(topic, number) for number in range(self.partitions)]
            found = await consumer.end_offsets(places)
            return [found[place] for place in places]

    def taken(self, topic: str) -> list[int]:
        """Messages committed by the group, by partition."""
        return asyncio.run(self._taken(topic))

    async def _taken(self, topic: str) -> list[int]:
        async with AIOKafkaConsumer(
            bootstrap_servers=self.bootstrap, group_id=self.prefix, enable_auto_commit=False
        ) as consumer:
            return [
                await consumer.committed(TopicPartition(topic, number)) or 0
                for number in range(self.partitions)
            ]

    def drained(self) -> bool:
        """Whether everything has gone through every stage; asked in the order of the stages."""
        return all(self.taken(topic) == self.ends(topic) for topic in self.topics)

    def settle(self) -> None:
        """Wait until everything has gone through every stage."""
        until(self.drained, "all messages to be taken", _PATIENCE)

    def table(self) -> list[AlertRow]:
        """The alert table of the ledger."""
        with Ledger.open(self.ledger, create=False) as ledger, ledger.read() as connection:
            found = connection.execute(select(ALERTS)).mappings()
            return rows_of([alert_from(row) for row in found])

    def archived(self) -> list[str]:
        """Ids of the events of the archive, each once, sorted."""
        with Ledger.open(self.ledger, create=False) as ledger, ledger.read() as connection:
            return sorted(kept.event_id for kept in archive.stream(connection))

    def letters(self) -> list[tuple[str, int, str]]:
        """Source, position and reason of the dead letters of the ledger."""
        with Ledger.open(self.ledger, create=False) as ledger, ledger.read() as connection:
            rows = connection.execute(
                select(DEAD_LETTERS.c.source, DEAD_LETTERS.c.position, DEAD_LETTERS.c.reason)
            )
            return sorted((row.source, row.position, row.reason) for row in rows)
