"""Benefits that look too good and are right."""

from events.times import HOUR, day_start
from simulation import acts
from simulation.cases import Case, NoRoomError, day_for, hospital, settle_at, slot
from simulation.frauds.benefits import (
    away_from_home,
    big_visit,
    joined,
    prescribed_purchase,
    stay_home,
)
from simulation.life.chronic import register
from simulation.scene import consultation, month_supply


def retired_ratio(case: Case) -> None:
    """A retiree's ratio is five points higher."""
    place = hospital(case)
    desk = slot(case, place, day_for(case))
    settle_at(case, case.who, desk, big_visit(place, 4), diagnoses=("R10.400",))


def deductible_used(case: Case) -> None:
    """No deductible any more: where one is for both, the chronic refills have used it."""
    who = case.who
    place = hospital(case)
    if not case.world.terms.merged:
        day = day_for(case, span=4)
        first = slot(case, place, day, 560)
        settle_at(case, who, first, big_visit(place, 4), diagnoses=("R10.400",), label=False)
        desk = slot(case, place, day + 3)
        settle_at(case, who, desk, big_visit(place), diagnoses=("R10.400",))
        return
    register(case.scene, who, place, [("14", "M05300")])
    day = day_for(case, span=4)
    refill = [*month_supply(("布地奈德福莫特罗吸入粉雾剂",), 84)]
    settle_at(
        case,
        who,
        slot(case, place, day, 560),
        refill,
        med_type="14",
        dise="M05300",
        diagnoses=("J44.900",),
        label=False,
    )
    desk = slot(case, place, day + 3)
    settle_at(case, who, desk, big_visit(place), diagnoses=("R10.400",))


def cap_reached(case: Case) -> None:
    """The last payment is cut to what was left of the cap."""
    place = case.rng.choice(case.world.book.tertiary)
    day = day_for(case, span=16, gap=0)
    stay_home(case, day)
    for step in range(8):
        settle_at(
            case,
            case.who,
            slot(case, place, day + 2 * step),
            big_visit(place, 4),
            diagnoses=("R10.400",),
            label=step == 7,
        )


def registered_this_morning(case: Case) -> None:
    """The disease was registered on the morning of the visit."""
    who = case.who
    who.diseases.append(("14", "M04600"))
    place = hospital(case)
    day = day_for(case)
    registered = day_start(day) + 8 * HOUR
    case.plan(
        registered,
        lambda: acts.entitlement(case.world, who, place, registered, med_type="14", dise="M04600"),
    )
    settle_at(
        case,
        who,
        slot(case, place, day, 600),
        [*month_supply(("阿司匹林肠溶片", "阿托伐他汀钙片")), consultation(place)],
        med_type="14",
        dise="M04600",
        diagnoses=("I25.103",),
    )


def pharmacy_joined(case: Case) -> None:
    """A pharmacy that has joined is paid for what was prescribed, after the deductible."""
    place, day = joined(case, has=True), day_for(case, span=4)
    first = hospital(case)
    settle_at(
        case,
        case.who,
        slot(case, first, day, 560),
        big_visit(first, 4),
        diagnoses=("R10.400",),
        label=False,
    )
    desk = slot(case, place, day + 3)
    settle_at(case, case.who, desk, prescribed_purchase(case), med_type="41")


def low_rate_chronic(case: Case) -> None:
    """Who keeps to the lower rate still has the chronic benefit."""
    who = case.who
    who.clct_way, who.has_account, who.balance, who.employment = "low", False, 0, "flexible"
    place = hospital(case)
    register(case.scene, who, place, [("14", "M05300")])
    settle_at(
        case,
        who,
        slot(case, place, day_for(case)),
        month_supply(("布地奈德福莫特罗吸入粉雾剂",), 30),
        med_type="14",
        dise="M05300",
        diagnoses=("J44.900",),
    )


def offsite_from_the_day(case: Case) -> None:
    """Care away from home on the first days on which it is paid."""
    world = case.world
    first = next(
        (
            day
            for day in range(world.first_day + 2, world.last_day - 6)
            if world.date(day) >= world.terms.offsite_from
        ),
        0,
    )
    if not first:
        raise NoRoomError
    day = day_for(case, low=first, high=min(first + 12, world.last_day - 2))
    stay_home(case, day)
    desk = away_from_home(case, day)
    settle_at(case, case.who, desk, big_visit(desk.place, 4), diagnoses=("R10.400",))
