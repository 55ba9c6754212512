"""What a person's other records say of a settlement: prescribed or not, filed or not."""

from events.local_codes import Scheme
from events.times import DAY, day_of
from rules.histories.person import Person
from rules.histories.records import Visit
from rules.histories.series import between

_PROVINCE = 2


def prescribed(person: Person, visit: Visit, days: int) -> bool:
    """Whether a prescription is named or known, or nothing can be said of it for want of lines.

    A prescription of the person so many days before or after is taken to be the one filled.
    """
    if not visit.lines or any(line.rx for line in visit.lines):
        return True
    return bool(between(person.scripts, visit.time - days * DAY, visit.time + days * DAY))


def filed(person: Person, visit: Visit) -> bool:
    """Whether care away from home was filed for, whenever that was done, or was an emergency."""
    if visit.scheme == Scheme.EMERGENCY:
        return True
    day = day_of(visit.time)
    return any(
        permit.action != "cancel"
        and (permit.begin_day if permit.begin_day is not None else day_of(permit.time)) <= day
        and (permit.end_day is None or day <= permit.end_day)
        and (not permit.to_area or permit.to_area[:_PROVINCE] == visit.area[:_PROVINCE])
        for permit in person.permits
    )
