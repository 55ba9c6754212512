"""What the desk explains alerts by and counts its periods with; stands at `app.state.world`."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Annotated

from fastapi import Depends, Request
from msgspec import Struct

from alerts.cases.periods import Calendar
from events.times import date_of
from rules.packs import Policy
from rules.reference import EMPTY, Reference
from rules.registry import load_anomalies, load_rules
from rules.rule import Meta


class World(Struct, frozen=True):
    """What alerts are explained by: names, the policy in force (asked anew each time), the rules
    that run, and the calendar of statutory periods.

    What is None is what comes with fundwatch; of the calendar, the holidays of the reference.
    """

    reference: Reference = EMPTY
    policy: Callable[[], Policy] | None = None
    rules: tuple[Meta, ...] | None = None
    days: Calendar | None = None

    @property
    def calendar(self) -> Calendar:
        """The calendar in which periods are counted."""
        return self.days or Calendar(frozenset(map(date_of, self.reference.holidays)))

    @property
    def law(self) -> Policy:
        """The policy in force now."""
        return _packs() if self.policy is None else self.policy()

    @property
    def running(self) -> frozenset[str]:
        """The ids of the rules that run."""
        if self.rules is not None:
            return frozenset(meta.id for meta in self.rules)
        return frozenset(meta.id for meta in every_rule() if meta.maturity == "stable")


@cache
def every_rule() -> Sequence[Meta]:
    """The metadata of all rules that come with fundwatch, those of models too, by id."""
    known = [*load_rules(shadow=True), *load_anomalies()]
    return tuple(sorted((rule.meta for rule in known), key=lambda meta: meta.id))


def world_of(request: Request) -> World:
    """The world of the application."""
    world: World = request.app.state.world
    return world


Known = Annotated[World, Depends(world_of)]


@cache
def _packs() -> Policy:
    return Policy.load()
