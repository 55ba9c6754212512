"""Benefits that look too good and are right."""

from events.times import HOUR, day_start
from simulation import acts
from simulation.cases import Case, day_for, hospital, settle_at, slot
from simulation.frauds.benefits import big_visit, stay_home
from simulation.life.chronic import register
from simulation.scene import consultation, month_supply


def retired_ratio(case: Case) -> None:
    """A retiree's ratio is five points higher."""
    place = hospital(case)
    desk = slot(case, place, day_for(case))
    settle_at(case, case.who, desk, big_visit(place), diagnoses=("R10.400",))


def deductible_used(case: Case) -> None:
    """No deductible any more: the chronic refills have used it (one deductible for both)."""
    who = case.who
    place = hospital(case)
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
