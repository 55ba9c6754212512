"""A settlement after the insurance had ended, or fund money while it was paused.

While an insurance is paused its account may still be used; once it has ended neither fund nor
account may. A renewal, a correction, and a move to another area or insurance heal.
"""

from collections.abc import Iterable
from typing import Final

from events.times import date_of, day_of
from rules.context import Context
from rules.findings import Finding, Verdict, found
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Status, Stay, Visit
from rules.impersonation.drawn import paid, verdict
from rules.impersonation.insurance import State, may_have_ended, word
from rules.impersonation.stays import began, is_inpatient
from rules.impersonation.survival import death_day
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit, Status, Stay)
SUBJECT: Final = "person"


def check(
    rule: Rule, context: Context, person: Person, record: Visit | Status | Stay
) -> Iterable[Verdict]:
    """One matter a settlement: that the insurance had ended or was paused."""
    if not may_have_ended(person.statuses):
        return ()
    visits = (record,) if isinstance(record, Visit) else person.visits
    return [verdict(visit, _look(rule, context, person, visit)) for visit in visits]


def _look(rule: Rule, context: Context, person: Person, visit: Visit) -> Finding | None:
    parameters = rule.at(visit.time)
    day = day_of(visit.time)
    died = death_day(person, parameters["dead"])
    if died is not None and day >= died:
        return None
    if is_inpatient(visit):
        day = day_of(began(person, visit) or visit.time)
    said = word(person.statuses, visit, day, parameters["ended"], parameters["basic"])
    if said.state not in (State.ENDED, State.PAUSED):
        return None
    paused = said.state is State.PAUSED
    amount = (visit.fund or visit.pool) if paused else paid(visit)
    if not amount:
        return None
    return found(
        [visit],
        amount=amount,
        involved=visit.fee,
        area=visit.insured_area,
        evidence={
            "institution": context.name_of(visit.inst),
            "settled_at": visit.time,
            "since_on": date_of(said.since).isoformat(),
            "how_zh": "暂停" if paused else "终止",
            "how_en": "paused" if paused else "ended",
            "paid_fen": amount,
        },
    )
