"""The pool's part of a settlement: records know no policy, so rules ask here.

Where a settlement tells the pool's part (`hifp_pay`), or its amounts show whether the funds' sum
holds the account's money (`rules.histories.fund_sums`), that counts; else the policy's switch
`amounts.fund_sum_includes_account`, of the insured's area or the institution's.
"""

from typing import Final

from events.times import day_of
from rules.context import Context
from rules.histories.records import Visit
from rules.packs import Policy

INSIDE: Final = "amounts.fund_sum_includes_account"
"""Path of the switch."""


def pool_of(context: Context, visit: Visit) -> int:
    """What the pool paid of a settlement, fen."""
    paid = visit.pool_paid
    account = max(visit.account, visit.shared)
    if visit.pool or paid <= 0 or not account or visit.account_in:
        return paid
    if not counts_inside(context.policy, visit.insured_area, visit.area, day_of(visit.time)):
        return paid
    return max(0, paid - account)


def counts_inside(policy: Policy, insured_area: str, area: str, day: int) -> bool:
    """Whether the funds' sum holds account money where somebody is insured, or is treated."""
    return _is_on(policy, insured_area, day) or (area != insured_area and _is_on(policy, area, day))


def _is_on(policy: Policy, area: str, day: int) -> bool:
    value = policy.at(area, INSIDE, day)
    return value is not None and value.flag
