"""A retiree's fixed sum that differs from the one of the months before, within a year.

Where the average pension is not known the sum itself cannot be judged, but it is one sum: most of
the earlier credits of the year say which. A credit that makes up for months left out may hold
several of it: one for each month of the year that had none.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

from events.codes import is_retired
from events.times import date_of, day_of, month_of
from rules.account.incomes import (
    RETIREE,
    kind_of,
    month_for,
    month_start,
    order,
    period_of,
    year_of,
)
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import ACCOUNT, Account
from rules.histories.records import Credit, Status
from rules.rule import Rule

KIND: Final = ACCOUNT
RECORDS: Final = (Credit, Status)
SUBJECT: Final = "account"
_SEVERAL: Final = 2
_NORMAL: Final = frozenset({"", "1"})
_COMPLETE: Final = "data.complete_from"


def check(
    rule: Rule, context: Context, account: Account, record: Credit | Status
) -> Iterable[Verdict]:
    """One matter a credit: that the year's earlier ones were of another sum.

    What is told late bears on later credits too: whether the person was retired, what was credited.
    """
    if len(account.credits) < _SEVERAL:
        return ()
    is_late = account.credits[-1] is not record
    own: tuple[str, str] | None = None
    if isinstance(record, Credit):
        if not is_late and kind_of(record) != RETIREE:
            return ()
        own = year_of(record), record.area
    years: dict[tuple[str, str], list[Credit]] = {}
    for credit in account.credits:
        if kind_of(credit) == RETIREE:
            years.setdefault((year_of(credit), credit.area), []).append(credit)
    limits = rule.at(record.time)
    if own and not is_late and len(years[own]) <= limits["least"] and not account.standing:
        return ()
    return [
        Verdict(credit.event_id, _look(limits, context, account, credit, sums))
        for year, sums in years.items()
        for credit in sums
        if credit.amount > 0 and (year == own or (is_late and credit.time >= record.time))
    ]


def _look(
    limits: Any, context: Context, account: Account, credit: Credit, sums: Sequence[Credit]
) -> Finding | None:
    earlier = [other for other in sums if order(other) < order(credit) and other.amount > 0]
    if len(earlier) < limits["least"]:
        return None
    usual, times = Counter(other.amount for other in earlier).most_common(1)[0]
    if times < limits["least"] or 2 * times <= len(earlier):
        return None
    tolerance: int = limits["tolerance"]
    same = [other for other in sums if period_of(other) == period_of(credit)]
    until = sum(other.amount for other in same if order(other) <= order(credit))
    if abs(credit.amount - usual) <= tolerance or abs(until - usual) <= tolerance:
        return None
    if _is_several(credit, usual, tolerance):
        first = _first(context, account, credit, earlier)
        if round(credit.amount / usual) <= _left_out(credit, sums, first, usual):
            return None
    finding = found(
        [credit],
        amount=abs(credit.amount - usual),
        involved=credit.amount,
        area=credit.area,
        evidence={
            "credited_at": credit.time,
            "month": month_for(credit) or "-",
            "amount_fen": credit.amount,
            "usual_fen": usual,
            "times": times,
        },
    )
    total = sum(other.amount for other in same)
    right = abs(total - usual) <= tolerance or abs(total) <= tolerance
    return withdrawn(finding) if total != until and right else finding


def _is_several(credit: Credit, usual: int, tolerance: int) -> bool:
    """Whether a credit is the usual sum several times over."""
    held = round(credit.amount / usual)
    return held >= _SEVERAL and abs(credit.amount - held * usual) <= tolerance * held


def _left_out(credit: Credit, sums: Sequence[Credit], first: str, usual: int) -> int:
    """How many months, from the first to a credit's own, had no sum before it.

    What was paid for a month in several sums at once was paid for several months.
    """
    until = _month(credit)
    months: dict[str, int] = {}
    for other in sums:
        month = _month(other)
        if order(other) < order(credit) and month <= until:
            months[month] = months.get(month, 0) + other.amount
    paid = sum(max(1, round(amount / usual)) for amount in months.values() if amount > 0)
    return int(until[4:]) - int(first[4:]) + 1 - paid


def _month(credit: Credit) -> str:
    """The month that a credit is for; its own where none was sent."""
    return month_for(credit) or month_of(credit.time).replace("-", "")


def _first(context: Context, account: Account, credit: Credit, sums: Sequence[Credit]) -> str:
    """The month from which on the sums of a credit's year that were not credited may be made up.

    January; but the first month credited where the history of credits begins with it, though the
    person was a retiree of the area before: what came earlier was then credited unseen.
    """
    year = year_of(credit)
    january = year + "01"
    start = month_start(january)
    law = context.law(credit.area, _COMPLETE, credit.time)
    if law is not None and law.date <= date_of(day_of(start)):
        return january
    before = [other for other in account.credits if order(other) < order(credit)]
    told = [status for status in account.statuses if status.time <= credit.time]
    if (
        any(status.time < month_start(year + "02") for status in told)
        and all(_is_settled(status, credit.area, day_of(start)) for status in told)
        and all(
            kind_of(other) == RETIREE and other.area == credit.area and year_of(other) == year
            for other in before
        )
    ):
        return min(map(_month, sums))
    return january


def _is_settled(status: Status, area: str, day: int) -> bool:
    """Whether a report says that the person was a retiree insured in the area before a day."""
    return (
        is_retired(status.person_type)
        and status.state in _NORMAL
        and status.area == area
        and status.begin_day is not None
        and status.begin_day < day
    )
