"""Much care that somebody does need."""

from events.times import HOUR, day_start
from simulation import acts
from simulation.cases import Case, day_for, hospital, settle_at, slot
from simulation.life.outpatient import series_on
from simulation.scene import consultation, lines_of, month_supply, rx_number


def refilled_in_time(case: Case) -> None:
    """A month's supply refilled three days before it runs out."""
    case.who.diseases.append(("14", ""))
    place = hospital(case)
    day = day_for(case, span=28, gap=0)
    for at in (day, day + 27):
        lines = [consultation(place), *month_supply(("阿托伐他汀钙片",))]
        settle_at(case, case.who, slot(case, place, at), lines, diagnoses=("E78.500",))


def long_prescription(case: Case) -> None:
    """Twelve weeks of one drug at once, with the filing for it."""
    who, world = case.who, case.world
    who.diseases.append(("14", ""))
    place = hospital(case)
    day = day_for(case)
    filed = day_start(day) + 8 * HOUR
    case.plan(filed, lambda: acts.filing(world, who, filed, "11", first=day, last=day + 180))
    lines = [consultation(place), *month_supply(("阿托伐他汀钙片",), 84)]
    settle_at(case, who, slot(case, place, day, 600), lines, diagnoses=("E78.500",))


def week_of_treatments(case: Case) -> None:
    """Physiotherapy on seven days running at one hospital."""
    day = day_for(case, span=7)
    series_on(
        case.scene,
        case.who,
        hospital(case),
        day,
        7,
        then=lambda done: case.mark(done.event_id),
    )


def two_departments(case: Case) -> None:
    """Two diseases seen by two doctors, prescribed and settled apart on one morning."""
    place = case.rng.choice(case.world.book.secondary)
    day = day_for(case)
    for step, (name, diagnosis) in enumerate(
        (("头孢呋辛酯片", "J20.900"), ("双氯芬酸钠缓释片", "M54.500"))
    ):
        lines = [*lines_of((name,)), consultation(place)]
        lines[0].rxno = rx_number(case.scene)
        settle_at(
            case,
            case.who,
            slot(case, place, day, 600 + 35 * step),
            lines,
            diagnoses=(diagnosis,),
            doctor=1 + 7 * step,
        )
