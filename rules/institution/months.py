"""Judging an institution's whole month as it grows.

A month is one matter. It is judged over the days that are over, so that what stands does not change
with every further settlement; a small institution's month is judged whole. What is judged is a
function of the month's settlements alone, in whatever order they come.
"""

from collections.abc import Callable, Sequence
from typing import Final

from events.identifiers import area_of_institution
from events.times import day_of, day_start
from rules.cash_out.windows import is_raised, month_bounds
from rules.context import Context
from rules.findings import Finding, Verdict
from rules.histories.institution_month import InstitutionMonth
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


def reviewed(
    rule: Rule,
    month: InstitutionMonth,
    bill: Bill,
    look: Callable[[], Finding | None],
    *,
    holds: bool,
    about: str = ABOUT,
) -> Sequence[Verdict]:
    """The verdict that a settlement asks for on its month, if any.

    `holds` says whether the month's sums are such that there is anything to find about a matter;
    `look` finds it.
    """
    raised = bool(month.standing) and is_raised(rule, month, about)
    if not holds:
        return (Verdict(about, None),) if raised else ()
    bills = month.bills
    same_day = (
        raised
        and len(bills) > _WHOLE + 1
        and bills[-1].event_id == bill.event_id
        and day_of(bills[-2].time) == day_of(bill.time)
    )
    return () if same_day else (Verdict(about, look()),)
