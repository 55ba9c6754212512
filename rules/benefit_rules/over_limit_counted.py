"""Costs above the payment limit of an item counted as in policy, and the pool paid of them.

`pric_uplmt_amt` is not the price that may be asked (that is `listed_pric`): the national interface
divides a fee line into own expense, what is above this limit, first-pay part and in-policy amount,
and leaves the second to the patient. So a dearer line is no breach by itself, but no more than the
limit of each unit can be in policy.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from events.times import day_of
from rules.benefit_rules.payments import concerned
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Line, Visit
from rules.pool import pool_of
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit,)
SUBJECT: Final = "person"
_UNIT: Final = 1000
Limits = Mapping[str, Any]


def check(rule: Rule, context: Context, _: Person, visit: Visit) -> Iterable[Verdict]:
    """One matter a settlement: what its lines count in beyond their limits."""
    if not (visit.pool or visit.fund) or not any(_exceeds(context, one) for one in visit.lines):
        return ()
    paid = pool_of(context, visit)
    if paid <= 0 or visit.in_scope <= 0 or not concerned(visit):
        return ()
    finding = _look(rule.at(visit.time), context, visit, paid)
    return (Verdict(visit.event_id, withdrawn(finding) if visit.rev_at else finding),)


def _look(limits: Limits, context: Context, visit: Visit, paid: int) -> Finding | None:
    day = day_of(visit.time)
    above = [
        (excess, line, limit)
        for line in visit.lines
        if (limit := _limit(context, line, day))
        and (excess := line.in_scope - limit * line.quantity // _UNIT) > _slack(limits, line)
        and not _is_other_unit(limits, line, limit)
    ]
    counted = sum(excess for excess, _, _ in above)
    amount = min(paid, counted * paid // visit.in_scope)
    if amount <= 0:
        return None
    _, line, limit = max(above, key=lambda one: one[0])
    return found(
        [visit],
        amount=amount,
        involved=sum(line.amount for _, line, _ in above),
        area=visit.insured_area,
        evidence={
            "institution": context.name_of(visit.inst),
            "settled_at": visit.time,
            "items": [one.name or one.code for _, one, _ in above],
            "item": line.name or line.code,
            "code": line.code,
            "limit_fen": limit,
            "in_policy_fen": line.in_scope,
            "counted_fen": counted,
            "paid_fen": paid,
            "amount_fen": amount,
        },
    )


def _exceeds(context: Context, line: Line) -> bool:
    """Whether a line counts in more than any limit: a quick look."""
    counted = line.in_scope * _UNIT
    if line.listed:
        return counted > line.listed * line.quantity
    return counted > 0 and any(
        entry.price_limit and counted > entry.price_limit * line.quantity
        for entry in context.reference.catalogue.get(line.code, ())
    )


def _limit(context: Context, line: Line, day: int) -> int:
    """The payment limit of a unit, fen: the line's own or the catalogue's, the higher; 0 if none.

    Limits differ by grade of hospital, and the catalogue may hold another grade's.
    """
    if line.quantity <= 0 or line.split:
        return 0
    entry = context.reference.item(line.code, day)
    listed = entry.price_limit if entry is not None else None
    return max(line.listed, listed or 0)


def _slack(limits: Limits, line: Line) -> int:
    """Fen that a line may be off as its limit a unit, and its amount, are rounded."""
    rounding: int = limits["rounding"]
    return rounding - rounding * line.quantity // -_UNIT


def _is_other_unit(limits: Limits, line: Line, limit: int) -> bool:
    """Whether so much is counted a unit that the limit must be another unit's."""
    return line.in_scope * _UNIT > limit * int(limits["other_unit"]) * line.quantity
