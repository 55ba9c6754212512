"""Looks like impersonation and is none."""

from events.times import HOUR, MINUTE, day_start
from simulation import acts
from simulation.cases import Case, buy, clock, day_for, hospital, pharmacy, slot, together
from simulation.institutions import Institution, claim, device
from simulation.life.stays import die, stay
from simulation.scene import consultation, lines_of, visit
from simulation.settling import settle


def wrong_card_first(case: Case) -> None:
    """The spouse's card is tried first: mismatch, then a match with the right one."""
    who = case.who
    place = pharmacy(case)
    desk = slot(case, place, day_for(case))
    _check(case, place, seconds - 55, dev, "mismatch")
    _check(case, place, seconds - 25, dev, "match")
    buy(case, who, desk, lines_of(("布洛芬缓释胶囊",)))


def _check(case: Case, place: Institution, seconds: int, dev: str, result: str) -> None:
    case.plan(
        seconds,
        lambda: acts.identity_check(case.world, case.who, place, seconds, dev, result=result),
    )


def sex_fits(case: Case) -> None:
    """A woman's medicine for a woman, or a man's breast disease."""
    who = case.who
    place = hospital(case)
    man = who.gend == "1"
    drugs, diagnosis = ((), "N62.x00") if man else (("桂枝茯苓胶囊",), "N76.000")
    lines = [consultation(place), *lines_of(drugs)]
    if man:
        lines += lines_of(("彩色多普勒超声检查",))
    visit(
        case.scene,
        who,
        place,
        day_for(case),
        lines,
        med_type="11",
        diagnoses=(diagnosis,),
        then=case.marked,
        check=0,
    )


def age_fits(case: Case) -> None:
    """A child's medicine for a child, or a late pregnancy."""
    who = case.people[-1]
    place = hospital(case)
    child = who.age(case.world.first_day) < 14
    drugs, diagnosis = (("小儿咳喘灵颗粒",), "J06.900") if child else ((), "O09.500")
    lines = [consultation(place), *lines_of(drugs)]
    visit(
        case.scene,
        who,
        place,
        day_for(case, who),
        lines,
        med_type="11",
        diagnoses=(diagnosis,),
        then=case.marked,
        check=0,
    )


def refill_before_death(case: Case) -> None:
    """The last refill on the day of death or the day before; the notice comes weeks later."""
    who, world = case.who, case.world
    died = day_for(case, gap=2, low=world.first_day + 4, high=world.last_day - 6)
    place = pharmacy(case)
    desk = slot(case, place, died - case.number % 2, 560)
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
    visit(
        case.scene,
        who,
        place,
        ended + 5,
        [consultation(place), *lines_of(("血常规检查",))],
        med_type="11",
        diagnoses=("J06.900",),
        then=case.marked,
        check=0,
    )


def reachable_by_car(case: Case) -> None:
    """A purchase in the next city after just the time the road takes."""
    who, world = case.who, case.world
    day = day_for(case)
    here = pharmacy(case)
    city = world.geo.near[0]
    there = world.book.elsewhere[city.admdvs][2]
    first_desk = slot(case, here, day, 600)
    away = distance_km(here.lat, here.lng, there.lat, there.lng)
    second = first + int(away / 75 * HOUR) + case.rng.randrange(5, 15) * MINUTE
    buy(case, who, first_desk, lines_of(("板蓝根颗粒",)), label=False)
    buy(case, who, Desk(there, second, device(there, 0)), lines_of(("布洛芬缓释胶囊",)))


def distance_km(lat: float, lng: float, other_lat: float, other_lng: float) -> float:
    """Straight distance in kilometres on a flat map good enough for a few hundred."""
    north = (other_lat - lat) * 111.2
    east = (other_lng - lng) * 87.5
    return float((north * north + east * east) ** 0.5)


def day_of_discharge(case: Case) -> None:
    """Medicine bought on the day of discharge, or fetched by an agent with a filing."""
    who, world = case.who, case.world
    day = day_for(case, span=9, gap=1)
    _, left = stay(case.scene, who, case.rng.choice(world.book.tertiary), day, 8)
    shop = pharmacy(case)
    if case.number % 2:
        filed = clock(case, day + 1)
        case.plan(filed, lambda: acts.filing(world, who, filed, "12", first=day + 1, last=day + 60))
        place = case.rng.choice(world.book.secondary)
        visit(
            case.scene,
            who,
            place,
            day + 4,
            [consultation(place), *lines_of(("奥美拉唑肠溶胶囊",))],
            med_type="11",
            diagnoses=("K29.500",),
            then=case.marked,
            check=0,
            agent=("1", case.people[-1].certno),
        )
        return
    minute = (left + 8 * HOUR) % 86400 // MINUTE + 120
    desk = slot(case, shop, day + 8, minute)
    buy(case, who, desk, lines_of(("碳酸钙D3片",), counts=(2,)))


def kiosk_then_window(case: Case) -> None:
    """Registered at the hospital's kiosk, settled at its window minutes later."""
    who, world = case.who, case.world
    place = case.rng.choice(world.book.tertiary)
    desk = slot(case, place, day_for(case))
    kiosk = device(place, 90)
    earlier = seconds - 200

    def register() -> None:
        settle(
            world,
            who,
            place,
            earlier,
            kiosk,
            lines_of(("普通门诊挂号费",)),
            med_type="12",
            self_service=True,
        )

    def pay() -> None:
        case.marked(
            settle(
                world,
                who,
                desk,
                [consultation(place)],
                med_type="11",
                diagnoses=("R10.400",),
            )
        )

    case.plan(earlier, register)
    case.plan(seconds, pay)


def noon_queue(case: Case) -> None:
    """A queue at noon: many people through one terminal, a minute and more apart."""
    place = pharmacy(case)
    day = together(case, case.people)
    start = day_start(day) + case.rng.randrange(12 * 60, 12 * 60 + 20) * MINUTE
    claim(case.world.book, place, 0, day, first=start, last=start + 110 * len(case.people))
    for who in case.people:
        start += case.rng.randrange(65, 110)
        names = case.rng.choice((("藿香正气口服液",), ("板蓝根颗粒",), ("维生素C片", "开塞露")))
        buy(case, who, Desk(place, start, device(place, 0)), lines_of(names))
