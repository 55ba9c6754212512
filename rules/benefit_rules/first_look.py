"""A first look at a settlement: whether there is anything to reckon at all."""

from rules.histories.keyed import Person
from rules.histories.records import Visit


def is_idle(person: Person, visit: Visit) -> bool:
    """Whether a settlement drew on no fund and no deductible, and nothing came after it."""
    return not (visit.pool or visit.fund or visit.deductible) and person.visits[-1] is visit
