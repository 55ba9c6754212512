"""Sales whose prescription must have been told of by now, and how many sales tell by whom."""

from collections.abc import Mapping, Sequence
from typing import Any

from events.times import DAY, day_of, day_start
from rules.histories.institution_month import ASKS, InstitutionMonth
from rules.histories.records import Bill


def counted(month: InstitutionMonth, *, having: int, without: int = 0) -> int:
    """How many of a month's sales name a prescription with and without these `RX_*` bits."""
    return sum(
        number
        for by, number in month.named.items()
        if by & having == having and not by & without and number > 0
    )


def asked(month: InstitutionMonth, *, having: int, without: int = 0) -> int:
    """The same of sales for which the pool paid."""
    return counted(month, having=having | ASKS, without=without)


def due_by_now(
    limits: Mapping[str, Any], month: InstitutionMonth, bills: Sequence[Bill]
) -> list[Bill]:
    """The sales whose prescription would have been told of.

    Not those of the first days, whose prescription may be older than all that is known, nor those
    of the last days, whose prescription may still be on its way.
    """
    first = month.bills[0].time + limits["lead_days"] * DAY
    end = day_start(day_of(month.bills[-1].time)) - limits["grace_days"] * DAY
    return [bill for bill in bills if first <= bill.time < end]
