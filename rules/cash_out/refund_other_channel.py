"""Refund through another channel than the one that paid.

Compares, channel by channel (fund, account, family account, cash), what reversals gave back with
what the settlement took. More back in cash than was paid in cash means that account or pool money
left as cash; more back to an account than it paid means that it was filled from elsewhere.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from rules.context import Context
from rules.findings import Finding, Verdict, found
from rules.histories.fund_sums import fund_back
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Refund, Visit
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit,)
SUBJECT: Final = "person"
_NOTHING: Final = (0, 0, 0, 0)


def check(rule: Rule, context: Context, person: Person, visit: Visit) -> Iterable[Verdict]:
    """One matter a settlement: what its reversals together gave back through a wrong channel."""
    if visit.back == _NOTHING:
        return ()
    refunds = [
        refund
        for refund in person.refunds
        if visit.setl_id in refund.targets or visit.event_id in refund.targets
    ]
    return (Verdict(visit.event_id, _look(rule, context, visit, refunds)),)


def _look(rule: Rule, context: Context, visit: Visit, refunds: Sequence[Refund]) -> Finding | None:
    account_paid = max(visit.account, visit.shared)
    if not account_paid and not visit.fund:
        return None
    settled = visit.fund + visit.account + visit.hospital_part
    cash_paid = max(visit.cash, visit.fee - settled)
    counted = _without_repeats(visit, refunds, visit.fund + account_paid + cash_paid)
    account_back = sum(refund.account or refund.shared for refund in counted)
    shared_back = sum(refund.shared for refund in counted)
    cash_back = sum(refund.cash for refund in counted)
    tolerance: int = rule.at(visit.time)["tolerance"]
    as_cash = cash_back - cash_paid
    as_account = account_back - account_paid
    if visit.shared and shared_back:
        as_account += max(visit.shared - shared_back, 0)
    excess = sum(over for over in (as_cash, as_account) if over > tolerance)
    if not excess:
        return None
    return found(
        [visit, *refunds],
        amount=excess,
        involved=visit.fee,
        area=visit.insured_area,
        evidence={
            "institution": context.name_of(visit.inst),
            "settled_at": visit.time,
            "refunded_at": refunds[-1].time,
            "fund_paid_fen": visit.fund,
            "account_paid_fen": account_paid,
            "cash_paid_fen": cash_paid,
            "account_back_fen": account_back,
            "cash_back_fen": cash_back,
            "shared_paid_fen": visit.shared,
            "shared_back_fen": shared_back,
            "excess_fen": excess,
        },
    )


def _without_repeats(visit: Visit, refunds: Sequence[Refund], paid: int) -> Sequence[Refund]:
    """The reversals, each once where the same one was sent again under another event id."""
    back = [fund_back(visit, one) + one.account + one.cash for one in refunds]
    if sum(back) <= paid:
        return refunds
    told = {
        (refund.targets, refund.fund, refund.account, refund.shared, refund.cash): refund
        for refund in reversed(refunds)
    }
    return list(told.values())
