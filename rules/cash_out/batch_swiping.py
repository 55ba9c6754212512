"""Batch swiping: one terminal charges many persons' accounts one after another.

A pharmacy that names no terminal is told apart by the operator.
"""

from collections.abc import Iterable
from typing import Final

from rules.cash_out.batches import ABOUT, batch, counts, is_lone, may_begin
from rules.cash_out.windows import is_raised
from rules.context import Context
from rules.findings import Verdict
from rules.histories.keyed import TERMINAL, Terminal
from rules.histories.records import Swipe
from rules.rule import Rule

KIND: Final = TERMINAL
RECORDS: Final = (Swipe,)
SUBJECT: Final = "terminal"


def check(rule: Rule, context: Context, terminal: Terminal, swipe: Swipe) -> Iterable[Verdict]:
    """One matter a terminal and day: all settlements of its batches."""
    limits = rule.at(swipe.time)
    swipes = terminal.swipes
    if len(swipes) < limits["persons"]:
        return ()
    if not terminal.standing and is_lone(limits, swipes, swipe):
        return ()
    if not counts(limits, context, swipe):
        return ()
    if not may_begin(limits, swipes, swipe) and not is_raised(rule, terminal, ABOUT):
        return ()
    return (Verdict(ABOUT, batch(limits, context, swipes, swipe.dev or swipe.opter)),)
