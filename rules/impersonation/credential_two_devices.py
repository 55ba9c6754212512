"""One credential reported by two devices at once.

At two institutions within minutes, which is less than the way between them takes, or at two
devices of one institution within a minute. The person's own number stands for the credential,
because the electronic voucher shows another token each time; cards with different numbers are
different credentials.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Final

from events.codes import MdtrtCertType
from events.times import HOUR
from rules.context import Context
from rules.findings import Finding, Verdict, found, judge
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Check, Permit, Visit
from rules.impersonation.agents import filed
from rules.impersonation.drawn import paid
from rules.impersonation.presences import (
    Presence,
    alone,
    company,
    kilometres,
    many_desks,
    present_at,
    spot,
)
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit, Check, Permit)
SUBJECT: Final = "person"
_NUMBERED: Final = frozenset({MdtrtCertType.IDENTITY_CARD, MdtrtCertType.SOCIAL_CARD})
"""Credentials whose number is always the same."""


def check(
    rule: Rule, context: Context, person: Person, record: Visit | Check | Permit
) -> Iterable[Verdict]:
    """One matter a settlement or check: that the credential was elsewhere at the same time."""
    if isinstance(record, Permit):
        return _visits(rule, context, person)
    reach = 2 * rule.at(record.time)["seconds"]
    if alone(person, record, reach) or not many_desks(person, record, reach):
        return ()
    return _near(rule, context, person, record, company(person, record, reach))


def _visits(rule: Rule, context: Context, person: Person) -> Iterator[Verdict]:
    for visit in person.visits:
        reach = 2 * rule.at(visit.time)["seconds"]
        if many_desks(person, visit, reach):
            yield from _near(rule, context, person, visit, company(person, visit, reach))


def _near(
    rule: Rule,
    context: Context,
    person: Person,
    record: Visit | Check,
    records: Sequence[Visit | Check],
) -> Iterator[Verdict]:
    reach = rule.at(record.time)["seconds"]
    found_at = (present_at(context, other) for other in records)
    presences = sorted(
        (presence for presence in found_at if presence is not None),
        key=lambda presence: (presence.time, presence.event_id),
    )
    for at, anchor in enumerate(presences):
        if -reach <= anchor.time - record.time <= reach:
            finding = None
            if not _settles(anchor, presences[at:], reach):
                earlier = [
                    other for other in presences[:at] if _clash(rule, context, other, anchor)
                ]
                finding = judge(anchor, earlier, partial(_look, context, person, anchor))
            yield Verdict(anchor.event_id, finding)


def _settles(anchor: Presence, later: Sequence[Presence], reach: int) -> bool:
    """Whether a check leads to a settlement, whose matter it then is."""
    return isinstance(anchor.record, Check) and any(
        isinstance(other.record, Visit)
        and other.inst == anchor.inst
        and other.time - anchor.time <= reach
        for other in later
    )


def _clash(rule: Rule, context: Context, other: Presence, anchor: Presence) -> bool:
    """Whether both report one credential sooner than it can be carried from one to the other."""
    parameters = rule.at(anchor.time)
    apart = anchor.time - other.time
    if apart > parameters["seconds"] or not _one_credential(other, anchor):
        return False
    if other.inst == anchor.inst:
        return apart <= parameters["seconds_inside"] and _two_desks(other, anchor)
    here, there = spot(context, anchor), spot(context, other)
    if here is None or there is None or not (here.exact and there.exact):
        return True
    way = kilometres(there, here, 0) / parameters["speed"] * HOUR
    return bool(apart < parameters["overhead_seconds"] + way)


def _one_credential(other: Presence, anchor: Presence) -> bool:
    one, two = other.record, anchor.record
    if one.credential_type and two.credential_type and one.credential_type != two.credential_type:
        return False
    if not (one.credential and two.credential) or one.credential == two.credential:
        return True
    return (one.credential_type or two.credential_type) not in _NUMBERED


def _two_desks(other: Presence, anchor: Presence) -> bool:
    """Whether two settlements inside one institution came from two devices.

    Several diseases are settled apart, as they must be, and perhaps at neighbouring counters.
    """
    one, two = other.record, anchor.record
    return (
        isinstance(one, Visit)
        and isinstance(two, Visit)
        and one.setl_id != two.setl_id
        and bool(one.dev and two.dev)
        and one.dev != two.dev
        and not (one.disease and two.disease and one.disease != two.disease)
    )


def _look(
    context: Context, person: Person, anchor: Presence, earlier: Sequence[Presence]
) -> Finding | None:
    settled = [other for other in earlier if isinstance(other.record, Visit)]
    others = settled or earlier
    if not others or any(_filed(context, person, one) for one in (*others, anchor)):
        return None
    first = others[0]
    visits = [p.record for p in (*others, anchor) if isinstance(p.record, Visit)]
    last = visits[-1] if visits else None
    return found(
        [*(other.record for other in others), anchor.record],
        amount=paid(last) if last is not None else 0,
        involved=sum(visit.fee for visit in visits),
        area=last.insured_area if last is not None else anchor.area,
        evidence={
            "first_institution": context.name_of(first.inst),
            "first_device": first.record.dev or "-",
            "first_at": first.time,
            "institution": context.name_of(anchor.inst),
            "device": anchor.record.dev or "-",
            "second_at": anchor.time,
            "seconds": anchor.time - first.time,
            "paid_fen": paid(last) if last is not None else 0,
        },
    )


def _filed(context: Context, person: Person, presence: Presence) -> bool:
    return isinstance(presence.record, Visit) and filed(context, person, presence.record)
