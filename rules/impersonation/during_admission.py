"""An outpatient or pharmacy settlement while the patient lies in another hospital.

Quiet on the days of admission and discharge (as the policy says), for an agent or with a filing
for one, for medicine on a prescription of the hospital of the stay, with a filing for what is
examined or bought outside during a stay, for what is settled from a distance, and for an emergency
that ends in an admission elsewhere.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Final

from events.codes import Scheme
from events.times import DAY, day_of, day_start
from rules.context import Context
from rules.findings import Finding, Verdict, found, judge
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Permit, Record, Refund, Script, Stay, Visit
from rules.histories.series import between
from rules.impersonation.agents import by_agent, in_force
from rules.impersonation.drawn import paid
from rules.impersonation.presences import is_remote
from rules.impersonation.stays import Bed, beds, is_inpatient
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit, Stay, Permit, Script, Refund)
SUBJECT: Final = "person"


def check(
    rule: Rule,
    context: Context,
    person: Person,
    record: Visit | Stay | Permit | Script | Refund,
) -> Iterable[Verdict]:
    """One matter a settlement: that the patient was in another hospital on its day."""
    visits: Sequence[Visit] = person.visits
    if isinstance(record, Visit):
        if is_inpatient(record):
            visits = () if len(visits) == 1 else visits
        elif person.stays or (visits[-1] is not record and _later_stay(visits, record)):
            visits = (record,)
        else:
            return ()
    elif not person.stays and not any(is_inpatient(visit) for visit in visits):
        return ()
    return _visits(rule, context, person, record, visits) if visits else ()


def _visits(
    rule: Rule, context: Context, person: Person, record: Record, visits: Sequence[Visit]
) -> Iterator[Verdict]:
    known = beds(person, rule.at(record.time)["days"])
    for visit in visits:
        if not is_inpatient(visit):
            around = [bed for bed in known if bed.time <= visit.time]
            finding = judge(visit, around, partial(_look, rule, context, person, visit))
            yield Verdict(visit.event_id, finding)


def _later_stay(visits: Sequence[Visit], visit: Visit) -> bool:
    """Whether a stay that was settled later may cover this settlement."""
    for other in reversed(visits):
        if other.time < visit.time:
            return False
        if is_inpatient(other):
            return True
    return False


def _look(
    rule: Rule, context: Context, person: Person, visit: Visit, known: Sequence[Bed]
) -> Finding | None:
    day = day_of(visit.time)
    open_days = _exempt_days(context, visit)
    for bed in known:
        if bed.inst == visit.inst or (bed.mdtrt_id and bed.mdtrt_id == visit.mdtrt_id):
            continue
        first = day_of(bed.time) + ("admission" in open_days)
        last = day_of(bed.until) - (bed.closed and "discharge" in open_days)
        if first <= day <= last and not _excused(rule, context, person, visit, bed):
            return _finding(context, visit, bed)
    return None


def _finding(context: Context, visit: Visit, bed: Bed) -> Finding:
    return found(
        [visit],
        amount=paid(visit),
        involved=visit.fee,
        area=visit.insured_area,
        evidence={
            "institution": context.name_of(visit.inst),
            "settled_at": visit.time,
            "hospital": context.name_of(bed.inst),
            "admitted_at": bed.time,
            "day": day_of(visit.time) - day_of(bed.time) + 1,
            "left_at": bed.until if bed.closed else day_start(day_of(bed.until)),
            "left_known": bed.closed,
            "paid_fen": paid(visit),
        },
    )


def _exempt_days(context: Context, visit: Visit) -> tuple[str, ...]:
    law = context.law(visit.insured_area, "presence.exempt_days", visit.time)
    return law.codes if law is not None else ("admission", "discharge")


def _excused(rule: Rule, context: Context, person: Person, visit: Visit, bed: Bed) -> bool:
    return (
        visit.scheme == Scheme.REGISTRATION
        or is_remote(context, visit)
        or (visit.scheme == Scheme.EMERGENCY and _admitted_after(person, visit))
        or _prescribed(rule, person, visit, bed)
        or by_agent(context, person, visit)
        or in_force(person, visit, rule.at(visit.time)["outside_filings"])
    )


def _admitted_after(person: Person, visit: Visit) -> bool:
    """Whether an admission where the emergency was treated follows by the next day."""
    return any(
        stay.begins
        and not stay.rev_at
        and stay.inst == visit.inst
        and visit.time <= stay.time
        and day_of(stay.time) - day_of(visit.time) <= 1
        for stay in person.stays
    )


def _prescribed(rule: Rule, person: Person, visit: Visit, bed: Bed) -> bool:
    """Whether the hospital of the stay prescribed what was settled (外配处方)."""
    numbers = {line.rx for line in visit.lines if line.rx}
    codes = {line.code for line in visit.lines}
    earliest = bed.time - rule.at(visit.time)["prescription_days"] * DAY
    return any(
        script.inst == bed.inst
        and (script.rx in numbers or any(line.code in codes for line in script.lines))
        for script in between(person.scripts, earliest, visit.time)
    )
