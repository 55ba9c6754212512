"""Chronic patients: registration, monthly refills of equal amounts, several diseases, dialysis."""

from collections.abc import Sequence

from events.times import HOUR, date_of, day_start
from simulation import acts
from simulation.benefit import DIALYSIS_RAISE, TWO_DISEASE_MED_TYPE
from simulation.diseases import CHRONIC, COMMON
from simulation.institutions import Institution
from simulation.people import Person
from simulation.pricing import Line
from simulation.scene import (
    Scene,
    consultation,
    free_day,
    lines_of,
    minute_of,
    month_supply,
    rx_number,
    visit,
)

Regimen = tuple[str, str, Sequence[str]]
"""`med_type`, disease code and drug names."""


def plan(scene: Scene, who: Person) -> None:
    """Refills of one person who may have one to three registered diseases."""
    world, rng = scene.world, scene.rng
    age = who.age(world.first_day)
    chance = 0.03 if age < 40 else (0.18 if age < 60 else 0.5)
    if who.diseases or who.insutype != "310" or age < 25 or rng.random() > chance:
        return
    place = rng.choice(world.book.secondary if rng.random() < 0.6 else world.book.tertiary)
    if rng.random() < 0.008:
        dialysis(scene, who, place)
        return
    regimens: list[Regimen] = []
    for code in rng.sample(COMMON, 1 if rng.random() < 0.65 else 2):
        disease = CHRONIC[code]
        kind = TWO_DISEASE_MED_TYPE if disease.two_disease and rng.random() < 0.4 else "14"
        drugs = rng.choice(disease.drugs)
        if not any(set(drugs) & set(other) for _, _, other in regimens):
            regimens.append((kind, code, drugs))
    register(scene, who, place, [(kind, code) for kind, code, _ in regimens])
    long_term = rng.random() < 0.15
    refills(scene, who, place, regimens, long_term=long_term)


def register(
    scene: Scene, who: Person, place: Institution, benefits: Sequence[tuple[str, str]]
) -> None:
    """Register benefits on the first morning of the stream."""
    world = scene.world
    for kind, code in benefits:
        who.diseases.append((kind, code))
        at = day_start(world.first_day) + HOUR + world.number() % (5 * HOUR)

        def happen(at: int = at, kind: str = kind, code: str = code) -> None:
            acts.entitlement(
                world,
                who,
                place,
                at,
                med_type=kind,
                dise=code,
                raise_by=DIALYSIS_RAISE if code == "M07803" else 0,
            )

        scene.plan(at, happen)


def refills(
    scene: Scene,
    who: Person,
    place: Institution,
    regimens: Sequence[Regimen],
    *,
    long_term: bool = False,
) -> None:
    """A refill of every regimen each month (or each 12 weeks): one settlement a disease."""
    world, rng = scene.world, scene.rng
    supply = 84 if long_term else 30
    day = world.first_day + rng.randrange(1, supply)
    if long_term:
        at = day_start(world.first_day) + 7 * HOUR + rng.randrange(600)
        last = world.first_day + 365
        scene.plan(at, lambda: acts.filing(world, who, at, "11", first=world.first_day, last=last))
    while True:
        found = free_day(scene, who, day, day + 6)
        if found is None:
            return
        minute = 0
        for turn, (kind, code, drugs) in enumerate(regimens):
            lines = month_supply(drugs, supply)
            number = rx_number(scene)
            for line in lines:
                line.rxno = number
            if turn == 0:
                lines.append(consultation(place))
            elif rng.random() < 0.3:
                lines += lines_of(("空腹血糖测定",))
            seconds = visit(
                scene,
                who,
                place,
                found,
                lines,
                med_type=kind,
                dise=code,
                diagnoses=(CHRONIC[code].diag_code,),
                minute=minute,
            )
            minute = minute_of(seconds) + 4
        if len(regimens) > 1 and rng.random() < 0.4:
            extra = lines_of(("布洛芬缓释胶囊",))
            visit(
                scene,
                who,
                place,
                found,
                extra,
                med_type="11",
                diagnoses=("M54.500",),
                minute=minute,
            )
        day = found + supply - 1 + rng.randrange(3)


def dialysis(scene: Scene, who: Person, place: Institution) -> None:
    """Three equal treatments a week, all year."""
    world = scene.world
    register(scene, who, place, [("14", "M07803")])
    for day in range(world.first_day + 1, world.last_day + 1):
        if date_of(day).weekday() in (0, 2, 4) and day not in who.busy and day < who.alive_until:
            who.busy.add(day)
            lines: list[Line] = lines_of(("血液透析",))
            visit(
                scene,
                who,
                place,
                day,
                lines,
                med_type="14",
                dise="M07803",
                diagnoses=("N18.001",),
                check=0.05,
            )
