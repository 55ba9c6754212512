"""Refund through another channel than the one that paid.

Compares, channel by channel (fund, account, cash), what reversals gave back with what the
settlement took. More back in cash than was paid in cash means that account or pool money left
as cash.
"""

from collections.abc import Iterator
from typing import Final

from rules.context import Context
from rules.findings import Verdict, found
from rules.histories.keyed import PERSON, Person
from rules.histories.records import Visit
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit,)
SUBJECT: Final = "person"


def check(rule: Rule, context: Context, person: Person, visit: Visit) -> Iterator[Verdict]:
    """One matter a settlement: what its reversals together gave back in cash beyond the cash paid."""
    if not any(visit.back):
        return
    refunds = [
        r for r in person.refunds if visit.setl_id in r.targets or visit.event_id in r.targets
    ]
    excess = visit.back[3] - visit.cash
    if excess <= rule.at(visit.time)["tolerance"] or not (visit.account or visit.fund):
        yield Verdict(visit.event_id, None)
        return
    yield Verdict(
        visit.event_id,
        found(
            [visit, *refunds],
            amount=excess,
            involved=visit.fee,
            area=visit.insured_area,
            evidence={
                "institution": context.name_of(visit.inst),
                "settled_at": visit.time,
                "refunded_at": refunds[-1].time,
                "account_paid_fen": visit.account,
                "cash_paid_fen": visit.cash,
                "account_back_fen": visit.back[1],
                "cash_back_fen": visit.back[3],
                "excess_fen": excess,
            },
        ),
    )
