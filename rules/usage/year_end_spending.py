"""A yearly cap spent down in the last weeks of the year.

The pool's general outpatient payments of the year end close to the cap, and a good part of them,
far more than in the months before, was made at the year's end in several settlements. One costly
illness is one settlement or two, and who spends steadily reaches the cap without a jump. What was
treated without drugs counts where several illnesses caused it, neither acute nor lasting nor known
before.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final, NamedTuple

from events.codes import Scheme, is_retired
from events.times import DAY, date_of, day_number, day_of, day_start
from rules.benefit.model import BENEFIT_SCHEMES
from rules.cash_out.windows import is_raised
from rules.context import Context
from rules.findings import Finding, Verdict, found, stands, stood, withdrawn
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Visit
from rules.histories.series import between
from rules.packs import Value
from rules.rule import Rule
from rules.usage.drugs import beginnings, is_drug

KIND: Final = PERSON
RECORDS: Final = (Visit,)
SUBJECT: Final = "person"
_FROM: Final = "usage.year_end.from_month"
_SHARE: Final = "usage.year_end.cap_share"
_GENERAL: Final = "general"
_MONTH: Final = 31 * DAY
_ILLNESS: Final = 3
"""Signs of a diagnosis that name the illness: ICD-10's category."""
Limits = Mapping[str, Any]


class Year(NamedTuple):
    """A calendar year, its first and its last second (epoch)."""

    number: int
    begin: int
    end: int


def check(rule: Rule, context: Context, person: Person, visit: Visit) -> Iterable[Verdict]:
    """One matter a year: that its cap was spent down at the end."""
    year = None
    if not visit.pool or BENEFIT_SCHEMES.get(visit.scheme) != _GENERAL:
        if not person.standing:
            return ()
        year = _year_of(day_of(visit.time))
        if not is_raised(rule, person, str(year.number)):
            return ()
    visits, limits = person.visits, rule.at(visit.time)
    if len(visits) < limits["settlements"]:
        return ()
    year = year or _year_of(day_of(visit.time))
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
        before = between(visits, since - limits["course_days"] * DAY, since - 1)
        yield Verdict(str(year.number), _judge(limits, context, paid, since, before))


def _judge(
    limits: Limits, context: Context, paid: Sequence[Visit], since: int, before: Sequence[Visit]
) -> Finding | None:
    standing = [visit for visit in paid if stands(visit)]
    finding = _look(limits, context, standing, since, before)
    if finding is not None or len(standing) == len(paid):
        return finding
    then = [visit for visit in paid if stood(visit, paid[-1].time)]
    return withdrawn(_look(limits, context, then, since, before))


def _look(
    limits: Limits, context: Context, paid: Sequence[Visit], since: int, before: Sequence[Visit]
) -> Finding | None:
    late = [visit for visit in paid if visit.time >= since]
    told = [visit for visit in late if not visit.lines or any(map(is_drug, visit.lines))]
    if len(told) < limits["settlements"]:
        late = _unexplained(limits, late, before)
        if not late:
            return None
    last = late[-1]
    who = "retired" if is_retired(last.person_type) else "employed"
    path = f"outpatient.cap.{who}"
    cap = context.law(last.insured_area, path, last.time)
    share = context.law(last.insured_area, _SHARE, last.time)
    if cap is None or share is None:
        return None
    months = max(date_of(day_of(since)).month - 1, 1)
    total = sum(visit.pool for visit in paid)
    spent = sum(visit.pool for visit in late)
    usual = sum(visit.pool for visit in paid if visit.time < since) / months
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


def _unexplained(limits: Limits, late: Sequence[Visit], before: Sequence[Visit]) -> list[Visit]:
    """Visits that have no cause but the year's end, as far as told; none unless there are several.

    A cause is an emergency, an illness that is acute or lasting, one that was treated before, and
    one that most of the money was spent on.
    """
    known = {code[:_ILLNESS] for visit in before for code in visit.diagnoses if code}
    lasting = beginnings(limits["explained"])
    left, spent = [], dict[str, int]()
    for visit in late:
        codes = [code for code in visit.diagnoses if code]
        if not codes or visit.scheme == Scheme.EMERGENCY:
            continue
        if any(code.startswith(lasting) or code[:_ILLNESS] in known for code in codes):
            continue
        left.append(visit)
        illness = codes[0][:_ILLNESS]
        spent[illness] = spent.get(illness, 0) + visit.pool
    if len(left) < limits["settlements"]:
        return []
    most = float(limits["one_illness"]) * sum(spent.values())
    return left if max(spent.values()) <= most else []


def _filled(*laws: tuple[str, Value]) -> tuple[str, ...]:
    return tuple(path for path, law in laws if law.filled)
