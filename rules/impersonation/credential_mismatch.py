"""A settlement after a check that said: this is not the insured.

The check of the credential or the face failed, no later check at the same place succeeded, and
the settlement was made all the same; or the settlement itself names another person's identity
card. A check that could not be made says nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from events.codes import CheckResult
from events.times import HOUR, day_of
from rules.context import Context
from rules.findings import Finding, Verdict, found
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Check, Permit, Visit
from rules.histories.series import between
from rules.impersonation.agents import by_agent
from rules.impersonation.drawn import paid, verdict
from rules.impersonation.presences import around
from rules.impersonation.registered import birth_of, full_years
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit, Check, Permit)
SUBJECT: Final = "person"
_FLAG: Final = "credential"
_MATCH: Final = str(CheckResult.MATCH)
_MISMATCH: Final = str(CheckResult.MISMATCH)


def check(
    rule: Rule, context: Context, person: Person, record: Visit | Check | Permit
) -> Iterable[Verdict]:
    """One matter a settlement: that the check before it had failed."""
    visits: Sequence[Visit]
    if isinstance(record, Visit):
        if not record.flags:
            checks = person.checks
            if not checks:
                return ()
            since = record.time - rule.at(record.time)["hours"] * HOUR
            if checks[-1].time < since or not _mismatched(checks, since):
                return ()
        visits = (record,)
    elif isinstance(record, Check):
        if not person.visits or person.visits[-1].time < record.time:
            return ()
        hours = rule.at(record.time)["hours"]
        visits = between(person.visits, record.time, record.time + hours * HOUR)
    else:
        visits = person.visits if person.checks else ()
    return _visits(rule, context, person, visits)


def _mismatched(checks: Sequence[Check], since: int) -> bool:
    """Whether a check since then failed: a quick look."""
    for made in reversed(checks):
        if made.time < since:
            return False
        if made.result == _MISMATCH:
            return True
    return False


def _visits(
    rule: Rule, context: Context, person: Person, visits: Sequence[Visit]
) -> Iterator[Verdict]:
    for visit in visits:
        failed = _failed(rule, person, visit)
        if failed or visit.flags:
            yield verdict(visit, _look(rule, context, person, visit, failed))


def _failed(rule: Rule, person: Person, visit: Visit) -> list[Check]:
    """Checks that failed before the settlement, whether or not a later one succeeded."""
    first = visit.time - rule.at(visit.time)["hours"] * HOUR
    return [
        made
        for made in around(person.checks, visit.time, visit.time - first)
        if made.result == _MISMATCH and made.time <= visit.time and _at_same_place(made, visit)
    ]


def _look(
    rule: Rule, context: Context, person: Person, visit: Visit, failed: Sequence[Check]
) -> Finding | None:
    if failed:
        succeeded = max(
            (
                made.time
                for made in between(person.checks, failed[0].time, visit.time)
                if made.result == _MATCH and _at_same_place(made, visit)
            ),
            default=0,
        )
        failed = [made for made in failed if made.time > succeeded]
    foreign = _FLAG in visit.flags and not _is_child(rule, person, visit)
    if not (failed or foreign) or by_agent(context, person, visit):
        return None
    return found(
        [*failed, visit],
        amount=paid(visit),
        involved=visit.fee,
        area=visit.insured_area,
        evidence={
            "institution": context.name_of(visit.inst),
            "settled_at": visit.time,
            "checked_at": failed[-1].time if failed else visit.time,
            "failures": len(failed),
            "how_zh": "核验不一致" if failed else "所持身份证与参保人不符",
            "how_en": "a check failed" if failed else "the identity card was another person's",
            "paid_fen": paid(visit),
        },
    )


def _at_same_place(made: Check, visit: Visit) -> bool:
    if made.inst:
        return made.inst == visit.inst
    return not made.dev or made.dev == visit.dev


def _is_child(rule: Rule, person: Person, visit: Visit) -> bool:
    """Whether the patient is so young that a parent's card is shown."""
    birth = birth_of(person, visit)
    if birth is None:
        return False
    return bool(full_years(birth, day_of(visit.time)) < rule.at(visit.time)["child_years"])
