"""Ordinary outpatient visits, registration fees, external prescriptions, day treatments."""

from collections.abc import Callable

from events.times import MINUTE, day_of
from simulation import acts
from simulation.diseases import ACUTE, Acute
from simulation.institutions import Institution
from simulation.people import Person
from simulation.pricing import Line
from simulation.scene import (
    Scene,
    consultation,
    free_day,
    home_hospital,
    lines_of,
    minute_of,
    rx_number,
    visit,
)
from simulation.settling import Settled


def condition(scene: Scene, who: Person, day: int) -> Acute:
    """An acute condition that fits the person's sex and age."""
    age = who.age(day)
    fits = [c for c in ACUTE if c.gend in ("", who.gend) and c.low <= age <= c.high]
    return scene.rng.choice(fits or [ACUTE[0]])


def plan(scene: Scene, who: Person) -> None:
    """Some acute visits: about three a year in younger years, five later."""
    world, rng = scene.world, scene.rng
    days = world.last_day - world.first_day + 1
    rate = (3.0 if who.age(world.first_day) < 50 else 5.0) * days / 365
    count = int(rate) + (rng.random() < rate - int(rate))
    for _ in range(count):
        day = free_day(scene, who, world.first_day, world.last_day, gap=2)
        if day is not None:
            attend(scene, who, home_hospital(scene), day)
    if rng.random() < 0.06 * days / 365:
        series(scene, who)


def attend(scene: Scene, who: Person, place: Institution, day: int) -> None:
    """One outpatient visit, sometimes with a registration fee first or a correction after."""
    rng = scene.rng
    ill = condition(scene, who, day)
    lines = [consultation(place), *lines_of([c for c in ill.checks if rng.random() < 0.7])]
    external = bool(ill.drugs) and place.grade != "primary" and rng.random() < 0.15
    drugs = lines_of(ill.drugs[: rng.randrange(1, 3)])
    number = rx_number(scene)
    for line in drugs:
        line.rxno = number
    minute = rng.randrange(500, 900)
    if place.grade == "tertiary" and rng.random() < 0.5:
        seconds = visit(
            scene,
            who,
            place,
            day,
            lines_of(("普通门诊挂号费",)),
            med_type="12",
            diagnoses=(),
            minute=minute,
            check=0.8,
        )
        minute = minute_of(seconds) + rng.randrange(25, 80)
    if not external:
        lines += drugs
    again = rng.random() < 0.02

    def correct(done: Settled) -> None:
        if again:
            correct_after(scene, done, lines, ill.diag_code)

    seconds = visit(
        scene,
        who,
        place,
        day,
        lines,
        med_type="11",
        diagnoses=(ill.diag_code,),
        minute=minute,
        then=correct,
    )
    if external:
        fill(scene, who, place, seconds, drugs, rxno=number, diagnosis=ill.diag_code)


def fill(
    scene: Scene,
    who: Person,
    place: Institution,
    seconds: int,
    drugs: list[Line],
    *,
    rxno: str,
    diagnosis: str,
) -> None:
    """An external prescription, filled on the same day at a pharmacy the pool pays.

    `seconds` is the time of the visit it was issued at.
    """
    world = scene.world
    issued = seconds - 10 * MINUTE
    scene.plan(issued, lambda: acts.prescription(world, who, place, issued, drugs, rxno=rxno))
    shop = scene.rng.choice([p for p in world.book.pharmacies if p.pool_pharmacy_from])
    minute = min(minute_of(seconds) + scene.rng.randrange(70, 200), 1200)
    visit(
        scene,
        who,
        shop,
        day_of(seconds),
        drugs,
        med_type="41",
        diagnoses=(diagnosis,),
        minute=minute,
    )


def correct_after(
    scene: Scene,
    done: Settled,
    lines: list[Line],
    diagnosis: str,
    *,
    then: Callable[[Settled], None] | None = None,
) -> None:
    """Take a settlement back through the channels that paid, and settle it right."""
    back = done.seconds + 6 * MINUTE
    scene.plan(back, lambda: acts.reversal(scene.world, done, back, reason="明细录入有误"))
    kept = [Line(item=x.item, count=x.count, days=x.days, rxno=x.rxno) for x in lines]
    visit(
        scene,
        done.person,
        done.place,
        day_of(done.seconds),
        kept,
        med_type=done.med_type,
        diagnoses=(diagnosis,),
        minute=minute_of(done.seconds) + 12,
        then=then,
    )


def series(scene: Scene, who: Person) -> None:
    """Day treatments: the same prices on five to seven days running, paid each time."""
    rng, world = scene.rng, scene.world
    span = rng.randrange(5, 8)
    if who.age(world.first_day) < 18:
        return
    day = free_day(scene, who, world.first_day, world.last_day, span=span)
    if day is not None:
        series_on(scene, who, home_hospital(scene), day, span)


def series_on(
    scene: Scene,
    who: Person,
    place: Institution,
    day: int,
    span: int,
    *,
    then: Callable[[Settled], None] | None = None,
) -> None:
    """Day treatments from `day` on, `span` days running, about the same hour each day."""
    rng = scene.rng
    treatment = ("普通针刺", "红外线治疗") if rng.random() < 0.6 else ("推拿治疗",)
    minute = rng.randrange(500, 960)
    for at in range(span):
        visit(
            scene,
            who,
            place,
            day + at,
            lines_of(treatment),
            med_type="11",
            diagnoses=("M54.500",),
            minute=minute,
            then=then,
            check=0.1,
        )
