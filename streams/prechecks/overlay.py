"""The pipeline over copies: an event is taken as it would be, and the copies are thrown away."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from alerts.prechecks.verdict import SEEN
from events.kinds import Event
from rules.engine import Change, Engine
from rules.histories.facts import Fact
from rules.histories.history import History
from rules.histories.records import Record
from streams.pipeline import Pipeline
from streams.state import Place

Copies = Callable[[Iterable[Place]], Mapping[Place, History]]
"""Gives copies of histories, by kind and key, that the caller may change."""


class Overlay:
    """Implements `streams.pipeline.Histories` over copies; forgets nothing and keeps nothing."""

    def __init__(self, copies: Copies) -> None:
        self._copies = copies
        self._own: dict[Place, History] = {}

    def fetch(self, facts: Iterable[Fact]) -> None:
        """Get the histories that facts are for, all at once."""
        places = {(fact.kind, fact.key) for fact in facts} - self._own.keys()
        if places:
            self._own.update(self._copies(places))

    def take(self, fact: Fact) -> tuple[History, Sequence[Record]] | None:
        """Take a record up into the copy of its history."""
        place = (fact.kind, fact.key)
        if place not in self._own:
            self.fetch((fact,))
        history = self._own[place]
        changed = history.take(fact.record)
        return (history, changed) if changed else None


def enter(engine: Engine, copies: Copies, event: Event, out: list[Change]) -> list[Fact]:
    """Show an event to its own history; return the facts it would have for other keys.

    Models look at what was taken; here only rules are asked, and only those about payments.
    """
    facts = Pipeline(engine.plain(), Overlay(copies)).enter(event, out)
    return [fact for fact in facts if fact.kind in SEEN]


def receive(engine: Engine, copies: Copies, facts: Sequence[Fact], out: list[Change]) -> None:
    """Show facts to their histories."""
    overlay = Overlay(copies)
    overlay.fetch(facts)
    pipeline = Pipeline(engine.plain(), overlay)
    for fact in facts:
        pipeline.receive(fact, out)


def consider(engine: Engine, copies: Copies, event: Event) -> list[Change]:
    """What would change about alerts if an event were taken, for a process that owns every key."""
    changes: list[Change] = []
    receive(engine, copies, enter(engine, copies, event, changes), changes)
    return changes
