"""Purchases without prescription at pharmacies, for oneself or with a relative's account."""

from events.times import HOUR
from simulation import acts
from simulation.catalogue import BY_NAME
from simulation.diseases import OTC_BASKETS
from simulation.institutions import Institution
from simulation.people import ADULT, Person
from simulation.pricing import Line
from simulation.scene import Scene, free_day, home_pharmacy, lines_of, minute_of, visit
from simulation.settling import Settled
from simulation.stock import opened_pack


def plan(scene: Scene, who: Person) -> None:
    """Several purchases a year, mostly in the same two pharmacies, days apart."""
    world, rng = scene.world, scene.rng
    if who.age(world.first_day) < 3:
        return
    days = world.last_day - world.first_day + 1
    rate = (9.0 if who.has_account else 4.0) * days / 365
    usual = [home_pharmacy(scene), home_pharmacy(scene)]
    for _ in range(int(rate) + (rng.random() < rate - int(rate))):
        day = free_day(scene, who, world.first_day, world.last_day, gap=3)
        if day is None:
            return
        _purchase(scene, who, rng.choice(usual), day)


def _purchase(scene: Scene, who: Person, place: Institution, day: int) -> None:
    rng = scene.rng
    basket = rng.choice(OTC_BASKETS)
    if who.age(day) < ADULT:
        basket = ("板蓝根颗粒",) if who.age(day) > 11 else ("小儿咳喘灵颗粒",)
    lines = lines_of(basket, counts=[rng.randrange(1, 3) for _ in basket])
    chance = rng.random()
    if chance < 0.02 and who.age(day) >= ADULT:
        lines = [half_pack(scene, place, day)]

    def bring_back(done: Settled) -> None:
        if 0.02 <= chance < 0.035:
            at = done.seconds + rng.randrange(1, 3) * HOUR
            scene.plan(at, lambda: acts.reversal(scene.world, done, at, reason="顾客退货"))
            if chance < 0.025:
                visit(
                    scene,
                    who,
                    place,
                    day,
                    lines_of(("碳酸钙D3片",)),
                    med_type="41",
                    pool=False,
                    minute=min(1230, minute_of(at) + 5),
                )

    visit(scene, who, place, day, lines, med_type="41", pool=False, then=bring_back)


def half_pack(scene: Scene, place: Institution, day: int) -> Line:
    """Half an opened pack: two buyers share its trace code, each sale flagged as split."""
    item = BY_NAME["复方丹参滴丸"]
    traces = opened_pack(scene.world.stock, place, item, day)
    return Line(item=item, days=item.days // 2, split=True, traces=traces)
