"""Institutions in breach: prices, suspensions, prescriptions used twice."""

from events.times import MINUTE
from simulation import acts
from simulation.cases import Case, buy, clock, day_for, hospital, pharmacy, settle_at, slot
from simulation.catalogue import BY_NAME
from simulation.pricing import Line
from simulation.scene import lines_of, rx_number


def price_above_listed(case: Case) -> None:
    """Sold at half as much again as the listed price."""
    item = BY_NAME["复方丹参滴丸"]
    line = Line(item=item, count=2, days=2 * item.days, price=item.price * 3 // 2)
    buy(case, case.who, slot(case, pharmacy(case), day_for(case)), [line])


def suspended_institution(case: Case) -> None:
    """Settled at a pharmacy whose designation is suspended."""
    world = case.world
    place = world.book.reserve()
    day = day_for(case, span=6)
    told = clock(case, day)
    case.plan(
        told,
        lambda: acts.institution_status(
            world,
            place,
            told,
            state="suspended",
            begin=world.date(day + 1),
            end=world.date(day + 60),
        ),
    )
    buy(case, case.who, slot(case, place, day + 5), lines_of(("复方丹参滴丸",)))


def prescription_reused(case: Case) -> None:
    """One external prescription is filled at two pharmacies."""
    who, world = case.who, case.world
    clinic = hospital(case)
    day = day_for(case, span=2)
    issued = clock(case, day, 9, 10)
    number = rx_number(case.scene)
    script = _drugs(number)
    case.plan(issued, lambda: acts.prescription(world, who, clinic, issued, script, rxno=number))
    qualified = [one for one in world.book.pharmacies if one.pool_pharmacy_from]
    for step, place in enumerate(case.rng.sample(qualified, 2)):
        desk = slot(case, place, day + step, 720)
        if desk.seconds < issued + 60 * MINUTE:
            desk = slot(case, place, day + step, 760)
        settle_at(
            case,
            who,
            desk,
            _drugs(number),
            med_type="41",
            diagnoses=("J20.900",),
            label=step == 1,
        )


def _drugs(number: str) -> list[Line]:
    lines = lines_of(("头孢呋辛酯片", "盐酸氨溴索口服液"))
    for line in lines:
        line.rxno = number
    return lines
