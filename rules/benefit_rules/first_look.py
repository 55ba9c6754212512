"""A first look at a settlement: whether there is anything to reckon at all."""

from rules.histories.person import Person
from rules.histories.records import Visit


def is_idle(person: Person, visit: Visit) -> bool:
    """Whether a settlement is the last one, drew on no fund and shows nothing of those before.

    It shows something where it took from a deductible that an earlier one should have taken from,
    and may show that manual claims do not count.
    """
    if visit.pool_paid or person.claims or person.visits[-1] is not visit:
        return False
    return not visit.deductible or not any(one.pool_paid for one in person.visits)
