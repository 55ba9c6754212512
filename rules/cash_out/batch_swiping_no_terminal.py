"""Batch swiping at a pharmacy that reports no terminal: told apart by the operator."""

from collections.abc import Iterator
from typing import Final

from rules.cash_out.batches import ABOUT, batch, may_begin, money
from rules.cash_out.windows import is_raised
from rules.context import Context
from rules.findings import Verdict
from rules.histories.keyed import INSTITUTION_DAY, InstitutionDay
from rules.histories.records import Swipe
from rules.rule import Rule

KIND: Final = INSTITUTION_DAY
RECORDS: Final = (Swipe,)
SUBJECT: Final = "institution"


def check(rule: Rule, context: Context, day: InstitutionDay, swipe: Swipe) -> Iterator[Verdict]:
    """One matter a day and operator: all settlements of the batches without a terminal."""
    if swipe.dev:
        return
    limits = rule.at(swipe.time)
    if money(swipe) < limits["floor"] or len(day.swipes) < limits["persons"]:
        return
    about = f"{ABOUT}|{swipe.opter}"
    swipes = [other for other in day.swipes if not other.dev and other.opter == swipe.opter]
    if may_begin(limits, swipes, swipe) or is_raised(rule, day, about):
        yield Verdict(about, batch(limits, context, swipes, swipe.opter))
