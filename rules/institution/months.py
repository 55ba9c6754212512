"""Judging an institution's whole month as it grows.

A month is one matter. It is judged over the days that are over, so that what stands does not change
with every further settlement; a small institution's month is judged whole. What is judged is a
function of the month's settlements alone, in whatever order they come.
"""

from collections.abc import Sequence
from typing import Final, Literal

from events.identifiers import area_of_institution
from events.times import day_of, day_start
from rules.cash_out.windows import is_raised, month_bounds
from rules.context import Context
from rules.histories.keyed import InstitutionMonth
from rules.histories.records import Bill
from rules.histories.series import between
from rules.rule import Rule

ABOUT: Final = "month"
_WHOLE: Final = 200
"""Settlements up to which a month is judged whole."""


def place(context: Context, month: InstitutionMonth) -> tuple[str, int]:
    """Area of the institution and first second of the month: where and when its policy is asked."""
    inst, _, number = month.key.partition("|")
    known = context.institutions.get(inst)
    area = known.area if known is not None and known.area else area_of_institution(inst)
    return area, month_bounds(number)[0]


def is_large(month: InstitutionMonth) -> bool:
    """Whether any settlement may end a day and so bring what came before under judgement."""
    return len(month.bills) > _WHOLE


def judged(month: InstitutionMonth) -> Sequence[Bill]:
    """The settlements that count: all of few, else those of days that are over."""
    bills = month.bills
    if len(bills) <= _WHOLE:
        return bills
    return between(bills, bills[0].time, day_start(day_of(bills[-1].time)) - 1)


def due(
    rule: Rule, month: InstitutionMonth, bill: Bill, *, holds: bool, about: str = ABOUT
) -> Literal["look", "drop", ""]:
    """What a settlement asks for: to look at the month again, to drop what stood, or nothing.

    `holds` says whether the month's sums are such that there is anything to find about a matter.
    """
    raised = bool(month.standing) and is_raised(rule, month, about)
    if not holds:
        return "drop" if raised else ""
    bills = month.bills
    if not raised or len(bills) <= _WHOLE + 1 or bills[-1].event_id != bill.event_id:
        return "look"
    return "look" if day_of(bills[-2].time) != day_of(bill.time) else ""
