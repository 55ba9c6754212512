"""Family sharing of accounts without right: no authorisation, too many owners or users."""

from collections.abc import Callable
from typing import Final

from simulation import acts
from simulation.cases import Case, buy, clock, day_for, later, pharmacy, slot
from simulation.institutions import device
from simulation.people import Person
from simulation.scene import lines_of

GOODS: Final = ("板蓝根颗粒", "云南白药气雾剂")


def unauthorised_family(case: Case) -> None:
    """Somebody else's account: never authorised, revoked, outside the region, no relative."""
    who, owner, world = case.people[0], case.people[1], case.world
    variant = case.number % 4
    day = day_for(case, span=8)
    granted = clock(case, day)
    used = day + 6
    place = pharmacy(case)
    relation, area = "spouse", ""
    if variant == 2:
        area = world.geo.far[0].admdvs
    elif variant == 3:
        relation = "other"
    if variant:
        case.plan(
            granted,
            lambda: acts.authorization(world, owner, who, granted, relation, area=area),
        )
    if variant == 1:
        ended = later(granted, days=3)
        case.plan(
            ended,
            lambda: acts.authorization(world, owner, who, ended, relation, action="revoke"),
        )
    desk = slot(case, place, used)
    buy(case, who, desk, lines_of(GOODS), payer=owner)
    if variant == 2:
        city = world.geo.far[0].admdvs
        away = world.book.elsewhere[city][2]
        buy(
            case,
            who,
            Desk(away, later(seconds, days=1, hours=4), device(away, 0)),
            lines_of(GOODS),
            payer=owner,
        )
    case.plan(later(seconds, days=1, hours=5), lambda: _forget(case))


def _forget(case: Case) -> None:
    case.people[0].lenders.clear()


def many_owners(case: Case) -> None:
    """One person lives off the accounts of seven owners within a month."""
    who, owners = case.people[0], case.people[1:]
    place = pharmacy(case)
    day = day_for(case, who, span=15)
    for at, owner in enumerate(owners):
        granted = clock(case, day + 2 * at, 8, 9)
        relation = "parent" if at < 2 else "child"
        case.plan(granted, _grant(case, owner, who, granted, relation, label=False))
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
        case.plan(granted, _grant(case, owner, user, granted, relation, label=True))
        user.busy.update(range(day, day + 14))
        desk = slot(case, place, day + at, 700)
        buy(case, user, desk, lines_of(GOODS), payer=owner)


def _grant(
    case: Case, owner: Person, user: Person, at: int, tie: str, *, label: bool
) -> Callable[[], None]:
    def happen() -> None:
        event_id = acts.authorization(case.world, owner, user, at, tie)
        if label:
            case.mark(event_id)

    return happen
