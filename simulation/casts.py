"""Who plays in a case: small families or rings of people who do not know each other."""

from random import Random

from simulation.cases import Cast, ensure
from simulation.people import Family, Person, Registry, couple, person, retiree, single


def one(reg: Registry, rng: Random) -> list[Family]:
    """A working adult with money on the account."""
    return [_rich(single(reg, rng))]


def two(reg: Registry, rng: Random) -> list[Family]:
    """A working couple, each with money on the account."""
    return [_rich(couple(reg, rng))]


def elder(reg: Registry, rng: Random) -> list[Family]:
    """A retired person with money on the account."""
    return [_rich(retiree(reg, rng))]


def strangers(count: int) -> Cast:
    """So many working adults who are no family."""

    def ring(reg: Registry, rng: Random) -> list[Family]:
        return [_rich(single(reg, rng)) for _ in range(count)]

    return ring


def parent_and_child(years: int) -> Cast:
    """A working parent and a child of so many years."""

    def cast(reg: Registry, rng: Random) -> list[Family]:
        adult = _adult(reg, rng, 30 + years % 8, "2")
        child = person(reg, rng, years, rng.choice("12"))
        return [Family(people=[adult, child], ties=[(0, 1, "child")])]

    return cast


def adult(gend: str, years: int) -> Cast:
    """A person of a sex and age, working or retired by age."""

    def cast(reg: Registry, rng: Random) -> list[Family]:
        return [Family(people=[_adult(reg, rng, years, gend)])]

    return cast


def elder_and_children(count: int) -> Cast:
    """A resident-insured elder with so many grown, working children."""

    def cast(reg: Registry, rng: Random) -> list[Family]:
        people = [person(reg, rng, 74, rng.choice("12"), scheme="resident")]
        people += [_adult(reg, rng, 44 + at, rng.choice("12")) for at in range(count)]
        return [Family(people=people)]

    return cast


def owner_and_relatives(count: int) -> Cast:
    """A working owner with so many resident-insured people around."""

    def cast(reg: Registry, rng: Random) -> list[Family]:
        people = [_adult(reg, rng, 46, rng.choice("12"))]
        people += [
            person(reg, rng, rng.randrange(20, 78), rng.choice("12"), scheme="resident")
            for _ in range(count)
        ]
        people[0].balance += 3000_00
        return [Family(people=people)]

    return cast


def twins(reg: Registry, rng: Random) -> list[Family]:
    """A working parent and two children of seven."""
    adult = _adult(reg, rng, 36, "2")
    children = [person(reg, rng, 7, "1") for _ in range(2)]
    return [Family(people=[adult, *children], ties=[(0, 1, "child"), (0, 2, "child")])]


def _adult(reg: Registry, rng: Random, years: int, gend: str) -> Person:
    scheme = "retiree" if years >= 60 else "employee"
    made = person(reg, rng, years, gend, scheme=scheme)
    ensure(made, 1200_00)
    return made


def _rich(family: Family) -> Family:
    for member in family.people:
        ensure(member, 1500_00)
    return family
