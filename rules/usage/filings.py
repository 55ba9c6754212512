"""Filings (备案) in force on the day of a settlement."""

from events.times import day_of
from rules.context import Context
from rules.histories.person import Person
from rules.histories.records import Permit, Visit

_CANCEL = "cancel"


def filed(context: Context, person: Person, visit: Visit, path: str, *also: str) -> bool:
    """Whether a filing of a kind the policy lists at `path`, or one of `also`, is in force."""
    if not person.permits:
        return False
    law = context.law(visit.insured_area, path, visit.time)
    kinds = {*also, *(law.codes if law is not None else ())}
    return any(
        permit.kind in kinds and _holds(permit, visit) and not _cancelled(person, permit, visit)
        for permit in person.permits
    )


def _holds(permit: Permit, visit: Visit) -> bool:
    if permit.action == _CANCEL:
        return False
    day = day_of(visit.time)
    first = permit.begin_day if permit.begin_day is not None else day_of(permit.time)
    return first <= day and (permit.end_day is None or day <= permit.end_day)


def _cancelled(person: Person, permit: Permit, visit: Visit) -> bool:
    return any(
        other.action == _CANCEL
        and other.kind == permit.kind
        and permit.time <= other.time <= visit.time
        for other in person.permits
    )
