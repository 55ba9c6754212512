"""Company: people who turn up together at a terminal again and again.

Two people are together when they are settled at the same terminal (where it is not named, at the
same institution) within half an hour. How surprising it is that they were so on several earlier
days is reckoned against chance, given how often each comes.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from math import log
from typing import Final

from detectors.features.feature import Feature
from detectors.features.place import position
from events.times import DAY, HOUR, MINUTE, day_of, day_start
from rules.histories.keyed import Place
from rules.histories.records import Encounter

FEATURES: Final = (
    Feature("companions", "多次同时出现的同伴数", "people met again and again", "count"),
    Feature("companion_days", "与同伴共同出现天数", "most days with one companion", "count"),
    Feature("companion_surprise", "同伴反复出现的意外程度", "surprise at the company", "surprise"),
    Feature("company_fee", "同伴次均费用水平", "mean fee of the company now", "ln_yuan"),
)
TOGETHER: Final = 30 * MINUTE
_LOOK_BACK: Final = 90 * DAY
_NEIGHBOURS: Final = 25
_VISITS: Final = 40
_OPEN: Final = 10 * HOUR
"""Hours of a day over which visits spread by chance."""
_AGAIN: Final = 2


def company(place: Place, one: Encounter) -> tuple[float, float, float, float]:
    """Values of `FEATURES` for a settlement in its institution's history."""
    mine = _days(place, one.psn_no, one)
    if len(mine) < _AGAIN:
        return 0.0, 0.0, 0.0, 0.0
    near = _near(place, one)
    companions = most = 0
    surprise = fees = 0.0
    for name, fee in near.items():
        theirs = _days(place, name, one)
        if len(theirs) < _AGAIN:
            continue
        met = _met(mine, theirs)
        if met < _AGAIN:
            continue
        companions += 1
        most = max(most, met)
        surprise += _surprise(met, len(mine), len(theirs), _span(mine, theirs, one))
        fees += log(1 + max(fee, 0) / 100)
    if not companions:
        return 0.0, 0.0, 0.0, 0.0
    return companions, most, surprise, fees / companions


def _time(one: Encounter) -> int:
    return one.time


def _till(place: Place, one: Encounter) -> Sequence[Encounter]:
    return place.tills.get(one.till, ()) if one.till else place.encounters


def _near(place: Place, one: Encounter) -> dict[str, int]:
    """The people settled here just before, with what they cost."""
    known = _till(place, one)
    at = position(known, one) - 1
    since = one.time - TOGETHER
    found: dict[str, int] = {}
    while at >= 0 and known[at].time >= since and len(found) < _NEIGHBOURS:
        if known[at].psn_no != one.psn_no:
            found.setdefault(known[at].psn_no, known[at].fee)
        at -= 1
    return found


def _days(place: Place, name: str, one: Encounter) -> dict[int, list[tuple[int, str]]]:
    """Earlier days on which a person was settled here, with time and terminal."""
    today, since = day_of(one.time), one.time - _LOOK_BACK
    found: dict[int, list[tuple[int, str]]] = {}
    visits = place.people.get(name, ())
    last = bisect_left(visits, day_start(today), key=_time)
    for visit in visits[max(0, last - _VISITS) : last]:
        if visit.time >= since:
            found.setdefault(day_of(visit.time), []).append((visit.time, visit.till))
    return found


def _met(
    mine: Mapping[int, Sequence[tuple[int, str]]], theirs: Mapping[int, Sequence[tuple[int, str]]]
) -> int:
    """Days on which both were here together."""
    return sum(
        any(
            till == other and abs(time - at) <= TOGETHER
            for time, till in visits
            for at, other in theirs[day]
        )
        for day, visits in mine.items()
        if day in theirs
    )


def _span(mine: Mapping[int, object], theirs: Mapping[int, object], one: Encounter) -> int:
    """Days over which both are known here, up to yesterday."""
    return max(7, day_of(one.time) - min(*mine, *theirs))


def _surprise(met: int, mine: int, theirs: int, span: int) -> float:
    """-ln of a Chernoff bound of the Poisson chance to meet so often."""
    expected = mine * theirs / span * (2 * TOGETHER / _OPEN)
    return met * log(met / expected) - met + expected if met > expected else 0.0
