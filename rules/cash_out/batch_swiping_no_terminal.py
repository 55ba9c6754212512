"""Batch swiping at a pharmacy that reports neither terminal nor operator."""

from collections.abc import Iterable
from typing import Final

from rules.cash_out.batches import ABOUT, batch, counts, may_begin
from rules.cash_out.windows import is_raised
from rules.context import Context
from rules.findings import Verdict
from rules.histories.keyed import INSTITUTION_DAY, InstitutionDay
from rules.histories.records import Swipe
from rules.rule import Rule

KIND: Final = INSTITUTION_DAY
RECORDS: Final = (Swipe,)
SUBJECT: Final = "institution"


def check(rule: Rule, context: Context, day: InstitutionDay, swipe: Swipe) -> Iterable[Verdict]:
    """One matter a day: all settlements of the batches that name no terminal and no operator."""
    if swipe.dev or swipe.opter:
        return ()
    limits = rule.at(swipe.time)
    if len(day.swipes) < limits["persons"] or not counts(limits, context, swipe):
        return ()
    swipes = [other for other in day.swipes if not other.dev and not other.opter]
    if not may_begin(limits, swipes, swipe) and not is_raised(rule, day, ABOUT):
        return ()
    return (Verdict(ABOUT, batch(limits, context, swipes, swipe.inst)),)
