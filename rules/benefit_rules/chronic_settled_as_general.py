"""A registered chronic disease was treated at the general pool's expense.

Whoever is registered for a disease has its treatment settled under the chronic benefit. Looked
at are settlements of medical institutions whose named disease, or whose first diagnosis, is the
registered one. Several diseases settled separately on one day are right.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from events.local_codes import Scheme
from events.times import day_of
from rules.benefit_rules.payments import concerned
from rules.benefit_rules.registrations import in_force
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Benefit, Visit
from rules.histories.spreading import at_pharmacy
from rules.pool import pool_of
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit, Benefit)
SUBJECT: Final = "person"
_LAW: Final = "chronic.settled_as_chronic"


def check(
    rule: Rule, context: Context, person: Person, record: Visit | Benefit
) -> Iterable[Verdict]:
    """One matter a settlement: that it treats a registered disease under the general benefit."""
    if not person.benefits:
        return ()
    visits = (record,) if isinstance(record, Visit) else person.visits
    return _verdicts(rule, context, person, visits) if visits else ()


def _verdicts(
    rule: Rule, context: Context, person: Person, visits: Iterable[Visit]
) -> Iterator[Verdict]:
    for visit in visits:
        if visit.scheme == Scheme.GENERAL and visit.pool_paid:
            finding = _look(rule, context, person, visit)
            yield Verdict(visit.event_id, withdrawn(finding) if visit.rev_at else finding)


def _look(rule: Rule, context: Context, person: Person, visit: Visit) -> Finding | None:
    if not concerned(visit) or at_pharmacy(visit):
        return None
    disease = _treated(rule.at(visit.time), visit)
    day = day_of(visit.time)
    if not disease or not any(benefit.disease for benefit in person.benefits):
        return None
    standing = in_force(person.benefits, Scheme.CHRONIC, disease, day)
    if standing is None or not standing.disease or day_of(standing.time) > day:
        return None
    law = context.law(visit.insured_area, _LAW, visit.time)
    if law is None or not law.flag:
        return None
    paid = pool_of(context, visit)
    if not paid:
        return None
    return found(
        [visit],
        amount=paid,
        involved=visit.fee,
        area=visit.insured_area,
        assumed=(_LAW,) if law.filled else (),
        evidence={
            "institution": context.name_of(visit.inst),
            "settled_at": visit.time,
            "disease": standing.disease,
            "registered_at": standing.time,
            "paid_fen": paid,
        },
    )


def _treated(limits: Mapping[str, Any], visit: Visit) -> str:
    """The chronic disease a settlement is for: as named, else what its first diagnosis means."""
    if visit.disease:
        return visit.disease
    first = visit.diagnoses[0] if visit.diagnoses else ""
    for disease, starts in limits["diagnoses"].items():
        if first and first.startswith(tuple(starts)):
            return str(disease)
    return ""
