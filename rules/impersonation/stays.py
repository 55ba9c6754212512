"""Stays in hospital: from admissions and discharges, and from inpatient settlements."""

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from events.codes import Scheme
from events.times import DAY, day_of
from rules.histories.person import Person
from rules.histories.records import Refund, Stay, Visit

_INPATIENT: Final = str(Scheme.INPATIENT)
_CANCELLING: Final = ("2601", "2404")


class Bed(Struct, frozen=True, gc=False):
    """Days in one hospital: seconds of admission and of leaving, or of the last day thought of."""

    time: int
    until: int
    inst: str
    mdtrt_id: str
    rev_at: int
    closed: bool
    """Whether the end is known, not only the longest time thought of."""


def is_inpatient(visit: Visit) -> bool:
    """Whether a settlement is of a stay in hospital."""
    return visit.scheme == _INPATIENT


def began(person: Person, visit: Visit) -> int:
    """When the care of a settlement began: sent, or from its admission; 0 where nothing tells."""
    if visit.begin:
        return visit.begin
    return next((s.time for s in person.stays if s.begins and _same(s, visit.mdtrt_id)), 0)


def beds(person: Person, longest: int) -> list[Bed]:
    """The person's stays; an admission without an end is thought to last `longest` days."""
    found = list(_admitted(person, longest))
    for visit in person.visits:
        if is_inpatient(visit) and 0 < visit.begin < visit.time and not _known(found, visit):
            found.append(
                Bed(visit.begin, visit.time, visit.inst, visit.mdtrt_id, visit.rev_at, True)
            )
    return found


def _admitted(person: Person, longest: int) -> Iterator[Bed]:
    admissions = [stay for stay in person.stays if stay.begins]
    for admission in admissions:
        left = _left(person, admission)
        moved = _moved(person, admission, admissions)
        ends = [end for end in (left, moved) if end]
        yield Bed(
            admission.time,
            min(ends) if ends else admission.time + longest * DAY,
            admission.inst,
            admission.mdtrt_id,
            admission.rev_at or _cancelled(person.refunds, admission),
            bool(ends),
        )


def _left(person: Person, admission: Stay) -> int:
    """When the stay ended by its discharge, else by its last settlement; 0 if neither is known."""
    for stay in person.stays:
        if not stay.begins and stay.time >= admission.time and _belongs(stay, admission):
            return stay.time
    return max(
        (
            visit.time
            for visit in person.visits
            if is_inpatient(visit)
            and visit.time >= admission.time
            and not visit.rev_at
            and (
                _same(admission, visit.mdtrt_id)
                or (visit.inst == admission.inst and _same_day(visit.begin, admission.time))
            )
        ),
        default=0,
    )


def _moved(person: Person, admission: Stay, admissions: Sequence[Stay]) -> int:
    """When another hospital admitted the patient; 0 if none did."""
    return next(
        (
            other.time
            for other in admissions
            if other.time > admission.time
            and other.inst != admission.inst
            and not other.rev_at
            and not _cancelled(person.refunds, other)
        ),
        0,
    )


def _cancelled(refunds: Sequence[Refund], admission: Stay) -> int:
    """When the admission was taken back by a message that names the stay but no settlement."""
    return min(
        (
            refund.time
            for refund in refunds
            if refund.infno in _CANCELLING
            and not refund.targets
            and refund.time >= admission.time
            and _same(admission, refund.mdtrt_id)
        ),
        default=0,
    )


def _known(found: Sequence[Bed], visit: Visit) -> bool:
    return any(
        (bed.mdtrt_id and bed.mdtrt_id == visit.mdtrt_id)
        or (bed.inst == visit.inst and _same_day(bed.time, visit.begin))
        for bed in found
    )


def _belongs(discharge: Stay, admission: Stay) -> bool:
    if discharge.mdtrt_id and admission.mdtrt_id:
        return discharge.mdtrt_id == admission.mdtrt_id
    return discharge.inst == admission.inst


def _same(stay: Stay, mdtrt_id: str) -> bool:
    return bool(mdtrt_id) and stay.mdtrt_id == mdtrt_id


def _same_day(first: int, second: int) -> bool:
    return day_of(first) == day_of(second)
