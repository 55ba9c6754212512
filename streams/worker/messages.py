"""What stands in the messages between the stages: facts, alerts and dead letters."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

import msgspec
from msgspec import Struct, structs

from alerts.ledger.masking import masked
from events.deadletters import RAW_LIMIT, BadRecordError, DeadLetter, dead_letter
from rules.histories.facts import Fact

FACTS_BYTES: Final = 900_000
"""Most bytes of one message of facts."""
_FORM: Final = 1
_PACK: Final = msgspec.msgpack.Encoder()
_JSON: Final = msgspec.json.Encoder()


class Message(NamedTuple):
    """A message as a stage takes it; `stamp` is its append time, epoch seconds."""

    offset: int
    stamp: int
    value: bytes


class Told(NamedTuple):
    """A fact on its way, with the place of its origin: offset of the event's message, number."""

    offset: int
    number: int
    fact: Fact


class Facts(Struct, frozen=True, array_like=True):
    """One message of facts, all from one partition of events, in their order.

    `watermark` is the latest event time that partition has seen, epoch seconds.
    """

    form: int
    source: int
    watermark: int
    told: list[Told]


_FACTS: Final = msgspec.msgpack.Decoder(Facts)
_LETTER: Final = msgspec.json.Decoder(DeadLetter)


def pack_facts(source: int, watermark: int, told: Sequence[Told]) -> Iterator[bytes]:
    """Facts as messages, each below the limit (a single fact always fits)."""
    body = _PACK.encode(Facts(_FORM, source, watermark, list(told)))
    if len(body) <= FACTS_BYTES or len(told) == 1:
        yield body
        return
    half = len(told) // 2
    yield from pack_facts(source, watermark, told[:half])
    yield from pack_facts(source, watermark, told[half:])


def read_facts(value: bytes) -> Facts:
    """The facts of a message. Raises BadRecordError."""
    try:
        facts = _FACTS.decode(value)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise BadRecordError("not_facts", "", type(error).__name__, "facts of a worker") from None
    if facts.form != _FORM:
        raise BadRecordError("not_facts", "form", str(facts.form), str(_FORM))
    return facts


def pack_letter(letter: DeadLetter) -> bytes:
    """A dead letter as JSON, what identifies people in its raw record masked."""
    return _JSON.encode(structs.replace(letter, raw=masked(letter.raw)))


def read_letter(value: bytes) -> DeadLetter:
    """The dead letter of a message. Raises `msgspec.DecodeError` where it is none."""
    return _LETTER.decode(value)


def place_name(topic: str, partition: int, offset: int) -> str:
    """How dead letters name a message; the line in it is their position."""
    return f"{topic}/{partition}/{offset}"


def letter_of(
    bad: BadRecordError, topic: str, partition: int, message: Message, line: int = 1
) -> DeadLetter:
    """The dead letter of a line of a message."""
    source = place_name(topic, partition, message.offset)
    return dead_letter(bad, source, line, message.value[:RAW_LIMIT])


def chunks(messages: Iterable[Message], lines: int) -> Iterator[list[Message]]:
    """Messages in runs of about so many lines, each of one message at least."""
    chunk: list[Message] = []
    count = 0
    for message in messages:
        chunk.append(message)
        count += message.value.count(b"\n") + 1
        if count >= lines:
            yield chunk
            chunk, count = [], 0
    if chunk:
        yield chunk
