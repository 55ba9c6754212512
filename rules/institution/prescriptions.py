"""Prescriptions as settlements name them and as the platform knows them."""

from collections.abc import Sequence, Set
from typing import Final

from msgspec import structs

from rules.findings import Finding
from rules.histories.person import Person
from rules.histories.records import Filling, Script, Visit
from rules.histories.scripts import names_one, own_numbers
from rules.usage.drugs import drug_class, generic, is_drug

_NONE: Final[Set[str]] = frozenset()


def numbers(visit: Visit, digits: int) -> Set[str]:
    """The prescription numbers a settlement names, those long enough to be of one prescription."""
    named = {line.rx for line in visit.lines if line.rx}
    return {number for number in named if names_one(number, digits)} if named else _NONE


def scripts_of(person: Person, names: Set[str]) -> Sequence[Script]:
    """What the platform told of a prescription, by all its names, in order of time."""
    return [script for script in person.scripts if not names.isdisjoint(own_numbers(script))]


def drugs_of(visit: Visit, names: Set[str]) -> dict[str, int]:
    """Thousandths of a unit of each drug that a settlement sold on a prescription."""
    sold: dict[str, int] = {}
    for line in visit.lines:
        if line.rx in names and line.quantity > 0:
            name = generic(line)
            sold[name] = sold.get(name, 0) + line.quantity
    return {name: quantity for name, quantity in sold.items() if name}


def prescribed(scripts: Sequence[Script]) -> dict[str, int]:
    """Thousandths of a unit of each drug prescribed, by the version that says most."""
    most: dict[str, int] = {}
    for script in scripts:
        told: dict[str, int] = {}
        for line in script.lines:
            name = generic(line)
            told[name] = told.get(name, 0) + line.quantity
        for name, quantity in told.items():
            most[name] = max(most.get(name, 0), quantity)
    most.pop("", None)
    return most


def sells_other_drugs(scripts: Sequence[Script], visit: Visit, names: Set[str]) -> bool:
    """Whether none of the drugs sold on a prescription is of a class that it prescribes.

    Only where one institution issued it and both name all drugs by national codes. Another
    generic of the same class may be the same drug as another salt, and is left alone.
    """
    classes: set[str] = set()
    for script in scripts:
        if script.inst != scripts[0].inst:
            return False
        for line in script.lines:
            if not is_drug(line):
                return False
            classes.add(drug_class(line))
    sold = [line for line in visit.lines if line.rx in names and line.quantity > 0]
    if not classes or not sold:
        return False
    return all(is_drug(line) and drug_class(line) not in classes for line in sold)


def resting(finding: Finding, sales: Sequence[Filling]) -> Finding:
    """A finding about sales on prescriptions: what told of these, then the sales, as its events."""
    told = dict.fromkeys(sale.script for sale in sales)
    sold = dict.fromkeys(sale.sale for sale in sales)
    last = max(sale.sold_at for sale in sales)
    return structs.replace(finding, event_ids=(*told, *sold), last=max(finding.last, last))
