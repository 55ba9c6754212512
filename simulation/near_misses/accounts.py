"""Account income that looks wrong and is right."""

from simulation import acts
from simulation.benefit import CREDIT_PERCENT
from simulation.cases import Case, clock, day_for


def higher_base(case: Case) -> None:
    """The base has risen, and the credit with it."""
    who = case.who
    who.credits_by_case, who.employment = True, "employee"
    at = clock(case, day_for(case))
    base = who.base * 5 // 2
    amount = base * CREDIT_PERCENT // 100
    case.plan(at, lambda: case.mark(acts.credit(case.world, who, at, amount, base=base)))


def whole_year(case: Case) -> None:
    """A flexibly employed person's year is credited in one sum."""
    who = case.who
    who.credits_by_case, who.employment = True, "flexible"
    at = clock(case, day_for(case))
    base = who.base * 12
    amount = base * CREDIT_PERCENT // 100
    case.plan(at, lambda: case.mark(acts.credit(case.world, who, at, amount, base=base)))
