"""Stays in hospital with what is known of them: diagnosis, settlements, fee days."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from msgspec import Struct

from events.times import DAY, day_of
from rules.findings import Verdict
from rules.histories.person import Person
from rules.histories.records import Record, Stay, Visit
from rules.impersonation.stays import Bed, beds, is_inpatient
from rules.rule import Rule

_SETTLED_LATE: Final = 7 * DAY
"""How long after the discharge a stay may be settled and still be recognised without its number."""


class Admission(Struct, frozen=True, gc=False):
    """A stay, its settlements, and the messages of its admission and discharge."""

    bed: Bed
    visits: tuple[Visit, ...]
    messages: tuple[Stay, ...]

    @property
    def about(self) -> str:
        """What a matter about the stay is called: where and on which day it began."""
        return f"{self.bed.inst}|{day_of(self.bed.time)}"

    @property
    def begins(self) -> int:
        """Day number of the admission."""
        return day_of(self.bed.time)

    @property
    def ends(self) -> int:
        """Day number of the discharge."""
        return day_of(self.bed.until)

    @property
    def diagnosis(self) -> str:
        """The main diagnosis, from the settlement, else the discharge, else the admission."""
        told: Sequence[Visit | Stay] = (*self.visits, *reversed(self.messages))
        return next((record.diagnoses[0] for record in told if record.diagnoses), "")

    @property
    def ways(self) -> frozenset[str]:
        """How the patient left, as far as told (`dscg_way`)."""
        return frozenset(stay.way for stay in self.messages if not stay.begins and stay.way)

    @property
    def rev_at(self) -> int:
        """When the stay was taken back: its admission, or all of its settlements; 0 if not."""
        if self.bed.rev_at or not self.visits:
            return self.bed.rev_at
        return 0 if any(not v.rev_at for v in self.visits) else max(v.rev_at for v in self.visits)

    @property
    def standing(self) -> tuple[Visit, ...]:
        """Settlements not taken back."""
        return tuple(visit for visit in self.visits if not visit.rev_at)

    @property
    def records(self) -> list[Record]:
        """What a finding about the stay names: its admission and its settlements."""
        named: list[Record] = [stay for stay in self.messages if stay.begins]
        return [*named, *(self.standing or self.visits)]


def gone(rule: Rule, person: Person, known: Collection[str]) -> Iterator[Verdict]:
    """Drop what stood about stays that are none any more, once more is known of them.

    A settlement alone makes a stay where and when it says; the admission may say otherwise.
    """
    prefix = f"{rule.id}|"
    for matter, standing in list(person.standing.items()):
        about = matter.removeprefix(prefix)
        if standing.digest and matter.startswith(prefix) and about not in known:
            yield Verdict(about, None)


def admissions(person: Person, longest: int) -> list[Admission]:
    """The person's stays in order of time; one without an end is thought to last so many days."""
    inpatient = [visit for visit in person.visits if is_inpatient(visit)]
    known = [
        Admission(
            bed,
            tuple(visit for visit in inpatient if _settles(visit, bed)),
            tuple(stay for stay in person.stays if _tells(stay, bed)),
        )
        for bed in beds(person, longest)
    ]
    return sorted(known, key=lambda one: (one.bed.time, one.bed.inst, one.bed.mdtrt_id))


def _settles(visit: Visit, bed: Bed) -> bool:
    if visit.mdtrt_id and visit.mdtrt_id == bed.mdtrt_id:
        return True
    if visit.inst != bed.inst:
        return False
    if visit.begin and visit.begin < visit.time:
        return day_of(visit.begin) == day_of(bed.time)
    return bed.time <= visit.time <= bed.until + _SETTLED_LATE


def _tells(stay: Stay, bed: Bed) -> bool:
    if stay.mdtrt_id and bed.mdtrt_id:
        return stay.mdtrt_id == bed.mdtrt_id
    return stay.inst == bed.inst and bed.time <= stay.time <= bed.until
