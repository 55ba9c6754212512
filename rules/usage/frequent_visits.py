"""More visits, or more purchases at pharmacies, in a few days than anybody needs.

A visit is one institution on one day, or again hours later; several settlements of one visit are
one, however many diseases they are for. Registrations, stays and courses of treatment (dialysis,
physiotherapy, injections) do not count.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from events.codes import Scheme
from events.times import DAY, HOUR, day_of
from rules.cash_out.windows import episode, month_bounds
from rules.cash_out.words import tells
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Visit
from rules.histories.series import between
from rules.histories.spreading import at_pharmacy
from rules.impersonation.drawn import paid
from rules.rule import Rule
from rules.usage.periods import months_until

KIND: Final = PERSON
RECORDS: Final = (Visit,)
SUBJECT: Final = "person"
_WINDOW: Final = "usage.visits.window_days"
_MOST: Final = "usage.visits.max"
_APART: Final = frozenset({Scheme.INPATIENT, Scheme.REGISTRATION})
_TREATMENT: Final = "05"
_WORDS: Final = {True: ("购药", "purchases"), False: ("门诊", "visits")}
Limits = Mapping[str, Any]


def check(rule: Rule, context: Context, person: Person, visit: Visit) -> Iterable[Verdict]:
    """Two matters a month: frequent visits, frequent purchases at pharmacies."""
    visits, limits = person.visits, rule.at(visit.time)
    least: int = limits["least"]
    if len(visits) < least or visit.scheme in _APART:
        return ()
    if visits[-1] is visit and visits[-least].time < visit.time - limits["widest_days"] * DAY:
        return ()
    return _verdicts(limits, context, person, visit)


def _verdicts(limits: Limits, context: Context, person: Person, visit: Visit) -> Iterator[Verdict]:
    visits, least = person.visits, limits["least"]
    pharmacy = at_pharmacy(visit)
    reach = limits["widest_days"] * DAY
    for month in months_until(visit.time, reach, visits[-1].time):
        first, last = month_bounds(month)
        near = between(visits, first - reach, last)
        counted = [one for one in near if _counts(limits, one, pharmacy=pharmacy)]
        if len(counted) >= least:
            about = f"{'pharmacy' if pharmacy else 'visit'}|{month}"
            finding = _look(limits, context, counted, month, pharmacy=pharmacy)
            yield Verdict(about, finding)


def _look(
    limits: Limits, context: Context, counted: Sequence[Visit], month: str, *, pharmacy: bool
) -> Finding | None:
    """What a month's visits come to, by the bounds that hold where its last one was insured."""
    last = counted[-1]
    days = context.law(last.insured_area, _WINDOW, last.time)
    most = context.law(last.insured_area, _MOST, last.time)
    if days is None or most is None:
        return None
    window, limit = int(str(days.value)), int(str(most.value))
    if len(counted) <= limit:
        return None
    hit = partial(_hit, limits, window, limit)
    taking, no_more = episode(counted, month, window * DAY, hit)
    if not taking:
        return None
    assumed = tuple(path for path, law in ((_WINDOW, days), (_MOST, most)) if law.filled)
    finding = _finding(limits, context, taking, limit, pharmacy=pharmacy, assumed=assumed)
    return withdrawn(finding) if no_more else finding


def _counts(limits: Limits, visit: Visit, *, pharmacy: bool) -> bool:
    if visit.scheme in _APART or at_pharmacy(visit) != pharmacy:
        return False
    if pharmacy or not visit.lines:
        return True
    courses = limits["courses"]
    for line in visit.lines:
        if line.category != _TREATMENT and not tells(line.name, courses):
            return True
    return False


def _hit(limits: Limits, window: int, limit: int, run: Sequence[Visit]) -> Sequence[Visit]:
    if len(run) <= limit:
        return ()
    first = day_of(run[-1].time) - window + 1
    near = [visit for visit in run if day_of(visit.time) >= first]
    return near if _encounters(limits, near) > limit else ()


def _encounters(limits: Limits, visits: Sequence[Visit]) -> int:
    """How often somebody came: once a day and place, again only hours later."""
    apart: int = limits["apart_hours"] * HOUR
    seen: dict[tuple[int, str], int] = {}
    times = 0
    for visit in visits:
        place = (day_of(visit.time), visit.inst)
        before = seen.get(place)
        if before is None or visit.time - before >= apart:
            seen[place] = visit.time
            times += 1
    return times


def _finding(
    limits: Limits,
    context: Context,
    taking: Sequence[Visit],
    limit: int,
    *,
    pharmacy: bool,
    assumed: tuple[str, ...],
) -> Finding:
    amount = sum(map(paid, taking))
    times = _encounters(limits, taking)
    insts = sorted({visit.inst for visit in taking})
    zh, en = _WORDS[pharmacy]
    return found(
        taking,
        amount=amount,
        involved=sum(visit.fee for visit in taking),
        area=taking[-1].insured_area,
        severity=2 if times >= limits["many"] * limit else 3,
        assumed=assumed,
        evidence={
            "what_zh": zh,
            "what_en": en,
            "times": times,
            "limit": limit,
            "first_at": taking[0].time,
            "last_at": taking[-1].time,
            "span": day_of(taking[-1].time) - day_of(taking[0].time) + 1,
            "institutions": [context.name_of(inst) for inst in insts],
            "amount_fen": amount,
        },
    )
