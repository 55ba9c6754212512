"""An account that is credited for a month after its owner's death or the end of the insurance.

What is credited comes from the month's own contribution, or from the pool to a retiree who lives:
neither is there for a month that began after either. A death counts by its day, whenever it was
told; an end of insurance only where it was told before the credit was made, and nothing says that
the person was insured in the area again, as with another employer.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from events.times import DAY, date_of, day_of, day_start
from rules.account.incomes import (
    EMPLOYEE,
    RETIREE,
    alike,
    kind_of,
    month_for,
    month_name,
    month_start,
    months_between,
    taken_back,
)
from rules.benefit_rules.payments import CITY
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import ACCOUNT, Account
from rules.histories.records import Credit, Status
from rules.rule import Rule

KIND: Final = ACCOUNT
RECORDS: Final = (Credit, Status)
SUBJECT: Final = "account"
_UNTOLD: Final = 3
"""Severity where the death was told only after the credit was made."""
_NEXT_MONTH: Final = 32
"""Days from the first of a month that surely lead into the next one."""
_SAYS: Final = {
    "death": ("参保人死亡", "the owner died"),
    "end": ("医保关系终止", "the insurance ended"),
}


class End(NamedTuple):
    """What ended contributions: its sort, its day, and when it was told (epoch seconds)."""

    what: str
    day: int
    told: int


def check(rule: Rule, _: Context, account: Account, record: Credit | Status) -> Iterable[Verdict]:
    """One matter a credit, by all that is reported of the person."""
    if not account.credits:
        return ()
    limits = rule.at(record.time)
    if not any(_may_end(limits, status) for status in account.statuses):
        return ()
    concerned = account.credits if isinstance(record, Status) else alike(account, record)
    return [
        Verdict(credit.event_id, _look(rule, account, credit))
        for credit in concerned
        if credit.amount > 0
    ]


def _may_end(limits: Mapping[str, Any], status: Status) -> bool:
    return (
        status.state in limits["ended"]
        or status.death_day is not None
        or status.survival in limits["dead"]
    )


def _look(rule: Rule, account: Account, credit: Credit) -> Finding | None:
    month = month_for(credit)
    start = month_start(month) if month else 0
    if not start or kind_of(credit) not in (EMPLOYEE, RETIREE):
        return None
    limits = rule.at(credit.time)
    end = _death(limits, account.statuses) or _ended(limits, account.statuses, credit)
    if end is None or day_of(start) <= end.day or credit.time < day_start(end.day + 1):
        return None
    last = month_name(day_start(end.day))
    after = months_between(last, month)
    told = end.told <= credit.time
    if not told and (end.what != "death" or after <= limits["untold_months"]):
        return None
    what_zh, what_en = _SAYS[end.what]
    finding = found(
        [credit],
        amount=credit.amount,
        area=credit.area,
        severity=rule.meta.severity if told else _UNTOLD,
        evidence={
            "credited_at": credit.time,
            "month": month,
            "kind": kind_of(credit),
            "amount_fen": credit.amount,
            "what": end.what,
            "what_zh": what_zh,
            "what_en": what_en,
            "ended_on": date_of(end.day).isoformat(),
            "told_at": end.told,
            "months_after": after,
        },
    )
    back = taken_back(alike(account, credit)).get(credit.event_id, 0)
    return withdrawn(finding) if back >= credit.amount else finding


def _death(limits: Mapping[str, Any], statuses: Sequence[Status]) -> End | None:
    """The death, as the last report on survival tells it."""
    end = None
    for status in statuses:
        if status.death_day is not None or status.survival in limits["dead"]:
            day = status.death_day if status.death_day is not None else day_of(status.time)
            end = End("death", day, status.time if end is None else end.told)
        elif status.survival:
            end = None
    return end


def _ended(limits: Mapping[str, Any], statuses: Sequence[Status], credit: Credit) -> End | None:
    """The end of the insurance in the credit's area; None where the person was insured there."""
    here = [status for status in statuses if _concerns(limits, status, credit)]
    ends = [
        status for status in here if status.state in limits["ended"] and status.time <= credit.time
    ]
    if not ends:
        return None
    last = ends[-1]
    day = last.end_day if last.end_day is not None else day_of(last.time)
    until = day_of(month_start(month_for(credit)) + _NEXT_MONTH * DAY)
    runs = [status for status in here if status.state in limits["running"]]
    first = min((status.begin_day for status in runs if status.begin_day is not None), default=None)
    for status in runs:
        begin = status.begin_day
        if begin is None or begin > until:
            if status.time > last.time and begin is None:
                return None
            continue
        if status.time > last.time or begin > day:
            return None
        if begin > day - limits["overlap_days"] and begin != first:
            return None
    return End("end", day, last.time)


def _concerns(limits: Mapping[str, Any], status: Status, credit: Credit) -> bool:
    """Whether a report is of the insurance that the credit belongs to."""
    return status.insurance in limits["insurances"] and (
        not status.area or not credit.area or status.area[:CITY] == credit.area[:CITY]
    )
