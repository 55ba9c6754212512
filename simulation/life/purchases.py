"""Purchases without prescription at pharmacies, for oneself or with a relative's account."""

from simulation.diseases import OTC_BASKETS
from simulation.people import ADULT, Person
from simulation.scene import Scene, free_day, home_pharmacy, lines_of, visit


def plan(scene: Scene, who: Person) -> None:
    """About six purchases a year, two weeks apart at least, mostly in the same two pharmacies."""
    world, rng = scene.world, scene.rng
    if who.age(world.first_day) < 3:
        return
    days = world.last_day - world.first_day + 1
    rate = (6.0 if who.has_account else 3.0) * days / 365
    usual = [home_pharmacy(scene), home_pharmacy(scene)]
    for _ in range(int(rate) + (rng.random() < rate - int(rate))):
        day = free_day(scene, who, world.first_day, world.last_day, gap=4)
        if day is None:
            return
        basket = rng.choice(OTC_BASKETS)
        if who.age(day) < ADULT:
            basket = ("板蓝根颗粒",) if who.age(day) > 11 else ("小儿咳喘灵颗粒",)
        counts = [rng.randrange(1, 3) for _ in basket]
        place = rng.choice(usual)
        visit(scene, who, place, day, lines_of(basket, counts=counts), med_type="41", pool=False)
