"""Prescriptions of a person, and the sales that name them: by which number, and told by whom."""

from collections.abc import Iterator, Sequence, Set
from functools import lru_cache
from typing import Final

from events.identifiers import check_staff, is_physician, is_placeholder
from rules.histories.facts import CITY_SIGNS, PRESCRIPTION_SIGNS
from rules.histories.person import Person
from rules.histories.records import (
    RX_HOSPITAL,
    RX_NAMED,
    RX_NEIGHBOUR,
    RX_OTHERWISE,
    RX_OWN,
    RX_SIGNED,
    Named,
    Script,
    Visit,
)

_BY_SELLER: Final = (RX_OWN, RX_SIGNED)


@lru_cache(65536)
def names_one(number: str, signs: int) -> bool:
    """Whether a number is long enough to be one prescription's, and no placeholder."""
    return len(number) >= signs and not is_placeholder(number)


def own_numbers(script: Script) -> Set[str]:
    """The numbers a prescription goes by: the platform's, the institution's, its lines'."""
    own = {script.rx, script.number}
    for line in script.lines:
        own.add(line.rx)
    own.discard("")
    return own


def by_hospital(script: Script) -> bool:
    """Whether a hospital told of a prescription, as its code says, and not a pharmacy."""
    return script.inst != "" and script.inst[0] != "P"


def all_names(person: Person, names: Set[str]) -> Set[str]:
    """All numbers that a prescription with these goes by, as far as the platform links them."""
    if not person.scripts:
        return names
    return _linked([own_numbers(script) for script in person.scripts], names)


def _linked(told: Sequence[Set[str]], names: Set[str]) -> Set[str]:
    known = set(names)
    linked = True
    while linked:
        linked = False
        for own in told:
            if not known.isdisjoint(own) and not own <= known:
                known |= own
                linked = True
    return known


def issued(visit: Visit, scripts: Sequence[Script]) -> Iterator[Sequence[Script]]:
    """The prescriptions that a sale names: what hospitals told of each, in order of time.

    What is told later can only link numbers that stood apart, so that what was not the first word
    of a prescription never becomes it.
    """
    numbers = {line.rx for line in visit.lines if line.rx}
    own = [own_numbers(script) for script in scripts]
    seen: set[str] = set()
    for number in sorted(numbers):
        if number in seen or not names_one(number, PRESCRIPTION_SIGNS):
            continue
        known = _linked(own, {number})
        seen |= known
        told = [
            script
            for script, names in zip(scripts, own, strict=True)
            if by_hospital(script) and not known.isdisjoint(names)
        ]
        if told:
            yield told


def named(visit: Visit, scripts: Sequence[Script]) -> Named | None:
    """Which prescription a pharmacy's sale names, and who told of it; None if it names none.

    Further prescriptions can only add to who told of it. If it names several, any of them counts.
    """
    numbers = {
        line.rx for line in visit.lines if line.rx and names_one(line.rx, PRESCRIPTION_SIGNS)
    }
    if not numbers:
        return None
    if not scripts:
        return Named(min(numbers), RX_NAMED, "")
    by, first = RX_NAMED, ""
    own = [own_numbers(script) for script in scripts]
    known = _linked(own, numbers)
    for script, names in zip(scripts, own, strict=True):
        if known.isdisjoint(names):
            continue
        told = _told(script, visit.inst)
        by |= told
        if told in _BY_SELLER:
            first = min(first, script.event_id) if first else script.event_id
    return Named(min(numbers), by, first)


def _told(script: Script, seller: str) -> int:
    """Who told of a prescription: a hospital, the seller itself, a pharmacy of its city, another.

    Pharmacies count where they name nobody who signed, or a physician of their own city: one of
    another city may have signed it at a hospital there.
    """
    if by_hospital(script):
        return RX_HOSPITAL
    if script.inst[:CITY_SIGNS] != seller[:CITY_SIGNS]:
        return RX_OTHERWISE
    doctor = script.doctor
    unsigned = not doctor or check_staff(doctor) is not None
    if not unsigned and not (is_physician(doctor) and doctor[1:CITY_SIGNS] == seller[1:CITY_SIGNS]):
        return RX_OTHERWISE
    if script.inst != seller:
        return RX_NEIGHBOUR
    return RX_OWN if unsigned else RX_SIGNED
