"""The lines in a message of events: what belongs to its partition, and the rest."""

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from alerts.ledger.archive import Kept
from events.codec import MAX_BYTES
from events.deadletters import BadRecordError, DeadLetter, dead_letter
from events.kinds import Event, key_of
from events.readers import read_line, split_lines
from events.times import DAY
from streams.archived import archived
from streams.sharing import timely
from streams.worker.messages import Message, place_name
from streams.worker.partitioning import home_of

_EMPTY: Final = BadRecordError("empty", "", "no value", "one or several lines of events")


class Lines(Struct):
    """What stands in a message of events.

    `kept` are its events as the archive keeps them, `strays` key and line of those that a producer
    put into the wrong partition, `unknown` the number of fields that the contract does not know.
    """

    events: list[Event]
    kept: list[Kept]
    letters: list[DeadLetter]
    strays: list[tuple[str, bytes]]
    unknown: int = 0


Note = Callable[[int, Message, Lines], None]
"""Is told of a partition, a message there and what stands in it."""


def read_events(topic: str, partition: int, partitions: int, message: Message) -> Lines:
    """Read a message of one of so many partitions; the same message always reads the same."""
    source = place_name(topic, partition, message.offset)
    found = Lines([], [], [], [])
    # Not the clock: read again tomorrow, the message must have the same fate.
    latest = message.stamp + DAY
    empty = True
    for number, raw in split_lines([message.value], MAX_BYTES):
        if not raw.strip():
            continue
        empty = False
        read = read_line(raw, source, number)
        told = read if isinstance(read, DeadLetter) else timely(read, latest)
        if isinstance(told, DeadLetter):
            found.letters.append(told)
            continue
        found.unknown += len(told.unknown)
        key = key_of(told.event)
        if home_of(key, partitions) == partition:
            found.events.append(told.event)
            found.kept.append(archived(told))
        else:
            found.strays.append((key, raw))
    if empty:
        found.letters.append(dead_letter(_EMPTY, source, 1))
    return found
