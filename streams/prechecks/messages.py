"""What stands in the messages of questions and answers between a desk and the workers."""

from typing import Final, TypeVar

import msgspec
from msgspec import Struct

from alerts.ledger.lines import alert_from_line, alert_line
from alerts.prechecks.verdict import Remark
from events.deadletters import BadRecordError
from rules.histories.facts import Fact

LONGEST_MS: Final = 10_000
"""Nobody waits longer for an answer; older questions are passed over."""
_FORM: Final = 1
_PACK: Final = msgspec.msgpack.Encoder()


class Ask(Struct, frozen=True, array_like=True):
    """A question to the owner of a partition: an event as its line, or the facts it would have.

    `sent_ms` is when it was asked, epoch ms by the clock of whoever asks.
    """

    form: int
    task: str
    sent_ms: int
    event_id: str
    line: bytes = b""
    facts: list[Fact] = []


class Found(Struct, frozen=True, array_like=True):
    """A remark: the alert as its line, and what else is known of it."""

    alert: bytes
    stable: bool
    new: bool


class Reply(Struct, frozen=True, array_like=True):
    """What one owner found. `person` is the answer to an event, the others are to facts.

    `onward` are the partitions whose owners were asked in turn, with the kinds of histories there.
    """

    form: int
    task: str
    partition: int
    person: bool
    found: list[Found]
    onward: dict[int, list[str]]

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """The remarks."""
        return tuple(Remark(alert_from_line(one.alert), one.stable, one.new) for one in self.found)


M = TypeVar("M", Ask, Reply)
_ASK: Final = msgspec.msgpack.Decoder(Ask)
_REPLY: Final = msgspec.msgpack.Decoder(Reply)
_WRONG: Final = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError)


def pack_event(task: str, sent_ms: int, event_id: str, line: bytes) -> bytes:
    """The question about an event."""
    return _PACK.encode(Ask(_FORM, task, sent_ms, event_id, line))


def pack_facts(asked: Ask, facts: list[Fact]) -> bytes:
    """The question about facts that follows from one about an event."""
    return _PACK.encode(Ask(_FORM, asked.task, asked.sent_ms, asked.event_id, b"", facts))


def pack_reply(
    asked: Ask, partition: int, remarks: tuple[Remark, ...], onward: dict[int, list[str]]
) -> bytes:
    """The answer of a partition's owner."""
    found = [Found(alert_line(one.alert), one.stable, one.new) for one in remarks]
    person = bool(asked.line)
    return _PACK.encode(Reply(_FORM, asked.task, partition, person, found, onward))


def read_ask(value: bytes) -> Ask:
    """The question of a message. Raises BadRecordError."""
    try:
        asked = _ASK.decode(value)
    except _WRONG as error:
        raise BadRecordError("not_asked", "", type(error).__name__, "a question") from None
    return _checked(asked)


def read_reply(value: bytes) -> Reply:
    """The answer of a message. Raises BadRecordError."""
    try:
        reply = _REPLY.decode(value)
    except _WRONG as error:
        raise BadRecordError("not_asked", "", type(error).__name__, "an answer") from None
    return _checked(reply)


def _checked(message: M) -> M:
    if message.form != _FORM:
        raise BadRecordError("not_asked", "form", str(message.form), str(_FORM))
    return message
