"""What a rule may ask besides its history: reference data, the policy in force, the knowledge."""

from collections import Counter
from collections.abc import Mapping
from math import asin, cos, radians, sin, sqrt
from typing import Final

from events.identifiers import area_of_institution
from events.times import day_of
from rules.knowledge.index import NOTHING, Knowledge
from rules.packs import Policy, Value
from rules.reference import EMPTY, InstitutionEntry, Place, Reference

_EARTH_KM: Final = 6371.0


class Context:
    """Reference data, policy and knowledge points, as every rule sees them."""

    def __init__(
        self,
        reference: Reference = EMPTY,
        policy: Policy | None = None,
        knowledge: Knowledge = NOTHING,
    ) -> None:
        self.reference = reference
        self.knowledge = knowledge
        self.policy = policy if policy is not None else Policy.load()
        self.institutions: Mapping[str, InstitutionEntry] = reference.institutions
        self._listed: Mapping[str, int] | None = None

    def law(self, area: str, path: str, time: int) -> Value | None:
        """The policy's value at a path, for an insured area (6 digits) at an event time.

        None when it is not set, repealed or left open: the check then stays silent.
        """
        return self.policy.at(area, path, day_of(time))

    def name_of(self, inst: str) -> str:
        """The name of an institution, or its code."""
        return self.reference.name_of(inst)

    def listed(self, area: str) -> int:
        """How many institutions the reference data names whose codes are of an area (6 digits)."""
        if self._listed is None:
            self._listed = Counter(map(area_of_institution, self.institutions))
        return self._listed.get(area, 0)

    def kilometres(self, inst: str, area: str, other: str, other_area: str) -> float | None:
        """Great-circle distance of two institutions, or their areas' middles; None if unknown."""
        if inst == other:
            return 0.0
        here = self.reference.place(inst, area)
        there = self.reference.place(other, other_area)
        return distance(here, there) if here is not None and there is not None else None


def distance(here: Place, there: Place) -> float:
    """Great-circle distance in kilometres (haversine on a sphere of 6,371 km)."""
    north = radians(there.lat - here.lat) / 2
    east = radians(there.lng - here.lng) / 2
    chord = sin(north) ** 2 + cos(radians(here.lat)) * cos(radians(there.lat)) * sin(east) ** 2
    return 2 * _EARTH_KM * asin(min(1.0, sqrt(chord)))
