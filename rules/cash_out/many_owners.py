"""One person living off many owners' accounts.

A relative may be helped out by several owners, but hardly by so many within weeks; then accounts
are bought or borrowed. Parents with several children and couples with parents stay below.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from events.times import DAY
from rules.cash_out.windows import episode, is_raised, month_bounds, months_from
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.digests import pseudonym
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Visit
from rules.histories.series import between
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit,)
SUBJECT: Final = "person"


def check(rule: Rule, context: Context, person: Person, visit: Visit) -> Iterable[Verdict]:
    """One matter a calendar month: the settlements paid by the owners of the windows it ends."""
    if not visit.owner:
        return ()
    limits = rule.at(visit.time)
    window = limits["long_days"] * DAY
    near = between(person.visits, visit.time - window, visit.time + window)
    enough = len({other.owner for other in near if other.owner}) >= limits["owners"]
    if not enough and not person.standing:
        return ()
    return [
        Verdict(month, _look(rule, context, person, month))
        for month in months_from(visit.time, window)
        if enough or is_raised(rule, person, month)
    ]


def _look(rule: Rule, context: Context, person: Person, month: str) -> Finding | None:
    first, last = month_bounds(month)
    limits = rule.at(first)
    window = limits["long_days"] * DAY
    shared = [visit for visit in between(person.visits, first - window, last) if visit.owner]
    taking, no_more = episode(shared, month, window, partial(_many, limits))
    if not taking:
        return None
    amount = sum(_money(visit) for visit in taking)
    owners = {visit.owner for visit in taking}
    finding = found(
        taking,
        amount=amount,
        involved=sum(visit.fee for visit in taking),
        area=taking[-1].insured_area,
        evidence={
            "owners": len(owners),
            "times": len(taking),
            "begun_at": taking[0].time,
            "ended_at": taking[-1].time,
            "amount_fen": amount,
            "institution": context.name_of(taking[-1].inst),
            "people": sorted(map(pseudonym, owners)),
        },
    )
    return withdrawn(finding) if no_more else finding


def _money(visit: Visit) -> int:
    return visit.shared or visit.account


def _many(limits: Mapping[str, Any], within: Sequence[Visit]) -> Sequence[Visit]:
    """The settlements of the short window if it has too many owners, else of the long one."""
    recent = within[-1].time - limits["short_days"] * DAY
    short = [visit for visit in within if visit.time >= recent]
    if len({visit.owner for visit in short}) >= limits["owners"]:
        return short
    return within if len({visit.owner for visit in within}) >= limits["owners_long"] else ()
