"""The two stages: events to persons, facts to places. Messages in, what follows out; no network.

What comes out of a partition is a function of its messages in their order: where batches begin and
end, who processes them and how often makes no difference. Each change carries the append time of
its message as the alert's generation, so that of two tellings of an alert the later one counts,
also where state was built again from a log whose beginning is gone.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Final, Generic, Protocol, TypeVar

from msgspec import Struct

from alerts.alert import Alert, alert_of
from events.deadletters import BadRecordError, DeadLetter
from events.kinds import Event
from events.times import DAY
from rules.engine import Change
from rules.histories import keyed
from rules.histories.facts import Fact
from rules.histories.records import AnyRecord
from rules.panel import Asked, Judged
from streams.worker.messages import Facts, Message, Told, letter_of, read_facts
from streams.worker.reading import Lines, Note, read_events
from streams.worker.store import Heard, Position, Store

SWEEP_DAYS: Final = 7
Content = TypeVar("Content")


class Taken(Struct):
    """What became of some messages: the new position, and everything that must be told."""

    position: Position
    changes: list[Change]
    alerts: list[Alert]
    letters: list[DeadLetter]
    onward: list[Told]
    events: list[Event]
    fresh: list[Event]
    """Those of the events that had not come before."""
    moved: list[AnyRecord]
    """What accounts took up for the first time."""
    strays: list[tuple[str, bytes]]
    """Key and line of events that a producer put into the wrong partition."""
    unknown: int = 0
    forget_at: int | None = None
    """Event time at which old records are to go, after the last of these messages."""
    asked: Sequence[Asked] = ()
    """What models are to judge before anything is told, message by message."""


class Stage(Protocol):
    """One of the stages. `kinds` are those of the histories it keeps."""

    name: str
    topic: str
    kinds: tuple[str, ...]

    def take(
        self, store: Store, partition: int, position: Position, messages: Sequence[Message]
    ) -> Taken:
        """Take messages of a partition into the store's open transaction.

        Stops after a message with which a week of event time has ended, so that what is too old
        goes between the same two messages whoever takes them.
        """
        ...


class Ahead(Generic[Content]):
    """Reads messages, and remembers what was read of those before which the stage stopped."""

    def __init__(self, read: Callable[[int, Message], Content]) -> None:
        self._read = read
        self._known: dict[int, list[tuple[Message, Content]]] = {}

    def read(self, partition: int, messages: Sequence[Message]) -> list[Content]:
        """What stands in messages of a partition."""
        known = {
            message.offset: (message, found) for message, found in self._known.pop(partition, ())
        }
        contents: list[Content] = []
        for message in messages:
            before, content = known.get(message.offset, (None, None))
            if before is not message or content is None:
                content = self._read(partition, message)
            contents.append(content)
        self._known[partition] = list(zip(messages, contents, strict=True))
        return contents

    def stopped(self, partition: int, before: int) -> None:
        """Forget what was read of messages before an offset."""
        known = self._known.pop(partition)
        left = [(message, content) for message, content in known if message.offset >= before]
        if left:
            self._known[partition] = left


class Persons:
    """First stage: events to their persons; facts for other keys come out."""

    name: str = "persons"
    kinds: tuple[str, ...] = (keyed.PERSON,)

    def __init__(self, topic: str, partitions: int, note: Note = lambda *_: None) -> None:
        """`note` is told what stands in every message that is read."""
        self.topic = topic
        self._partitions = partitions
        self._note = note
        self._ahead = Ahead(self._lines)

    def take(
        self, store: Store, partition: int, position: Position, messages: Sequence[Message]
    ) -> Taken:
        """Take messages of lines of events."""
        taken = Taken(position, [], [], [], [], [], [], [], [])
        decoded = self._ahead.read(partition, messages)
        store.histories.prefetch(
            keyed.PERSON, {event.psn_no for lines in decoded for event in lines.events} - {""}
        )
        for message, lines in zip(messages, decoded, strict=True):
            self._enter(store, message, lines, taken)
            if taken.forget_at is not None:
                break
        self._ahead.stopped(partition, taken.position.next)
        return taken

    def _lines(self, partition: int, message: Message) -> Lines:
        lines = read_events(self.topic, partition, self._partitions, message)
        self._note(partition, message, lines)
        return lines

    def _enter(self, store: Store, message: Message, lines: Lines, taken: Taken) -> None:
        position = taken.position
        stamp = max(position.stamp, message.stamp)
        changes: list[Change] = []
        onward: list[Fact] = []
        for event in lines.events:
            again = store.pipeline.again
            onward += store.pipeline.enter(event, changes)
            if store.pipeline.again == again:
                taken.fresh.append(event)
        taken.events += lines.events
        taken.letters += lines.letters
        taken.strays += lines.strays
        taken.unknown += lines.unknown
        taken.onward += [Told(message.offset, i, fact) for i, fact in enumerate(onward)]
        _tell(taken, changes, stamp)
        _ask(store, taken, stamp)
        watermark = store.pipeline.watermark
        _move(taken, Position(message.offset + 1, stamp, watermark, position.swept), watermark)


class Places:
    """Second stage: facts to accounts, terminals, institutions, documents and stock."""

    name: str = "places"
    kinds: tuple[str, ...] = tuple(kind for kind in keyed.KINDS if kind != keyed.PERSON)

    def __init__(self, topic: str, partitions: int) -> None:
        self.topic = topic
        self._partitions = partitions
        self._ahead = Ahead(self._facts)

    def take(
        self, store: Store, partition: int, position: Position, messages: Sequence[Message]
    ) -> Taken:
        """Take messages of facts; those told before are passed over."""
        taken = Taken(position, [], [], [], [], [], [], [], [])
        decoded = self._ahead.read(partition, messages)
        keys: defaultdict[str, set[str]] = defaultdict(set)
        for facts in decoded:
            if isinstance(facts, Facts):
                for told in facts.told:
                    keys[told.fact.kind].add(told.fact.key)
        for kind, wanted in keys.items():
            store.histories.prefetch(kind, wanted)
        for message, facts in zip(messages, decoded, strict=True):
            self._receive(store, message, facts, taken)
            if taken.forget_at is not None:
                break
        self._ahead.stopped(partition, taken.position.next)
        return taken

    def _facts(self, partition: int, message: Message) -> Facts | DeadLetter:
        try:
            facts = read_facts(message.value)
            self._check(facts)
        except BadRecordError as bad:
            return letter_of(bad, self.topic, partition, message)
        return facts

    def _check(self, facts: Facts) -> None:
        if not 0 <= facts.source < self._partitions:
            raise BadRecordError("not_facts", "source", str(facts.source), "a partition of events")
        if any(told.fact.kind not in self.kinds for told in facts.told):
            raise BadRecordError("not_facts", "kind", "another", " ".join(self.kinds))

    def _receive(
        self, store: Store, message: Message, facts: Facts | DeadLetter, taken: Taken
    ) -> None:
        position = taken.position
        stamp = max(position.stamp, message.stamp)
        slowest = 0
        if isinstance(facts, DeadLetter):
            taken.letters.append(facts)
        else:
            changes: list[Change] = []
            heard = store.heard.get(facts.source, Heard())
            last = (heard.offset, heard.number)
            for told in facts.told:
                if (told.offset, told.number) > last:
                    last = (told.offset, told.number)
                    new = store.pipeline.receive(told.fact, changes)
                    if new and told.fact.kind == keyed.ACCOUNT:
                        taken.moved.append(told.fact.record)
            watermark = max(heard.watermark, facts.watermark)
            store.heard[facts.source] = Heard(*last, watermark)
            _tell(taken, changes, stamp)
            _ask(store, taken, stamp)
            if len(store.heard) >= self._partitions:
                slowest = min(one.watermark for one in store.heard.values())
        watermark = store.pipeline.watermark
        _move(taken, Position(message.offset + 1, stamp, watermark, position.swept), slowest)


def _move(taken: Taken, position: Position, passed: int) -> None:
    """Set the position after a message; `passed` is the event time that all have passed."""
    day = passed // DAY
    if day >= position.swept + SWEEP_DAYS:
        position = position._replace(swept=day)
        taken.forget_at = passed
    taken.position = position


def _tell(taken: Taken, changes: list[Change], stamp: int) -> None:
    taken.changes += changes
    taken.alerts += [alert_of(change, stamp) for change in changes]


def _ask(store: Store, taken: Taken, stamp: int) -> None:
    """Gather what a message left to be judged: by message, so that batches make no difference."""
    panel = store.pipeline.engine.panel
    if panel is not None:
        taken.asked = [*taken.asked, *(one._replace(mark=stamp) for one in panel.gather())]


def answered(store: Store, taken: Taken, judged: Sequence[Judged]) -> None:
    """Settle what models said of what was asked, each under the time of its message."""
    for one in judged:
        changes: list[Change] = []
        store.pipeline.engine.settle((one,), changes)
        _tell(taken, changes, one.mark)
