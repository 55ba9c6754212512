"""Timing and whereabouts: when and where a person is treated, against habit."""

from itertools import pairwise
from math import atan2, cos, hypot, log, log1p, pi, sin
from statistics import median
from typing import Final, Protocol

from detectors.features.feature import Feature
from detectors.features.past import Past
from events.times import DAY, HOUR, day_of, day_start
from rules.histories.records import Visit
from rules.histories.tallies import is_night

FEATURES: Final = (
    Feature("hour", "就诊时刻", "hour of the day", "hours"),
    Feature("hour_from_own", "偏离本人惯常时刻", "hours from the own usual hour", "hours"),
    Feature("night", "夜间（22-6时）", "at night (22-6 h)", "flag"),
    Feature("weekend", "周末", "on a weekend", "flag"),
    Feature("gap", "距上次就诊", "time since the last visit", "ln_hours"),
    Feature("gap_over_own", "间隔与本人中位数之比", "gap over the own median gap", "ln_ratio"),
    Feature("distance", "距上次就诊机构", "distance from the last institution", "ln_km"),
    Feature("speed", "与上次就诊间移动速度", "speed since the last visit, km/h", "ln_km"),
    Feature("from_home", "距最常去机构", "distance from the usual institution", "ln_km"),
    Feature("new_institution", "首次到该机构", "first time at this institution", "flag"),
    Feature("institution_share", "以往在该机构的比例", "earlier visits at this place", "share"),
    Feature("institutions_30d", "近30天机构数", "institutions in 30 days", "count"),
    Feature("till_share", "以往在该终端的比例", "earlier visits at this terminal", "share"),
    Feature("places_shift", "近5次中以往未去过的机构", "unknown places in last five", "share"),
    Feature("hour_shift", "近5次时刻偏移", "shift of the hour in last five", "hours"),
    Feature("other_area", "异地就医", "treated outside the insured area", "flag"),
)
_NEVER: Final = 90 * 24.0
_LAST: Final = 5
_KNOWN: Final = 8
_TURN: Final = 2 * pi / 24


class Where(Protocol):
    """Distances between institutions."""

    def kilometres(self, inst: str, area: str, other: str, other_area: str) -> float | None:
        """Kilometres between two institutions, or their areas; None where unknown."""
        ...


class Nowhere:
    """Implements `Where` without any reference data."""

    def kilometres(self, inst: str, area: str, other: str, other_area: str) -> float | None:
        """Nothing is known but that a place is where it is."""
        del area, other_area
        return 0.0 if inst == other else None


def hour_of(time: int) -> float:
    """Local hour of the day, 0 to 24."""
    return (time - day_start(0)) % DAY / HOUR


def habits(past: Past, where: Where) -> list[float]:
    """Values of `FEATURES`, in their order."""
    visit, visits = past.visit, past.visits
    now, number = visit.time, len(visits)
    hour = hour_of(now)
    hours = [hour_of(one.time) for one in visits]
    last = visits[-1] if visits else None
    gap = (now - last.time) / HOUR if last is not None else _NEVER
    gaps = [(after.time - one.time) / HOUR for one, after in pairwise(visits)]
    usual_gap = median(gaps) if gaps else gap
    here = sum(one.inst == visit.inst for one in visits)
    till = visit.dev or visit.opter
    same_till = sum((one.dev or one.opter) == till and one.inst == visit.inst for one in visits)
    travelled = _travelled(visit, last, where)
    weekday = (day_of(now) + 3) % 7
    recent = {one.inst for one in past.window if one.time >= now - 30 * DAY}
    return [
        hour,
        _apart(hour, _mean_hour(hours)) * number / (number + 3.0) if hours else 0.0,
        float(is_night(now)),
        float(weekday >= 5),
        log1p(min(gap, _NEVER)),
        log((gap + 1) / (usual_gap + 1)) * number / (number + 2.0),
        log1p(travelled),
        log1p(travelled / max(gap, 0.25)),
        log1p(_from_home(past, where)),
        float(number > 0 and here == 0),
        (here + 0.5) / (number + 1.0),
        len(recent),
        (same_till + 0.5) / (number + 1.0),
        _new_places(past),
        _apart(_mean_hour([*hours[1 - _LAST :], hour]), _mean_hour(hours[: 1 - _LAST]))
        if number >= _KNOWN
        else 0.0,
        float(bool(visit.insured_area) and visit.area != visit.insured_area),
    ]


def _travelled(visit: Visit, last: Visit | None, where: Where) -> float:
    if last is None or last.inst == visit.inst:
        return 0.0
    return where.kilometres(visit.inst, visit.area, last.inst, last.area) or 0.0


def _from_home(past: Past, where: Where) -> float:
    visit, counted = past.visit, dict[str, int]()
    for one in past.visits:
        counted[one.inst] = counted.get(one.inst, 0) + 1
    if not counted:
        return 0.0
    most = max(counted.values())
    home = min(inst for inst, number in counted.items() if number == most)
    if home == visit.inst:
        return 0.0
    area = next(one.area for one in past.visits if one.inst == home)
    return where.kilometres(visit.inst, visit.area, home, area) or 0.0


def _new_places(past: Past) -> float:
    """Of the last five visits, this one among them, the share at places unknown before them."""
    visits = past.visits
    if len(visits) < _KNOWN:
        return 0.0
    known = {one.inst for one in visits[: 1 - _LAST]}
    after = [*(one.inst for one in visits[1 - _LAST :]), past.visit.inst]
    return sum(inst not in known for inst in after) / _LAST


def _mean_hour(hours: list[float]) -> float:
    """The mean hour on the circle of a day."""
    east = sum(cos(hour * _TURN) for hour in hours)
    north = sum(sin(hour * _TURN) for hour in hours)
    if hypot(east, north) < 1e-9:
        return 12.0
    return atan2(north, east) / _TURN % 24


def _apart(hour: float, other: float) -> float:
    """Hours between two times of the day, at most 12."""
    difference = abs(hour - other) % 24
    return min(difference, 24 - difference)
