"""Institutions that look in breach and are not."""

from simulation import acts
from simulation.cases import Case, buy, clock, day_for, hospital, later, pharmacy, settle_at, slot
from simulation.catalogue import BY_NAME
from simulation.pricing import Line
from simulation.scene import lines_of, rx_number
from simulation.settling import Settled


def price_as_listed(case: Case) -> None:
    """Sold at exactly the listed price."""
    item = BY_NAME["复方丹参滴丸"]
    line = Line(item=item, count=2, days=2 * item.days, price=item.price)
    buy(case, case.who, slot(case, pharmacy(case), day_for(case)), [line])


def around_suspension(case: Case) -> None:
    """Settled on the day before a suspension, and again after it was lifted."""
    world = case.world
    place = world.book.reserve()
    day = day_for(case, span=9)
    told, lifted = clock(case, day), clock(case, day + 5)
    case.plan(
        told,
        lambda: acts.institution_status(
            world,
            place,
            told,
            state="suspended",
            begin=world.date(day + 2),
            end=world.date(day + 4),
        ),
    )
    case.plan(
        lifted,
        lambda: acts.institution_status(
            world, place, lifted, state="active", begin=world.date(day + 5)
        ),
    )
    for at in (day + 1, day + 7):
        buy(case, case.who, slot(case, place, at), lines_of(("板蓝根颗粒",)))


def filled_elsewhere(case: Case) -> None:
    """Out of stock: the first sale is taken back, the prescription filled elsewhere."""
    who, world = case.who, case.world
    clinic = hospital(case)
    day = day_for(case, span=2)
    issued = clock(case, day, 9, 10)
    number = rx_number(case.scene)
    case.plan(
        issued,
        lambda: acts.prescription(world, who, clinic, issued, _drugs(number), rxno=number),
    )
    qualified = [one for one in world.book.pharmacies if one.pool_pharmacy_from]
    first, second = case.rng.sample(qualified, 2)
    desk, other = slot(case, first, day, 760), slot(case, second, day + 1, 620)

    def take_back(done: Settled) -> None:
        at = later(done.seconds, minutes=8)
        case.plan(at, lambda: acts.reversal(world, done, at, reason="药品缺货"))

    settle_at(
        case,
        who,
        desk,
        _drugs(number),
        med_type="41",
        diagnoses=("J20.900",),
        label=False,
        then=take_back,
    )
    settle_at(case, who, other, _drugs(number), med_type="41", diagnoses=("J20.900",))


def _drugs(number: str) -> list[Line]:
    lines = lines_of(("头孢呋辛酯片", "盐酸氨溴索口服液"))
    for line in lines:
        line.rxno = number
    return lines
