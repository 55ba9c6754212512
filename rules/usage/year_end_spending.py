"""A yearly cap spent down in the last weeks of the year.

The pool's general outpatient payments of the year end close to the cap, and a good part of them,
far more than in the months before, was made at the year's end in several settlements. One costly
illness is one settlement or two, and who spends steadily reaches the cap without a jump.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final, NamedTuple

from events.codes import is_retired
from events.times import DAY, date_of, day_number, day_of, day_start
from rules.benefit.model import BENEFIT_SCHEMES
from rules.context import Context
from rules.findings import Finding, Verdict, found, stands, stood, withdrawn
from rules.histories.keyed import PERSON, Person
from rules.histories.records import Visit
from rules.histories.series import between
from rules.packs import Value
from rules.rule import Rule
from rules.usage.drugs import is_drug

KIND: Final = PERSON
RECORDS: Final = (Visit,)
SUBJECT: Final = "person"
_FROM: Final = "usage.year_end.from_month"
_SHARE: Final = "usage.year_end.cap_share"
_GENERAL: Final = "general"
_MONTH: Final = 31 * DAY
Limits = Mapping[str, Any]


class Year(NamedTuple):
    """A calendar year, its first and its last second (epoch)."""

    number: int
    begin: int
    end: int


def check(rule: Rule, context: Context, person: Person, visit: Visit) -> Iterable[Verdict]:
    """One matter a year: that its cap was spent down at the end."""
    if not visit.pool or BENEFIT_SCHEMES.get(visit.scheme) != _GENERAL:
        return ()
    visits, limits = person.visits, rule.at(visit.time)
    if len(visits) < limits["settlements"]:
        return ()
    year = _year_of(day_of(visit.time))
    if visits[-1].time < year.end - limits["latest_months"] * _MONTH:
        return ()
    return _verdicts(limits, context, visits, year)


@lru_cache(1024)
def _year_of(day: int) -> Year:
    """The calendar year of a day number."""
    number = date_of(day).year
    begin = day_start(day_number(date(number, 1, 1)))
    return Year(number, begin, day_start(day_number(date(number + 1, 1, 1))) - 1)


def _verdicts(
    limits: Limits, context: Context, visits: Sequence[Visit], year: Year
) -> Iterator[Verdict]:
    paid = [
        one
        for one in between(visits, year.begin, year.end)
        if one.pool and BENEFIT_SCHEMES.get(one.scheme) == _GENERAL
    ]
    month = context.law(paid[-1].insured_area, _FROM, year.end)
    if month is None:
        return
    since = day_start(day_number(date(year.number, int(str(month.value)), 1)))
    if paid[-1].time >= since:
        yield Verdict(str(year.number), _judge(limits, context, paid, since))


def _judge(limits: Limits, context: Context, paid: Sequence[Visit], since: int) -> Finding | None:
    standing = [visit for visit in paid if stands(visit)]
    finding = _look(limits, context, standing, since)
    if finding is not None or len(standing) == len(paid):
        return finding
    then = [visit for visit in paid if stood(visit, paid[-1].time)]
    return withdrawn(_look(limits, context, then, since))


def _look(limits: Limits, context: Context, paid: Sequence[Visit], since: int) -> Finding | None:
    late = [visit for visit in paid if visit.time >= since]
    told = [visit for visit in late if not visit.lines or any(map(is_drug, visit.lines))]
    if len(told) < limits["settlements"]:
        return None
    last = late[-1]
    who = "retired" if is_retired(last.person_type) else "employed"
    path = f"outpatient.cap.{who}"
    cap = context.law(last.insured_area, path, last.time)
    share = context.law(last.insured_area, _SHARE, last.time)
    if cap is None or share is None:
        return None
    total = sum(visit.pool for visit in paid)
    spent = sum(visit.pool for visit in late)
    months = max(date_of(day_of(since)).month - 1, 1)
    usual = (total - spent) / months
    if total < share.ratio * cap.fen or spent < limits["late_share"] * cap.fen:
        return None
    if spent < limits["jump"] * usual:
        return None
    return found(
        late,
        amount=spent,
        involved=sum(visit.fee for visit in late),
        area=last.insured_area,
        assumed=_filled((path, cap), (_SHARE, share)),
        evidence={
            "year": date_of(day_of(last.time)).year,
            "settlements": len(late),
            "first_at": late[0].time,
            "last_at": last.time,
            "spent_fen": spent,
            "total_fen": total,
            "cap_fen": cap.fen,
            "usual_fen": round(usual),
            "institutions": sorted({context.name_of(visit.inst) for visit in late}),
        },
    )


def _filled(*laws: tuple[str, Value]) -> tuple[str, ...]:
    return tuple(path for path, law in laws if law.filled)
