"""Medicine bought outside, during a stay, on a prescription of the hospital of that stay.

What an inpatient needs the hospital gives out; purchases outside are to be registered
(外检外购登记). Whether the patient was told to go cannot be seen, nor whether the hospital had the
drug. Asked only where the rules of the hospital's place forbid it to send patients out for drugs.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Final

from events.identifiers import area_of_institution
from events.times import DAY, day_of
from rules.context import Context
from rules.findings import Finding, Verdict, found, judge
from rules.histories.facts import PRESCRIPTION_SIGNS
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Permit, Refund, Script, Stay, Visit
from rules.histories.scripts import all_names
from rules.histories.series import between
from rules.histories.spreading import at_pharmacy
from rules.impersonation.agents import in_force
from rules.impersonation.drawn import paid
from rules.impersonation.stays import Bed, beds, is_inpatient
from rules.institution.prescriptions import numbers, scripts_of
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit, Stay, Permit, Script, Refund)
SUBJECT: Final = "person"
_LAW: Final = "prescription.no_outside_inducement"


def check(
    rule: Rule, context: Context, person: Person, record: Visit | Stay | Permit | Script | Refund
) -> Iterable[Verdict]:
    """One matter a settlement at a pharmacy: that the hospital of the stay prescribed it."""
    if not person.scripts or not person.visits:
        return ()
    if not person.stays and not any(map(is_inpatient, person.visits)):
        return ()
    return _verdicts(rule, context, person, record)


def _verdicts(
    rule: Rule, context: Context, person: Person, record: Visit | Stay | Permit | Script | Refund
) -> Iterator[Verdict]:
    longest = rule.at(record.time)["longest"]
    visits: Sequence[Visit] = person.visits
    if isinstance(record, Visit):
        reach = longest * DAY if is_inpatient(record) else 0
        visits = between(visits, record.time - reach, record.time + reach)
    known: list[Bed] | None = None
    for visit in visits:
        if at_pharmacy(visit) and any(line.rx for line in visit.lines):
            known = beds(person, longest) if known is None else known
            around = [bed for bed in known if bed.time <= visit.time]
            finding = judge(visit, around, partial(_look, rule, context, person, visit))
            yield Verdict(visit.event_id, finding)


def _look(
    rule: Rule, context: Context, person: Person, visit: Visit, around: Sequence[Bed]
) -> Finding | None:
    day = day_of(visit.time)
    for bed in around:
        if not bed.closed or not day_of(bed.time) < day < day_of(bed.until):
            continue
        issued = _issued(person, visit, bed)
        if (
            issued is not None
            and paid(visit)
            and _is_forbidden(context, bed)
            and not in_force(person, visit, rule.at(visit.time)["outside_filings"])
        ):
            return found(
                [visit],
                amount=paid(visit),
                involved=visit.fee,
                area=visit.insured_area,
                evidence={
                    "institution": context.name_of(visit.inst),
                    "hospital": context.name_of(bed.inst),
                    "admitted_at": bed.time,
                    "discharged_at": bed.until,
                    "issued_at": issued.time,
                    "settled_at": visit.time,
                    "paid_fen": paid(visit),
                },
            )
    return None


def _issued(person: Person, visit: Visit, bed: Bed) -> Script | None:
    """The prescription that is filled, if the hospital of a stay issued it during the stay."""
    names = all_names(person, numbers(visit, PRESCRIPTION_SIGNS))
    told = scripts_of(person, names)
    first = told[0] if told else None
    if first is None or first.inst != bed.inst or first.time > visit.time:
        return None
    return first if day_of(first.time) > day_of(bed.time) else None


def _is_forbidden(context: Context, bed: Bed) -> bool:
    known = context.institutions.get(bed.inst)
    area = known.area if known is not None and known.area else area_of_institution(bed.inst)
    law = context.law(area, _LAW, bed.time)
    return law is not None and law.flag
