"""People and families: ages, relations, insurance, accounts and habits, all made up."""

from datetime import date
from random import Random
from typing import Final

from msgspec import Struct, field

from events.times import date_of
from simulation.identity import full_name, identity_number, person_number, surname
from simulation.terms import TERMS

ADULT: Final = 18
RETIRED: Final = 60


class Year(Struct):
    """One person's benefit accumulators of one calendar year, fen."""

    year: int = 0
    deductible: int = 0
    general: int = 0
    chronic: int = 0
    two_disease: int = 0


class Person(Struct, kw_only=True, eq=False):
    """One insured person with what the simulation remembers about them (money in fen)."""

    psn_no: str
    certno: str
    name: str
    gend: str
    birth: date
    insutype: str
    psn_type: str
    clct_way: str
    begin: date
    base: int
    cert_type: str
    cert_no: str
    card_sn: str
    balance: int
    has_account: bool
    employment: str
    death_day: int = 0
    alive_until: int = 10**9
    cash_habit: bool = False
    credits_by_case: bool = False
    year: Year
    busy: set[int] = field(default_factory=set)
    lenders: list["Person"] = field(default_factory=list)
    diseases: list[tuple[str, str]] = field(default_factory=list)

    def age(self, day: int) -> int:
        """Full years on a day number."""
        on = date_of(day)
        before = (on.month, on.day) < (self.birth.month, self.birth.day)
        return on.year - self.birth.year - before


class Family(Struct, kw_only=True, eq=False):
    """People who live as one family; `ties` are (owner, user, relation) by index."""

    people: list[Person]
    ties: list[tuple[int, int, str]] = field(default_factory=list)


class Registry(Struct, kw_only=True):
    """Hands out person numbers; `today` is the day number ages are counted at."""

    area: str
    today: int
    count: int = 0


def person(
    reg: Registry, rng: Random, years: int, gend: str, *, family_name: str = "", scheme: str = ""
) -> Person:
    """A person of about `years` years; `scheme` forces `employee`, `retiree` or `resident`."""
    reg.count += 1
    birth = date_of(reg.today - years * 365 - rng.randrange(10, 350))
    if not scheme:
        if years >= RETIRED:
            scheme = "retiree" if rng.random() < 0.75 else "resident"
        elif years >= 22:
            scheme = "employee" if rng.random() < 0.85 else "resident"
        else:
            scheme = "resident"
    district = f"{reg.area[:4]}{rng.randrange(4, 7):02d}"
    certno = identity_number(district, birth, rng.randrange(50, 450), gend)
    pick = rng.random()
    cert_type = "01" if pick < 0.7 else ("03" if pick < 0.95 else "02")
    card = f"{district[:2]}{rng.randrange(10**8):08d}{reg.count % 100:02d}"
    psn_no = person_number(reg.area, reg.count)
    cert_no = {"01": f"EV{psn_no[-10:]}{rng.randrange(10**8):08d}", "02": certno, "03": card}
    insutype, psn_type = "310", "11"
    if scheme == "retiree":
        psn_type = "12"
    elif scheme == "resident":
        insutype, psn_type = "390", _resident_type(years)
    way = rng.random()
    flexible = scheme == "employee" and way < 0.08
    pool_only = scheme == "employee" and 0.08 <= way < 0.09
    low = flexible and reg.area[:2] in TERMS and TERMS[reg.area[:2]].low_rate and way < 0.03
    none = pool_only or low
    work_years = max(1, min(years - 21, 30)) if scheme != "resident" else max(1, min(years, 12))
    base = rng.randrange(36, 160) * 100_00 if scheme == "employee" else 0
    return Person(
        psn_no=psn_no,
        certno=certno,
        name=full_name(rng, gend, family_name),
        gend=gend,
        birth=birth,
        insutype=insutype,
        psn_type=psn_type,
        clct_way="pool_only" if pool_only else ("low" if low else "full"),
        begin=max(birth, date_of(reg.today - rng.randrange(1, work_years + 1) * 365)),
        base=base,
        cert_type=cert_type,
        cert_no=cert_no[cert_type],
        card_sn=f"{rng.getrandbits(64):016X}" if cert_type == "03" else "",
        balance=rng.randrange(0, 4000_00) if scheme != "resident" and not none else 0,
        has_account=scheme != "resident" and not none,
        employment="flexible" if flexible else scheme,
        cash_habit=rng.random() < 0.1,
        year=Year(),
    )


def _resident_type(years: int) -> str:
    if years < 1:
        return "1401"
    if years < 7:
        return "1402"
    if years < ADULT:
        return "1403"
    return "16" if years >= RETIRED else "15"


def single(reg: Registry, rng: Random, low: int = 24, high: int = 58) -> Family:
    """One working adult with an account."""
    gend = rng.choice("12")
    one = person(reg, rng, rng.randrange(low, high), gend, scheme="employee")
    if not one.has_account:
        one.has_account, one.clct_way, one.balance = True, "full", rng.randrange(500_00, 3000_00)
    return Family(people=[one])


def retiree(reg: Registry, rng: Random) -> Family:
    """One retired person with an account."""
    return Family(
        people=[person(reg, rng, rng.randrange(61, 82), rng.choice("12"), scheme="retiree")]
    )


def couple(reg: Registry, rng: Random) -> Family:
    """A working couple, each with an account."""
    years = rng.randrange(26, 56)
    people = [person(reg, rng, years, g, scheme="employee") for g in "12"]
    for one in people:
        one.has_account, one.clct_way = True, "full"
        one.balance = one.balance or 800_00
    return Family(people=people, ties=[(0, 1, "spouse"), (1, 0, "spouse")])


def household(reg: Registry, rng: Random, size: int) -> Family:
    """A family of one to six people in up to three generations."""
    if size <= 1:
        pick = rng.random()
        return single(reg, rng) if pick < 0.6 else retiree(reg, rng)
    years = rng.randrange(25, 58)
    name = surname(rng)
    people = [
        person(reg, rng, years, "1", family_name=name),
        person(reg, rng, max(23, years - rng.randrange(-2, 5)), "2"),
    ]
    ties = [(0, 1, "spouse"), (1, 0, "spouse")]
    children = min(size - 2, 1 if rng.random() < 0.6 else 2)
    for _ in range(children):
        at = len(people)
        child = max(0, years - rng.randrange(23, 32))
        people.append(person(reg, rng, child, rng.choice("12"), family_name=name))
        ties += [(0, at, "child"), (1, at, "child")]
    for place in range(size - 2 - children):
        at = len(people)
        elder = years + rng.randrange(22, 32)
        people.append(person(reg, rng, min(elder, 90), "12"[place % 2]))
        ties += [
            (0, at, "parent" if place < 2 else "spouse_parent"),
            (1, at, "spouse_parent" if place < 2 else "parent"),
        ]
        if people[at].has_account:
            ties.append((at, 0, "child"))
    return Family(people=people, ties=ties)
