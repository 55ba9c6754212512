"""Somebody who acts for the patient: named in the settlement, or allowed by a filing (备案)."""

from collections.abc import Container

from events.times import day_of
from rules.context import Context
from rules.histories.person import Person
from rules.histories.records import Permit, Visit

_CANCEL = "cancel"


def by_agent(context: Context, person: Person, visit: Visit) -> bool:
    """Whether the settlement names an agent, or a filing for one is in force on its day."""
    return visit.agent or filed(context, person, visit)


def filed(context: Context, person: Person, visit: Visit) -> bool:
    """Whether a filing that lets another person act is in force on the day of a settlement."""
    if not person.permits:
        return False
    law = context.law(visit.insured_area, "presence.agent_filing_types", visit.time)
    if law is None:
        return False
    return in_force(person, visit, law.codes)


def in_force(person: Person, visit: Visit, kinds: Container[str]) -> bool:
    """Whether a filing of one of these kinds is in force on the day of a settlement."""
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
