"""Herbal slices that the pool does not pay where a prescription holds nothing but such slices.

Lines of one prescription number are one prescription; lines without a number are one together.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from events.times import day_of
from rules.context import Context
from rules.duplicates.fee_lines import charged
from rules.findings import Verdict
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Line, Visit
from rules.impersonation.drawn import verdict
from rules.knowledge.breaches import breach_of_payment, pooled_hits
from rules.knowledge.limits import Alone
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit,)
SUBJECT: Final = "person"
_SLICE_CODE: Final = "T"
_SLICE_CATEGORY: Final = "10"
"""`med_chrgitm_type` of herbal slices, also of those that carry a hospital's own code."""


def check(rule: Rule, context: Context, _: Person, visit: Visit) -> Iterable[Verdict]:
    """One matter a settlement."""
    knowledge = context.knowledge
    if visit is knowledge.clean or not knowledge.hits(rule.id, visit):
        return ()
    return _verdicts(rule, context, visit)


def _verdicts(rule: Rule, context: Context, visit: Visit) -> Iterator[Verdict]:
    prescriptions: dict[str, list[Line]] = {}
    for line in charged(visit.lines):
        if line.code[:1] == _SLICE_CODE or line.category == _SLICE_CATEGORY:
            prescriptions.setdefault(line.rx, []).append(line)
    # Lines without a number may belong to any of the prescriptions that have one.
    unnumbered = prescriptions.get("", []) if len(prescriptions) > 1 else []
    bare = {
        rx
        for rx, lines in prescriptions.items()
        if _all_listed(context, visit, [*lines, *unnumbered])
    }
    wrong = [hit for hit in pooled_hits(context, rule.id, visit) if hit.line.rx in bare]
    yield verdict(visit, breach_of_payment(context, visit, wrong))


def _all_listed(context: Context, visit: Visit, lines: Sequence[Line]) -> bool:
    day = day_of(visit.time)
    return all(context.knowledge.entries(line.code, Alone, day) for line in lines)
