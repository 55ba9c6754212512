"""The pipeline: an event, the histories it touches, and the changes of alerts that follow.

Two steps, which the embedded runner takes in one go and the workers on either side of a topic:
`enter` takes an event to where it belongs and returns the facts it has for other keys; `receive`
takes such a fact to its history. Both are the same step underneath: put a record into a history
and look at the rules that it concerns.
"""

from collections.abc import Callable
from typing import Protocol

from events.kinds import Event
from rules.engine import Change, Engine
from rules.histories import keyed
from rules.histories.facts import Fact
from rules.histories.intake import home
from rules.histories.keyed import History, Person
from rules.histories.spreading import spread


class Histories(Protocol):
    """Where histories are kept between events."""

    def get(self, kind: str, key: str) -> History:
        """The history of a key, a new one if there is none. It may be written until the next get."""
        ...

    def changed(self, kind: str, history: History, fact: Fact) -> None:
        """Told after a record was taken up, so that it can be kept."""
        ...


class Pipeline:
    """Engine and histories together."""

    def __init__(self, engine: Engine, histories: Histories) -> None:
        self.engine = engine
        self.histories = histories
        self.again = 0
        """Events that were delivered again and changed nothing."""
        self.watermark = 0
        """Latest event time seen, epoch seconds."""

    def enter(self, event: Event, out: list[Change]) -> list[Fact]:
        """Take an event to its own history; return the facts it has for other keys."""
        onward: list[Fact] = []
        for fact in home(event):
            if fact.record.time > self.watermark:
                self.watermark = fact.record.time
            if fact.kind == keyed.PERSON:
                self._person(fact, out, onward)
            else:
                onward.append(fact)
        return onward

    def _person(self, fact: Fact, out: list[Change], onward: list[Fact]) -> None:
        person = self.histories.get(keyed.PERSON, fact.key)
        changed = person.take(fact.record)
        if changed is None:
            self.again += 1
            return
        assert isinstance(person, Person)
        self.histories.changed(keyed.PERSON, person, fact)
        for record in changed:
            first = record.event_id == fact.record.event_id
            onward.extend(spread(record, person.refunds, first=first))
        self.engine.look(keyed.PERSON, person, changed, out)

    def receive(self, fact: Fact, out: list[Change]) -> None:
        """Take a fact to its history."""
        if fact.record.time > self.watermark:
            self.watermark = fact.record.time
        history = self.histories.get(fact.kind, fact.key)
        changed = history.take(fact.record)
        if changed is None:
            return
        self.histories.changed(fact.kind, history, fact)
        if changed:
            self.engine.look(fact.kind, history, changed, out)

    def process(self, event: Event, out: list[Change]) -> None:
        """Both steps at once, for a process that owns every key."""
        for fact in self.enter(event, out):
            self.receive(fact, out)
