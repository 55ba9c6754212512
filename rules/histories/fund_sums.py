"""Whether a settlement's sum of the funds holds the money of its personal account.

The national interface keeps account money apart from `fund_pay_sumamt`; some provinces count it
inside. A settlement mostly tells by itself: the sum is that of the funds, or theirs and the
account's (2207); and with cash and the hospital's part it leaves the account's money over of the
total, or nothing. Where that says nothing, or two things, the policy decides (`rules.pool`).
"""

from typing import Final

from rules.histories.records import ACCOUNT_APART, ACCOUNT_INSIDE, Refund, Visit

_CENT: Final = 2
"""Fen that a sum may be off: rounding of parts."""


def account_in(
    fee: int, fund: int, account: int, cash: int, hospital: int, parts: int, detail: int
) -> int:
    """`ACCOUNT_INSIDE`, `ACCOUNT_APART`, or 0 where amounts in fen say nothing or both.

    `parts` are the funds' parts and `detail` those of `setldetail`, each 0 where none is told.
    """
    if account <= 2 * _CENT or fund <= 0:
        return 0
    if fund < account - _CENT:
        return ACCOUNT_APART
    told = {_fits(fund - funds, account) for funds in (parts, detail) if funds > 0}
    if fee > 0:
        told.add(_fits(account - (fee - fund - hospital - cash), account))
    told.discard(0)
    return told.pop() if len(told) == 1 else 0


def _fits(over: int, account: int) -> int:
    """What the part of a sum that no fund explains says: nothing is left, or the account's."""
    if -_CENT <= over <= _CENT:
        return ACCOUNT_APART
    return ACCOUNT_INSIDE if -_CENT <= over - account <= _CENT else 0


def fund_back(visit: Visit, refund: Refund) -> int:
    """What a reversal of a visit gave back to the funds, fen.

    Who counts account money inside does so of reversals too, unless one gives back just what the
    funds paid.
    """
    account = max(refund.account, refund.shared)
    if visit.account_in != ACCOUNT_INSIDE or refund.fund < account or refund.fund == visit.fund:
        return refund.fund
    return refund.fund - account
