"""The topics of an installation: their names, how they are made, and whether they fit."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code
from msgspec import Struct

from events.times import DAY
from streams.settings import Settings
from streams.worker.security import PLAIN, Security, security_of

MAX_MESSAGE: Final = 4 << 20
"""Largest message in any topic, bytes; one event may have 1 MiB."""
_EVENT_DAYS: Final = 430
_FACT_DAYS: Final = 3 * 366 + 30
_ASKED_MS: Final = 10 * 60 * 1000


class TopicError(RuntimeError):
    """Topics that cannot be made or do not fit the settings; says what to do."""


class Topics(NamedTuple):
    """Names of the four topics."""

    events: str
    facts: str
    alerts: str
    dead_letters: str

    @classmethod
    def under(cls, prefix: str) -> "Topics":
        """The topics of a prefix."""
        return cls(
            f"{prefix}.events", f"{prefix}.facts", f"{prefix}.alerts", f"{prefix}.dead-letters"
        )


class Asking(NamedTuple):
    """Names of the two topics of questions before payment and their answers."""

    questions: str
    answers: str


class Layout(Struct, frozen=True):
    """Where the topics are and how many partitions and replicas they have.

    `bootstrap` is `host:port`, several with commas.
    """

    bootstrap: str
    prefix: str
    partitions: int
    replication: int = 1
    security: Security = PLAIN

    @property
    def topics(self) -> Topics:
        """The names of the topics."""
        return Topics.under(self.prefix)

    @property
    def asking(self) -> Asking:
        """The names of the topics of questions and answers."""
        return Asking(f"{self.prefix}.questions", f"{self.prefix}.answers")


def layout_of(settings: Settings) -> Layout:
    """The topics that the settings describe."""
    return Layout(
        settings.kafka,
        settings.topic_prefix,
        settings.partitions,
        settings.replication,
        security_of(settings),
    )


def _configurations(layout: Layout) -> Mapping[str, Mapping[str, str]]:
    """What each topic is made with.

    Append time is the broker's: a partition read again later shows the same times, and whether an
    event lay in the future when it came is decided by them.
    """
    topics = layout.topics
    kept_ms = {
        topics.events: _EVENT_DAYS * DAY * 1000,
        topics.facts: _FACT_DAYS * DAY * 1000,
        topics.alerts: _FACT_DAYS * DAY * 1000,
        topics.dead_letters: _EVENT_DAYS * DAY * 1000,
        **dict.fromkeys(layout.asking, _ASKED_MS),
    }
    return {
        name: {
            "cleanup.policy": "delete",
            "retention.ms": str(kept),
            "retention.bytes": "-1",
            "message.timestamp.type": "LogAppendTime",
            "max.message.bytes": str(MAX_MESSAGE),
            # A segment that is written to is not deleted, however old its messages are.
            **({"segment.ms": str(kept)} if name in layout.asking else {}),
        }
        for name, kept in kept_ms.items()
    }


async def ensure_topics(layout: Layout) -> None:
    """Make the topics that are not there and check those that are. Raises TopicError.

    Dead letters may have any number of partitions, the others exactly that of the layout: the
    partition of a key says which state file remembers it.
    """
    try:
        await _create(layout)
        await _check(layout)
    except KafkaError as error:
        raise TopicError(
            f"Kafka at {layout.bootstrap}: {type(error).__name__}: {error}; is the broker up, and"
            " FUNDWATCH_KAFKA its address?"
        ) from error


async def _create(layout: Layout) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=layout.bootstrap, **layout.security.clients)
    try:
        await admin.start()
        known = set(await admin.list_topics())
        wanted = [
            NewTopic(name, layout.partitions, layout.replication, topic_configs=configuration)
            for name, configuration in _configurations(layout).items()
            if name not in known
        ]
        if not wanted:
            return
        answer = await admin.create_topics(wanted)
        for name, code, *message in answer.topic_errors:
            # Another worker that starts at the same time may have been quicker.
            if code and for_code(code) is not TopicAlreadyExistsError:
                raise TopicError(
                    f"{name}: cannot be made with {layout.partitions} partitions and"
                    f" {layout.replication} replicas: {for_code(code).__name__}"
                    f" {message[0] if message and message[0] else ''}".rstrip()
                )
    finally:
        await admin.close()


async def _check(layout: Layout) -> None:
    topics = layout.topics
    async with AIOKafkaProducer(
        bootstrap_servers=layout.bootstrap, **layout.security.clients
    ) as producer:
        for name in (topics.events, topics.facts, topics.alerts, *layout.asking):
            found = len(await producer.partitions_for(name))
            if found != layout.partitions:
                raise TopicError(
                    f"{name}: found {found} partitions, expected {layout.partitions}: set"
                    f" FUNDWATCH_PARTITIONS={found}, or use new topics (FUNDWATCH_TOPIC_PREFIX)"
                    " and feed the events again"
                )
