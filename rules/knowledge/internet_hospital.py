"""Narcotic and psychotropic drugs that were prescribed in internet treatment.

Settlements do not tell the way of consultation; an institution that the reference data marks as
an internet hospital has no other.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from events.codes import Scheme
from rules.context import Context
from rules.findings import Verdict
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Visit
from rules.impersonation.drawn import verdict
from rules.knowledge.breaches import breach_of_use, charged_hits
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit,)
SUBJECT: Final = "person"
_ON_SITE: Final = frozenset({Scheme.INPATIENT, Scheme.EMERGENCY})


def check(rule: Rule, context: Context, _: Person, visit: Visit) -> Iterable[Verdict]:
    """One matter a settlement."""
    knowledge = context.knowledge
    if visit is knowledge.clean or not knowledge.hits(rule.id, visit):
        return ()
    return _verdicts(rule, context, visit)


def _verdicts(rule: Rule, context: Context, visit: Visit) -> Iterator[Verdict]:
    known = context.institutions.get(visit.inst)
    if known is not None and known.internet and visit.scheme not in _ON_SITE:
        wrong = charged_hits(context, rule.id, visit)
        yield verdict(visit, breach_of_use(context, visit, wrong))
