"""Somebody else uses the credential: mismatches, impossible people, places and times."""

from events.times import MINUTE
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


def credential_mismatch(case: Case) -> None:
    """The face or document check fails, and the settlement is made all the same."""
    who = case.who
    place = pharmacy(case) if case.number % 2 else hospital(case)
    desk = slot(case, place, day_for(case))
    case.plan(
        desk.seconds - 40,
        lambda: acts.identity_check(case.world, who, desk, ahead=40, result="mismatch"),
    )
    if place.pharmacy:
        buy(case, who, desk, lines_of(("布洛芬缓释胶囊", "维生素C片")))
    else:
        lines = [consultation(place), *lines_of(("血常规检查",))]
        settle_at(case, who, desk, lines, diagnoses=("J06.900",))


def sex_conflict(case: Case) -> None:
    """Treatment or drugs that the person's sex rules out."""
    who = case.who
    man = who.gend == "1"
    if case.number % 3 == 2 and man:
        buy(
            case,
            who,
            slot(case, pharmacy(case), day_for(case)),
            lines_of(("妇科千金片", "桂枝茯苓胶囊")),
        )
        return
    place = hospital(case)
    drugs, diagnosis = (("桂枝茯苓胶囊",), "N76.000") if man else (("非那雄胺片",), "N40.x00")
    lines = [consultation(place), *lines_of(drugs)]
    settle_at(case, who, slot(case, place, day_for(case)), lines, diagnoses=(diagnosis,))


def age_conflict(case: Case) -> None:
    """Newborns' diseases and children's drugs for adults, pregnancy at seventy."""
    who = case.who
    place = hospital(case)
    old = who.gend == "2" and who.age(case.world.first_day) > 60
    names, diagnosis = ("小儿咳喘灵颗粒",), "P59.900"
    if old:
        names, diagnosis = ("彩色多普勒超声检查",), "O26.900"
    lines = [consultation(place), *lines_of(names)]
    settle_at(case, who, slot(case, place, day_for(case)), lines, diagnoses=(diagnosis,))


def after_death(case: Case) -> None:
    """The account of the dead is used before the notice arrives."""
    who, world = case.who, case.world
    died = day_for(case, low=world.first_day + 4, high=world.last_day - 8)
    desk = slot(case, pharmacy(case), died + case.rng.randrange(2, 6))
    buy(case, who, desk, lines_of(("复方丹参滴丸",), counts=(4,)))
    die(case.scene, who, died, case.rng.randrange(6, 20))


def after_termination(case: Case) -> None:
    """The insurance has ended and the pool goes on paying."""
    who, world = case.who, case.world
    ended = day_for(case, span=8, low=world.first_day + 3, high=world.last_day - 9)
    notice = clock(case, ended + 1)
    case.plan(notice, lambda: acts.insurance(world, who, notice, state="4", end=ended))
    who.alive_until = ended
    place = hospital(case)
    lines = [consultation(place), *lines_of(("计算机体层平扫", "彩色多普勒超声检查"))]
    settle_at(case, who, slot(case, place, ended + 5), lines, diagnoses=("R10.400",))


def impossible_travel(case: Case) -> None:
    """Two settlements in person, hundreds of kilometres and half an hour apart."""
    who, world = case.who, case.world
    day = day_for(case)
    cities = world.geo.far if case.number % 2 else world.geo.near[-2:]
    there = case.rng.choice(world.book.elsewhere[case.rng.choice(cities).admdvs][:3])
    desk = slot(case, pharmacy(case), day, 600)
    second = desk.seconds + case.rng.randrange(15, 45) * MINUTE
    buy(case, who, desk, lines_of(("板蓝根颗粒",)), label=False)
    away = Desk(there, second, device(there, 0))
    if there.pharmacy:
        buy(case, who, away, lines_of(("布洛芬缓释胶囊",)))
    else:
        lines = [consultation(there), *lines_of(("布洛芬缓释胶囊",))]
        settle_at(case, who, away, lines, diagnoses=("M54.500",))


def during_admission(case: Case) -> None:
    """In bed at one hospital, settled as an outpatient at another."""
    who, world = case.who, case.world
    day = day_for(case, span=9, gap=1)
    stay(case.scene, who, case.rng.choice(world.book.tertiary), day, 8)
    used = day + case.rng.randrange(2, 7)
    if case.number % 2:
        desk = slot(case, pharmacy(case), used)
        buy(case, who, desk, lines_of(("碳酸钙D3片",), counts=(3,)))
        return
    place = case.rng.choice(world.book.primary)
    lines = [consultation(place), *lines_of(("普通针刺",))]
    settle_at(case, who, slot(case, place, used), lines, diagnoses=("M54.500",))


def credential_two_devices(case: Case) -> None:
    """One credential at two institutions' devices within a minute."""
    who = case.who
    day = day_for(case)
    there = quiet_desk(case, day, (560, 960), 60)
    here = quiet_desk(case, day, (minute_of(there.seconds), minute_of(there.seconds) + 1), 60)
    buy(case, who, here, lines_of(("板蓝根颗粒",)))
    buy(case, who, after(there, case.rng.randrange(5, 40)), lines_of(("健胃消食片",)))


def terminal_many_credentials(case: Case) -> None:
    """The cards of many people, one after another, at one terminal late in the evening."""
    day = together(case, case.people)
    step = case.rng.randrange(18, 28)
    desk = quiet_desk(case, day, (20 * 60 + 15, 20 * 60 + 40), step * len(case.people))
    for at, who in enumerate(case.people):
        names = case.rng.choice((("藿香正气口服液",), ("开塞露",), ("维生素C片", "板蓝根颗粒")))
        buy(case, who, after(desk, at * step), lines_of(names), check=6)
