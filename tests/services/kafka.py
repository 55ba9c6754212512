"""A real Apache Kafka broker in KRaft mode, from the jars of `tools/kafka/pom.xml`."""

import asyncio
import base64
import os
import shutil
import subprocess
import uuid
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeVar

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, for_code

from tests.services import certificates
from tests.services.processes import (
    REPOSITORY,
    ComponentMissingError,
    free_port,
    listens,
    running,
)

Answer = TypeVar("Answer")
LIBS: Final = REPOSITORY / ".cache" / "kafka" / "libs"
_USER: Final = "fundwatch"
_SERVER: Final = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:{port},SASL_SSL://127.0.0.1:{guarded},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port},SASL_SSL://127.0.0.1:{guarded}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
ssl.keystore.type=PEM
ssl.keystore.location={keystore}
sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=\\
 org.apache.kafka.common.security.scram.ScramLoginModule required;
log.dirs={data}
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
transaction.state.log.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
"""


@dataclass(frozen=True)
class Guarded:
    """Where a broker answers over TLS only, to a user with a password only; `ca` is PEM."""

    bootstrap: str
    ca: Path
    user: str
    password: str


@dataclass(frozen=True)
class Kafka:
    """A broker that answers; `bootstrap` is `host:port`. One of our own is also `guarded`."""

    bootstrap: str
    guarded: Guarded | None = None

    def create_topic(
        self, name: str, partitions: int = 4, settings: Mapping[str, str] | None = None
    ) -> str:
        """Create a topic with one replica and return its name.

        `settings` are Kafka's topic configurations. Raises the `KafkaError` the broker answers,
        `TopicAlreadyExistsError` among them.
        """
        topic = NewTopic(name, partitions, 1, topic_configs=settings)
        _complete(_create(self.bootstrap, topic))
        return name

    def topics(self) -> set[str]:
        """The names of all topics."""
        return _complete(_names(self.bootstrap))


@contextmanager
def start(directory: Path | None = None, *, heap: str = "512m") -> Iterator[Kafka]:
    """Start a broker on free ports of the loopback, or take the one FUNDWATCH_KAFKA names.

    Data and log (`kafka.log`) are kept in `directory`, by default a temporary one. Raises
    `ComponentMissingError` without Java or the jars.
    """
    if external := os.environ.get("FUNDWATCH_KAFKA"):
        if not _answers(external):
            raise ComponentMissingError(
                f"FUNDWATCH_KAFKA names {external}, but no Kafka answers there."
            )
        yield Kafka(external)
    elif directory is not None:
        with _broker(directory, heap) as broker:
            yield broker
    else:
        with TemporaryDirectory(prefix="kafka-") as temporary, _broker(Path(temporary), heap) as it:
            yield it


@contextmanager
def _broker(directory: Path, heap: str) -> Iterator[Kafka]:
    port, guarded, controller = free_port(), free_port(), free_port()
    made = certificates.make(directory)
    password = uuid.uuid4().hex
    text = _SERVER.format(
        port=port,
        guarded=guarded,
        controller=controller,
        data=directory / "data",
        keystore=made.both,
    )
    scram = ("--add-scram", f"SCRAM-SHA-512=[name={_USER},password={password}]")
    with configured(directory, text, port, heap=heap, more=scram) as bootstrap:
        yield Kafka(bootstrap, Guarded(f"127.0.0.1:{guarded}", made.authority, _USER, password))


@contextmanager
def configured(
    directory: Path, text: str, port: int, *, heap: str = "512m", more: Sequence[str] = ()
) -> Iterator[str]:
    """Run a broker with properties (their text); yields its plain address on the port.

    `more` are further words for formatting its storage.
    """
    java = [*_java(), f"-Xmx{heap}", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"]
    java += ["-cp", f"{LIBS}/*"]
    properties, log = directory / "server.properties", directory / "kafka.log"
    properties.write_text(text, encoding="utf-8")
    # A leading dash would be taken for an option, hence the fixed first byte.
    cluster = base64.urlsafe_b64encode(b"f" + uuid.uuid4().bytes[1:]).decode().rstrip("=")
    formatted = subprocess.run(
        [*java, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(properties), *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    log.write_bytes(formatted.stdout)
    if formatted.returncode != 0:
        raise RuntimeError(f"Kafka could not format its storage:\n{formatted.stdout.decode()}")
    with running([*java, "kafka.Kafka", properties], log) as server:
        server.until(lambda: listens(port), "Kafka to listen")
        server.until(lambda: _answers(f"127.0.0.1:{port}"), "Kafka to answer")
        yield f"127.0.0.1:{port}"


def _java() -> list[str]:
    java = shutil.which("java")
    if java is None:
        raise ComponentMissingError(
            "Kafka needs Java 17 or newer: run `make components` as root, or install it (Debian:"
            " apt-get install default-jre-headless), or set FUNDWATCH_KAFKA=host:port."
        )
    if not any(LIBS.glob("kafka_*.jar")):
        raise ComponentMissingError(
            "Kafka's jars are not in .cache/kafka/libs: `make components` fetches them with Maven;"
            " or set FUNDWATCH_KAFKA=host:port."
        )
    return [java]


def _complete(question: Coroutine[None, None, Answer]) -> Answer:
    # In a thread of its own: the caller may be inside an event loop (Playwright keeps one open).
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, question).result()


def _answers(bootstrap: str) -> bool:
    try:
        _complete(_names(bootstrap))
    except KafkaError:
        return False
    return True


async def _names(bootstrap: str) -> set[str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        await admin.start()
        return set(await admin.list_topics())
    finally:
        await admin.close()


async def _create(bootstrap: str, topic: NewTopic) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        await admin.start()
        answer = await admin.create_topics([topic])
        for _, code, *_ in answer.topic_errors:
            if code:
                raise for_code(code)
    finally:
        await admin.close()
