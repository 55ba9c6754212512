"""Registered entitlements of a person: for which disease, from when to when, with which raise.

Diseases are compared by their main code (M and three digits): areas number the forms below it
in their own ways.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple
from weakref import WeakKeyDictionary

from events.local_codes import Scheme
from events.times import date_of, day_of
from rules.benefit_rules.spans import year_start
from rules.context import Context
from rules.histories.records import Benefit, Claim, Visit

_CANCEL: Final = "cancel"
_MAIN: Final = 4
_UNSAID: Final = frozenset({Scheme.OTHER, ""})
_APPROVAL: Final = "chronic.cap_raise.approval_required"
_COMPLETE: Final = "data.complete_from"
_PROVINCE: Final = 2
_ACCREDITING: Final[WeakKeyDictionary[Context, frozenset[str]]] = WeakKeyDictionary()
"""Provinces of which the reference data names institutions accredited to register a disease."""


class Raise(NamedTuple):
    """What a cap is raised by for a settlement, fen, and registrations not approved in time."""

    amount: int
    unapproved: tuple[Benefit, ...]


def are_received(context: Context, benefits: Sequence[Benefit], visit: Visit) -> bool:
    """Whether registrations that hold for a settlement would be known, had they been made.

    They would where some of the person's are; where the reference data names who may register in
    the province; and where the policy says from when on the area's data is complete.
    """
    if benefits:
        return True
    provinces = _ACCREDITING.get(context)
    if provinces is None:
        provinces = frozenset(
            entry.area[:_PROVINCE] for entry in context.institutions.values() if entry.accredited
        )
        _ACCREDITING[context] = provinces
    return visit.insured_area[:_PROVINCE] in provinces or is_complete(context, visit)


def is_complete(context: Context, visit: Visit | Claim) -> bool:
    """Whether the policy says that the area's data is complete for the settlement's year."""
    law = context.law(visit.insured_area, _COMPLETE, visit.time)
    return law is not None and law.date <= date_of(day_of(year_start(visit.time)))


def same_disease(one: str, other: str) -> bool:
    """Whether two codes mean one disease; a code that was not sent may mean any."""
    return not one or not other or one[:_MAIN] == other[:_MAIN]


def is_registered(benefit: Benefit) -> bool:
    """Whether a record registers something (and does not cancel it)."""
    return benefit.action != _CANCEL


def first_day(benefit: Benefit) -> int:
    """First day a registration holds: as said, else the day it was made."""
    return benefit.begin_day if benefit.begin_day is not None else day_of(benefit.time)


def registered(benefits: Sequence[Benefit], scheme: str, disease: str = "") -> Iterator[Benefit]:
    """Registrations under a scheme for a disease, whenever they hold."""
    for benefit in benefits:
        if (
            benefit.action != _CANCEL
            and (benefit.scheme == scheme or benefit.scheme in _UNSAID)
            and same_disease(benefit.disease, disease)
        ):
            yield benefit


def holds(benefits: Sequence[Benefit], benefit: Benefit, day: int) -> bool:
    """Whether a registration holds on a day; on the day of its cancellation it still does."""
    if day < first_day(benefit) or (benefit.end_day is not None and day > benefit.end_day):
        return False
    return not any(
        other.action == _CANCEL
        and (other.time, other.event_id) > (benefit.time, benefit.event_id)
        and (other.scheme == benefit.scheme or other.scheme in _UNSAID)
        and same_disease(other.disease, benefit.disease)
        and _last_day(other) < day
        for other in benefits
    )


def in_force(benefits: Sequence[Benefit], scheme: str, disease: str, day: int) -> Benefit | None:
    """The registration for a disease under a scheme that holds on a day, if there is one."""
    for benefit in registered(benefits, scheme, disease):
        if holds(benefits, benefit, day):
            return benefit
    return None


def _last_day(cancel: Benefit) -> int:
    """Last day before a cancellation takes effect."""
    made = day_of(cancel.time)
    return made if cancel.end_day is None else min(made, cancel.end_day)


def raised(context: Context, benefits: Iterable[Benefit], visit: Visit | Claim) -> Raise:
    """By how much the cap is raised for a settlement or a manual claim.

    Where the area asks for approval, a raise counts from the moment it was approved on; without
    an approver it never counts and is named instead.
    """
    amount, refused = 0, []
    day = day_of(visit.time)
    for benefit in benefits:
        if (
            benefit.raise_amount <= 0
            or benefit.action == _CANCEL
            or (benefit.scheme != visit.scheme and benefit.scheme not in _UNSAID)
            or (benefit.end_day is not None and day > benefit.end_day)
        ):
            continue
        law = context.law(visit.insured_area, _APPROVAL, visit.time)
        if law is None or not law.flag:
            if day >= min(first_day(benefit), day_of(benefit.time)):
                amount = max(amount, benefit.raise_amount)
        elif benefit.approver and benefit.time <= visit.time:
            amount = max(amount, benefit.raise_amount)
        else:
            refused.append(benefit)
    return Raise(amount, tuple(refused))
