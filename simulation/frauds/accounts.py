"""Account income that has no ground: wrong amounts, people who have no account."""

from simulation import acts
from simulation.benefit import CREDIT_PERCENT
from simulation.cases import Case, clock, day_for


def wrong_credit(case: Case) -> None:
    """Twice what the contribution base gives is credited."""
    who = case.who
    who.credits_by_case, who.employment = True, "employee"
    at = clock(case, day_for(case))
    amount = who.base * CREDIT_PERCENT * 2 // 100
    case.plan(at, lambda: case.mark(acts.credit(case.world, who, at, amount)))


def credit_pool_only(case: Case) -> None:
    """Somebody insured with the pool only has no account, and is credited."""
    who = case.who
    who.has_account, who.clct_way, who.balance = False, "pool_only", 0
    at = clock(case, day_for(case))
    amount = who.base * CREDIT_PERCENT // 100

    def happen() -> None:
        case.mark(acts.credit(case.world, who, at, amount))
        who.balance = 0

    case.plan(at, happen)
