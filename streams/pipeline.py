"""The pipeline: an event, the histories it touches, and the changes of alerts that follow.

Two steps, which the embedded runner takes in one go and the workers on either side of a topic:
`enter` takes an event to where it belongs and returns the facts it has for other keys; `receive`
takes such a fact to its history. Both are the same step underneath: put a record into a history
and look at the rules that it concerns.
"""

from collections.abc import Iterable, Sequence
from typing import Final, Protocol

from events.kinds import Event
from events.times import DAY
from rules.engine import Change, Engine
from rules.histories import keyed
from rules.histories.facts import Fact
from rules.histories.history import History
from rules.histories.intake import home
from rules.histories.keyed import forget, oldest_kept
from rules.histories.person import Person
from rules.histories.records import Record, Visit
from rules.histories.spreading import spread

LATENESS_DAYS: Final = 7
"""Allowed lateness, days of event time: within it the order of arrival changes nothing."""
_LATENESS: Final = LATENESS_DAYS * DAY


class Histories(Protocol):
    """Where histories are kept between events."""

    def take(self, fact: Fact) -> tuple[History, Sequence[Record]] | None:
        """Take a fact's record up into its history, and keep it.

        Returns the history and what rules must look at again, None where there is nothing to look
        at. What there is of a person's record may be looked at each time it is new or changed.
        """
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
        return self._enter(home(event), out)

    def _enter(self, facts: Sequence[Fact], out: list[Change]) -> list[Fact]:
        onward: list[Fact] = []
        for fact in facts:
            self.watermark = max(self.watermark, fact.record.time)
            if fact.kind == keyed.PERSON:
                self._person(fact, out, onward)
            else:
                onward.append(fact)
        return onward

    def _person(self, fact: Fact, out: list[Change], onward: list[Fact]) -> None:
        taken = self.histories.take(fact)
        if taken is None:
            self.again += 1
            return
        person, changed = taken
        assert isinstance(person, Person)
        for record in changed:
            first = record.event_id == fact.record.event_id
            onward.extend(spread(record, person, first=first))
        panel = self.engine.panel
        if panel is not None:
            onward.extend(panel.tell(person, changed))
        oldest = oldest_kept(keyed.PERSON, self.watermark - _LATENESS)
        # A settlement of a year that is forgotten would be taken for the first of its year.
        if fact.record.time >= oldest or not isinstance(fact.record, Visit):
            self.engine.look(keyed.PERSON, person, changed, out)
        if person.visits and person.visits[0].time < oldest:
            forget(person, keyed.PERSON, self.watermark - _LATENESS)

    def receive(self, fact: Fact, out: list[Change]) -> bool:
        """Take a fact to its history; whether rules had something new to look at there."""
        self.watermark = max(self.watermark, fact.record.time)
        taken = self.histories.take(fact)
        if taken is None:
            return False
        history, changed = taken
        self.engine.look(fact.kind, history, changed, out)
        return True

    def receive_all(self, facts: Iterable[Fact], out: list[Change]) -> None:
        """Take facts to their histories, kind after kind, in their order within each.

        Every history gets its facts in their order all the same. Each kind has code and data of
        its own, which the processor's caches do not hold for long.
        """
        by_kind: dict[str, list[Fact]] = {}
        for fact in facts:
            by_kind.setdefault(fact.kind, []).append(fact)
        for kind in by_kind.values():
            for fact in kind:
                self.receive(fact, out)

    def process_all(self, events: Sequence[Event], out: list[Change]) -> None:
        """`process` for many events, each step for all of them before the next.

        Every history ends as if they had been processed one by one; only changes of different
        histories may be told in another order.
        """
        facts = [home(event) for event in events]
        self.receive_all([fact for some in facts for fact in self._enter(some, out)], out)

    def process(self, event: Event, out: list[Change]) -> None:
        """Both steps at once, for a process that owns every key; `engine.finish` ends a batch."""
        for fact in self.enter(event, out):
            taken = self.histories.take(fact)
            if taken is not None:
                self.engine.look(fact.kind, *taken, out)
