"""Where the insured was in person: settlements and successful checks, and how far apart.

Nobody is taken to be present where an agent acted, where a relative's account paid, at an
internet hospital or a mobile device, at the registration (which is done from home), and when a
hospital settles a stay, which relatives do.
"""

from collections.abc import Sequence
from typing import Final, TypeVar

from msgspec import Struct

from events.codes import CheckResult, Scheme
from rules.context import Context, distance
from rules.histories.person import Person
from rules.histories.records import Check, Record, Visit
from rules.histories.series import between
from rules.reference import Place

_MOBILE: Final = "3"
_MATCH: Final = str(CheckResult.MATCH)
_ABSENT: Final = frozenset({Scheme.INPATIENT, Scheme.REGISTRATION})
R = TypeVar("R", bound=Record)


class Presence(Struct, frozen=True, gc=False):
    """One moment at one institution."""

    time: int
    event_id: str
    rev_at: int
    inst: str
    area: str
    record: Visit | Check


class Spot(Struct, frozen=True, gc=False):
    """Where an institution is; `exact` if its own point is known, not only its area's middle."""

    place: Place
    exact: bool


def around(series: Sequence[R], time: int, reach: int) -> Sequence[R]:
    """Records at most `reach` seconds before or after a time; quick at the end of the series."""
    if not series or series[-1].time > time:
        return between(series, time - reach, time + reach)
    at, first = len(series), time - reach
    while at and series[at - 1].time >= first:
        at -= 1
    return series[at:]


def company(person: Person, record: Visit | Check, reach: int) -> list[Visit | Check]:
    """The person's settlements and checks at most `reach` seconds before or after one, and it."""
    near: list[Visit | Check] = []
    time, first = record.time, record.time - reach
    series: Sequence[Visit | Check]
    for series in (person.visits, person.checks):
        if not series:
            continue
        if series[-1].time > time:
            near += between(series, first, time + reach)
            continue
        at = len(series)
        while at and series[at - 1].time >= first:
            at -= 1
        if at < len(series):
            near += series[at:]
    return near


def alone(person: Person, record: Visit | Check, reach: int) -> bool:
    """Whether the person has nothing else from `reach` seconds before a record on: a quick look.

    False, too, for a record that is not the last of its series, whatever there is around it.
    """
    visits, checks, first = person.visits, person.checks, record.time - reach
    if visits:
        if visits[-1] is record:
            if len(visits) > 1 and visits[-2].time >= first:
                return False
        elif visits[-1].time >= first:
            return False
    if checks:
        if checks[-1] is record:
            return len(checks) == 1 or checks[-2].time < first
        return checks[-1].time < first
    return True


def elsewhere(person: Person, record: Visit | Check, reach: int) -> bool:
    """Whether the person's settlements and checks so near a record name another institution."""
    return _name_another(person.visits, record, reach) or _name_another(
        person.checks, record, reach
    )


def _name_another(series: Sequence[Visit | Check], record: Visit | Check, reach: int) -> bool:
    """Whether a record so near another names another institution than it."""
    inst, first, last = record.inst, record.time - reach, record.time + reach
    for other in reversed(series):
        if other.time < first:
            return False
        if other.inst != inst and other.time <= last:
            return True
    return False


def many_desks(person: Person, record: Visit | Check, reach: int) -> bool:
    """Whether they do, or the settlements among them came from more than one device."""
    inst, first, last, device = record.inst, record.time - reach, record.time + reach, None
    for visit in reversed(person.visits):
        if visit.time < first:
            break
        if visit.time <= last:
            if visit.inst != inst or (device is not None and visit.dev != device):
                return True
            device = visit.dev
    return _name_another(person.checks, record, reach)


def is_remote(context: Context, visit: Visit) -> bool:
    """Whether a settlement was made at an internet hospital or a mobile device."""
    return visit.served == _MOBILE or _online(context, visit.inst)


def present_at(context: Context, record: Visit | Check) -> Presence | None:
    """The presence a record stands for, None where it stands for none."""
    if isinstance(record, Check):
        if record.result != _MATCH or not record.inst or _online(context, record.inst):
            return None
        return Presence(record.time, record.event_id, 0, record.inst, "", record)
    if record.agent or record.owner or record.scheme in _ABSENT or is_remote(context, record):
        return None
    return Presence(record.time, record.event_id, record.rev_at, record.inst, record.area, record)


def spot(context: Context, presence: Presence) -> Spot | None:
    """Where a presence was: the institution's point, else the middle of its area, else None.

    An area without a point of its own is taken to be where its city is.
    """
    known = context.reference.institutions.get(presence.inst)
    if known is not None and known.place is not None:
        return Spot(known.place, exact=True)
    named = known.area if known is not None else presence.inst[1:7]
    for area in (named, presence.area):
        for code in (area, f"{area[:4]}00"):
            middle = context.reference.areas.get(code)
            if middle is not None and middle[1] is not None:
                return Spot(middle[1], exact=False)
    return None


def kilometres(here: Spot, there: Spot, blur: int) -> float:
    """Least distance; each place known only by its area may be `blur` kilometres nearer."""
    unsure = (not here.exact) + (not there.exact)
    return max(0.0, distance(here.place, there.place) - unsure * blur)


def _online(context: Context, inst: str) -> bool:
    known = context.reference.institutions.get(inst)
    return known is not None and known.internet
