"""Looks like impersonation and is none."""

from events.times import HOUR, MINUTE
from simulation import acts
from simulation.cases import (
    Case,
    after,
    buy,
    clock,
    day_for,
    hospital,
    pharmacy,
    quiet_desk,
    settle_at,
    slot,
    together,
)
from simulation.institutions import Desk, device
from simulation.life.stays import die, stay
from simulation.scene import consultation, lines_of, minute_of


def wrong_card_first(case: Case) -> None:
    """The spouse's card is tried first: mismatch, then a match with the right one."""
    who = case.who
    desk = slot(case, pharmacy(case), day_for(case))
    case.plan(
        desk.seconds - 55,
        lambda: acts.identity_check(case.world, who, desk, ahead=55, result="mismatch"),
    )
    buy(case, who, desk, lines_of(("布洛芬缓释胶囊",)), check=25)


def sex_fits(case: Case) -> None:
    """A woman's medicine for a woman, or a man's breast disease."""
    who = case.who
    place = hospital(case)
    man = who.gend == "1"
    names, diagnosis = ("桂枝茯苓胶囊",), "N76.000"
    if man:
        names, diagnosis = ("彩色多普勒超声检查",), "N62.x00"
    lines = [consultation(place), *lines_of(names)]
    settle_at(case, who, slot(case, place, day_for(case)), lines, diagnoses=(diagnosis,))


def medicine_for_the_wife(case: Case) -> None:
    """The husband's account pays for the wife's medicine, settled in her name."""
    husband, wife = case.people[0], case.people[1]
    day = day_for(case, wife)
    desk = slot(case, pharmacy(case), day)
    granted = clock(case, day - 1)
    case.plan(granted, lambda: acts.authorization(case.world, husband, wife, granted, "spouse"))
    buy(case, wife, desk, lines_of(("妇科千金片",)), payer=husband)


def age_fits(case: Case) -> None:
    """A child's medicine for a child, or a late pregnancy."""
    who = case.people[-1]
    place = hospital(case)
    child = who.age(case.world.first_day) < 14
    names, diagnosis = ("彩色多普勒超声检查",), "O09.500"
    if child:
        names, diagnosis = ("小儿咳喘灵颗粒",), "J06.900"
    lines = [consultation(place), *lines_of(names)]
    settle_at(case, who, slot(case, place, day_for(case, who)), lines, diagnoses=(diagnosis,))


def refill_before_death(case: Case) -> None:
    """The last refill on the day of death or the day before; the notice comes weeks later."""
    who, world = case.who, case.world
    died = day_for(case, gap=2, low=world.first_day + 4, high=world.last_day - 6)
    desk = slot(case, pharmacy(case), died - case.number % 2, 560)
    buy(case, who, desk, lines_of(("复方丹参滴丸",), counts=(2,)))
    die(case.scene, who, died, case.rng.randrange(6, 28))


def new_employer(case: Case) -> None:
    """The insurance ends and begins again with the next employer on the day after."""
    who, world = case.who, case.world
    ended = day_for(case, span=8, low=world.first_day + 3, high=world.last_day - 9)
    first, second = clock(case, ended + 1), clock(case, ended + 3)
    case.plan(first, lambda: acts.insurance(world, who, first, state="4", end=ended))
    case.plan(second, lambda: acts.insurance(world, who, second, begin=ended + 1))
    place = hospital(case)
    lines = [consultation(place), *lines_of(("血常规检查",))]
    settle_at(case, who, slot(case, place, ended + 5), lines, diagnoses=("J06.900",))


def last_insured_day(case: Case) -> None:
    """A visit on the very last day of the insurance; the end is reported afterwards."""
    who, world = case.who, case.world
    ended = day_for(case, low=world.first_day + 3, high=world.last_day - 3)
    notice = clock(case, ended + 1)
    case.plan(notice, lambda: acts.insurance(world, who, notice, state="4", end=ended))
    who.alive_until = ended
    place = hospital(case)
    lines = [consultation(place), *lines_of(("血常规检查",))]
    settle_at(case, who, slot(case, place, ended), lines, diagnoses=("J06.900",))


def reachable_by_car(case: Case) -> None:
    """A purchase in the next city after just the time the road takes."""
    who, world = case.who, case.world
    day = day_for(case)
    here = pharmacy(case)
    there = world.book.elsewhere[world.geo.near[0].admdvs][2]
    desk = slot(case, here, day, 560)
    away = distance_km(here.lat, here.lng, there.lat, there.lng)
    second = desk.seconds + int(away / 75 * HOUR) + case.rng.randrange(5, 15) * MINUTE
    buy(case, who, desk, lines_of(("板蓝根颗粒",)), label=False)
    buy(case, who, Desk(there, second, device(there, 0)), lines_of(("布洛芬缓释胶囊",)))


def consulted_online(case: Case) -> None:
    """An internet hospital far away, from the telephone, minutes after a purchase at home."""
    who, world = case.who, case.world
    city = case.rng.choice(world.geo.far)
    online = world.book.elsewhere[city.admdvs][3]
    desk = slot(case, pharmacy(case), day_for(case), 560)
    buy(case, who, desk, lines_of(("板蓝根颗粒",)), label=False)
    consulted = Desk(online, desk.seconds + 40 * MINUTE, device(online, 98))
    settle_at(case, who, consulted, [consultation(online)], diagnoses=("J06.900",), opter_type="3")


def distance_km(lat: float, lng: float, other_lat: float, other_lng: float) -> float:
    """Straight distance in kilometres on a flat map good enough for a few hundred."""
    north = (other_lat - lat) * 111.2
    east = (other_lng - lng) * 87.5
    return float((north * north + east * east) ** 0.5)


def day_of_discharge(case: Case) -> None:
    """Medicine bought on the day of discharge."""
    who = case.who
    day = day_for(case, span=9, gap=1)
    _, left = stay(case.scene, who, case.rng.choice(case.world.book.tertiary), day, 8)
    desk = slot(case, pharmacy(case), day + 8, minute_of(left) + 120)
    buy(case, who, desk, lines_of(("碳酸钙D3片",), counts=(2,)))


def fetched_by_agent(case: Case) -> None:
    """Medicine fetched during the stay by the spouse, who has a filing."""
    who, world = case.who, case.world
    day = day_for(case, span=9, gap=1)
    stay(case.scene, who, case.rng.choice(world.book.tertiary), day, 8)
    filed = clock(case, day + 1)
    case.plan(filed, lambda: acts.filing(world, who, filed, "12", first=day + 1, last=day + 60))
    place = case.rng.choice(world.book.secondary)
    settle_at(
        case,
        who,
        slot(case, place, day + 4),
        [consultation(place), *lines_of(("奥美拉唑肠溶胶囊",))],
        diagnoses=("K29.500",),
        agent=("1", case.people[-1].certno),
    )


def kiosk_then_window(case: Case) -> None:
    """Registered at the hospital's kiosk, settled at its window minutes later."""
    place = case.rng.choice(case.world.book.tertiary)
    desk = slot(case, place, day_for(case))
    kiosk = Desk(place, desk.seconds - 200, device(place, 90))
    settle_at(
        case,
        case.who,
        kiosk,
        lines_of(("普通门诊挂号费",)),
        med_type="12",
        opter_type="2",
        label=False,
    )
    settle_at(case, case.who, desk, [consultation(place)], diagnoses=("R10.400",))


def noon_queue(case: Case) -> None:
    """A queue at noon: many people through one terminal, a minute and more apart."""
    day = together(case, case.people)
    desk = quiet_desk(case, day, (11 * 60 + 40, 12 * 60 + 40), 110 * len(case.people))
    for who in case.people:
        desk = after(desk, case.rng.randrange(65, 110))
        names = case.rng.choice((("藿香正气口服液",), ("板蓝根颗粒",), ("维生素C片", "开塞露")))
        buy(case, who, desk, lines_of(names), check=20)
