"""Family sharing of accounts without right: no authorisation, too many owners or users."""

from collections.abc import Callable
from typing import Final

from simulation import acts
from simulation.cases import Case, NoRoomError, buy, clock, day_for, later, pharmacy, slot
from simulation.institutions import Desk, device
from simulation.people import Person
from simulation.scene import lines_of

GOODS: Final = ("板蓝根颗粒", "云南白药气雾剂")


def never_authorised(case: Case) -> None:
    """Somebody else's account, without any authorisation."""
    who, owner = case.people[0], case.people[1]
    desk = slot(case, pharmacy(case), day_for(case))
    buy(case, who, desk, lines_of(GOODS), payer=owner)


def authorisation_ended(case: Case) -> None:
    """The owner has taken the authorisation back."""
    who, owner, world = case.people[0], case.people[1], case.world
    day = day_for(case, span=8)
    granted, ended = clock(case, day), clock(case, day + 3)
    case.plan(granted, grant(case, owner, who, granted, "spouse"))
    case.plan(
        ended, lambda: acts.authorization(world, owner, who, ended, "spouse", action="revoke")
    )
    buy(case, who, slot(case, pharmacy(case), day + 6), lines_of(GOODS), payer=owner)


def outside_region(case: Case) -> None:
    """The account is used in another region, where Ningxia's sharing does not reach."""
    who, owner, world = case.people[0], case.people[1], case.world
    if "spouse_parent" not in world.terms.relations:
        raise NoRoomError
    day = day_for(case, span=8)
    granted = clock(case, day)
    city = world.geo.far[0].admdvs
    away = world.book.elsewhere[city][2]
    used = clock(case, day + 6)
    insured_elsewhere = case.number % 2 == 0
    area = city if insured_elsewhere else ""
    case.plan(granted, grant(case, owner, who, granted, "spouse", area=area))
    buy(case, who, Desk(away, used, device(away, 0)), lines_of(GOODS), payer=owner)
    case.plan(later(used, hours=2), who.lenders.clear)


def no_relative(case: Case) -> None:
    """Authorised, but as somebody who is no relative by the policy."""
    who, owner = case.people[0], case.people[1]
    day = day_for(case, span=8)
    granted = clock(case, day)
    case.plan(granted, grant(case, owner, who, granted, "other"))
    desk = slot(case, pharmacy(case), day + 6)
    buy(case, who, desk, lines_of(GOODS), payer=owner)
    case.plan(later(desk.seconds, hours=2), who.lenders.clear)


def many_owners(case: Case) -> None:
    """One person lives off the accounts of seven owners within a month."""
    who, owners = case.people[0], case.people[1:]
    place = pharmacy(case)
    day = day_for(case, who, span=15)
    for at, owner in enumerate(owners):
        granted = clock(case, day + 2 * at, 8, 9)
        relation = "child" if at < 2 else "parent"
        case.plan(granted, grant(case, owner, who, granted, relation))
        desk = slot(case, place, day + 2 * at, 700)
        buy(case, who, desk, lines_of(GOODS, counts=(3, 2)), payer=owner)
    case.plan(clock(case, day + 15), who.lenders.clear)


def owner_many_beneficiaries(case: Case) -> None:
    """One owner authorises ten people as relatives, and all of them buy."""
    owner, users = case.people[0], case.people[1:]
    place = pharmacy(case)
    day = day_for(case, owner, span=12)
    for at, user in enumerate(users):
        granted = clock(case, day + at, 8, 9)
        relation = ("spouse", "parent", "spouse_parent", "child")[min(at // 2, 3)]
        if relation not in case.world.terms.relations:
            relation = "parent"
        case.plan(granted, grant(case, owner, user, granted, relation, label=True))
        user.busy.update(range(day, day + 14))
        desk = slot(case, place, day + at, 700)
        buy(case, user, desk, lines_of(GOODS), payer=owner)


def grant(
    case: Case,
    owner: Person,
    user: Person,
    at: int,
    tie: str,
    *,
    area: str = "",
    label: bool = False,
) -> Callable[[], None]:
    """An action that authorises `user`, labelled when asked for."""

    def happen() -> None:
        event_id = acts.authorization(case.world, owner, user, at, tie, area=area)
        if label:
            case.mark(event_id)

    return happen
