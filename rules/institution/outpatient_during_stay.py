"""An outpatient settlement at the hospital in which the patient lies at that time.

What a stay needs belongs to the stay; billed as outpatient care it is paid twice over, or the bed
is not slept in. Days of admission and discharge, emergencies, registrations and agents are left
out.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Final

from events.codes import Scheme
from events.times import DAY, day_of
from rules.context import Context
from rules.findings import Finding, Verdict, found, judge
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Permit, Refund, Stay, Visit
from rules.histories.series import between
from rules.impersonation.agents import by_agent
from rules.impersonation.drawn import paid
from rules.impersonation.stays import Bed, beds, is_inpatient
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit, Stay, Permit, Refund)
SUBJECT: Final = "person"
_APART: Final = frozenset({Scheme.INPATIENT, Scheme.REGISTRATION, Scheme.EMERGENCY, Scheme.OTHER})


def check(
    rule: Rule, context: Context, person: Person, record: Visit | Stay | Permit | Refund
) -> Iterable[Verdict]:
    """One matter an outpatient settlement: that the patient was an inpatient there."""
    alone = not person.stays and bool(person.visits) and person.visits[-1] is record
    if alone and not is_inpatient(person.visits[-1]):
        return ()
    return _verdicts(rule, context, person, record)


def _verdicts(
    rule: Rule, context: Context, person: Person, record: Visit | Stay | Permit | Refund
) -> Iterator[Verdict]:
    visits: Sequence[Visit] = person.visits
    if isinstance(record, Visit) and not is_inpatient(record):
        if record.scheme in _APART:
            return
        visits = (record,)
    if not person.stays and not any(map(is_inpatient, person.visits)):
        return
    longest = rule.at(record.time)["longest"]
    if isinstance(record, Visit):
        reach = longest * DAY
        visits = between(visits, record.time - reach, record.time + reach)
    known: list[Bed] | None = None
    for visit in visits:
        if visit.scheme not in _APART:
            known = beds(person, longest) if known is None else known
            around = [bed for bed in known if bed.inst == visit.inst and bed.time <= visit.time]
            finding = judge(visit, around, partial(_look, context, person, visit))
            yield Verdict(visit.event_id, finding)


def _look(context: Context, person: Person, visit: Visit, around: Sequence[Bed]) -> Finding | None:
    day = day_of(visit.time)
    for bed in around:
        inside = bed.closed and day_of(bed.time) < day < day_of(bed.until)
        if inside and paid(visit) and not by_agent(context, person, visit):
            return found(
                [visit],
                amount=paid(visit),
                involved=visit.fee,
                area=visit.insured_area,
                evidence={
                    "institution": context.name_of(visit.inst),
                    "settled_at": visit.time,
                    "admitted_at": bed.time,
                    "discharged_at": bed.until,
                    "paid_fen": paid(visit),
                },
            )
    return None
