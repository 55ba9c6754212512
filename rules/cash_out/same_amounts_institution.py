"""Many persons pay the same round amount from their accounts at one pharmacy on one day.

A popular drug has one price too, but seldom a round one of this size, and it is not most of what
a pharmacy sells from accounts on a day.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from rules.cash_out.windows import is_raised
from rules.context import Context
from rules.findings import Finding, Verdict, found, stood, withdrawn
from rules.histories.keyed import INSTITUTION_DAY, InstitutionDay
from rules.histories.records import Swipe
from rules.rule import Rule

KIND: Final = INSTITUTION_DAY
RECORDS: Final = (Swipe,)
SUBJECT: Final = "institution"
ABOUT: Final = "equal"


def check(rule: Rule, context: Context, day: InstitutionDay, swipe: Swipe) -> Iterable[Verdict]:
    """One matter a day; settlements with other amounts can only weaken what is found."""
    limits = rule.at(swipe.time)
    amount = _money(swipe)
    fits = amount >= limits["floor"] and amount % limits["round_unit"] == 0
    if fits or swipe.rev_at:
        if len(day.swipes) < limits["persons"]:
            return ()
    elif not day.standing or not is_raised(rule, day, ABOUT):
        return ()
    return (Verdict(ABOUT, _look(limits, context, day.swipes)),)


def _look(limits: Mapping[str, Any], context: Context, swipes: Sequence[Swipe]) -> Finding | None:
    standing = [swipe for swipe in swipes if not swipe.rev_at]
    finding = _finding(limits, context, standing)
    if finding is None and len(standing) < len(swipes):
        last = swipes[-1].time
        return withdrawn(_finding(limits, context, [s for s in swipes if stood(s, last)]))
    return finding


def _finding(
    limits: Mapping[str, Any], context: Context, swipes: Sequence[Swipe]
) -> Finding | None:
    paid = [swipe for swipe in swipes if _money(swipe) > 0]
    fitting = Counter(
        amount
        for swipe in paid
        if (amount := _money(swipe)) >= limits["floor"] and amount % limits["round_unit"] == 0
    )
    taking = [swipe for swipe in paid if fitting[_money(swipe)] >= limits["persons"]]
    persons = len({swipe.psn_no for swipe in taking})
    if persons < limits["persons"] or len(taking) < limits["share"] * len(paid):
        return None
    amount = sum(swipe.fund + _money(swipe) for swipe in taking)
    return found(
        taking,
        amount=amount,
        involved=sum(swipe.fee for swipe in taking),
        area=taking[-1].insured_area,
        evidence={
            "institution": context.name_of(taking[-1].inst),
            "times": len(taking),
            "persons": persons,
            "each_fen": sorted({_money(swipe) for swipe in taking}),
            "settlements": len(paid),
            "amount_fen": amount,
            "begun_at": taking[0].time,
            "ended_at": taking[-1].time,
        },
    )


def _money(swipe: Swipe) -> int:
    return max(swipe.account, swipe.shared)
