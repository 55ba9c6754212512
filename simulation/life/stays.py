"""Admissions, travel to other cities, manual claims of off-site visits, and deaths."""

from events.times import DAY, HOUR, MINUTE, day_start
from simulation import acts
from simulation.benefit import outpatient
from simulation.catalogue import BY_NAME
from simulation.institutions import Desk, Institution, device
from simulation.people import Person
from simulation.pricing import Line
from simulation.scene import Scene, consultation, free_day, lines_of, visit
from simulation.settling import AUTO, OWN, settle


def admissions(scene: Scene, who: Person) -> None:
    """An admission of four to twelve days for some."""
    world, rng = scene.world, scene.rng
    days = world.last_day - world.first_day + 1
    rate = (0.08 if who.age(world.first_day) < 60 else 0.2) * days / 365
    if rng.random() > rate:
        return
    span = rng.randrange(4, 12)
    day = free_day(scene, who, world.first_day + 1, world.last_day - span, span=span + 1)
    if day is None:
        return
    book = world.book
    place = rng.choice(book.secondary if rng.random() < 0.5 else book.tertiary)
    stay(scene, who, place, day, span)


def stay(scene: Scene, who: Person, place: Institution, day: int, span: int) -> tuple[int, int]:
    """Admission on `day`, discharge and settlement `span` days later; returns both times."""
    world, rng = scene.world, scene.rng
    number = f"{world.area}9{world.number():011d}"
    came = day_start(day) + 9 * HOUR + rng.randrange(2 * HOUR)
    left = day_start(day + span) + 10 * HOUR + rng.randrange(2 * HOUR)
    diagnosis = rng.choice(("J18.900", "I20.000", "K80.100", "M51.202"))
    scene.plan(
        came, lambda: acts.admission(world, who, place, came, visit=number, diagnosis=diagnosis)
    )
    scene.plan(
        left, lambda: acts.discharge(world, who, place, left, visit=number, diagnosis=diagnosis)
    )
    paid = left + 25 * MINUTE
    lines = [
        Line(item=BY_NAME["普通病房床位费"], count=span, offset=-HOUR),
        Line(item=BY_NAME["二级护理"], count=span, offset=-HOUR),
        Line(item=BY_NAME["静脉输液"], count=span, offset=-2 * HOUR),
        Line(item=BY_NAME["计算机体层平扫"], offset=-2 * HOUR),
    ]
    if diagnosis == "K80.100":
        lines[3] = Line(item=BY_NAME["胆囊切除术"], offset=-26 * HOUR)

    def pay() -> None:
        settle(
            world,
            who,
            Desk(place, paid, device(place, 0)),
            lines,
            med_type="21",
            diagnoses=(diagnosis,),
            mdtrt_id=number,
            begin=came,
        )

    scene.plan(paid, pay)
    return came, left


def travels(scene: Scene, who: Person) -> None:
    """Some weeks in another city: a filing, visits there, direct settlement or a claim later.

    A relative's account reaches no further than the region.
    """
    world, rng = scene.world, scene.rng
    days = world.last_day - world.first_day + 1
    if who.insutype != "310" or days < 20 or rng.random() > 0.12 * days / 365:
        return
    span = rng.randrange(8, 20)
    day = free_day(scene, who, world.first_day + 2, world.last_day - span - 1, span=span)
    if day is None:
        return
    near = rng.random() < 0.5
    city = rng.choice(world.geo.near if near else world.geo.far)
    filed = day_start(day - 1) + 10 * HOUR + rng.randrange(5 * HOUR)
    scene.plan(
        filed,
        lambda: acts.filing(
            world,
            who,
            filed,
            "08",
            first=day - 1,
            last=day + span,
            to_area=city.admdvs,
        ),
    )
    places = world.book.elsewhere[city.admdvs]
    hospital = places[rng.randrange(2)]
    lines = [consultation(hospital), *lines_of(("血常规检查", "阿莫西林胶囊"))]
    if near or rng.random() < 0.5:
        visit(
            scene,
            who,
            hospital,
            day + 2,
            lines,
            med_type="11",
            diagnoses=("J06.900",),
            payer=AUTO if near else OWN,
        )
        return
    claim(scene, who, hospital, day + 3, day + span + rng.randrange(3, 20))


def claim(scene: Scene, who: Person, place: Institution, seen: int, claimed: int) -> None:
    """A visit paid in full elsewhere and claimed by hand at home later (days)."""
    world, rng = scene.world, scene.rng
    if claimed > min(world.last_day, who.alive_until):
        return
    begin = day_start(seen) + 9 * HOUR + rng.randrange(5 * HOUR)
    total = rng.randrange(180_00, 900_00)
    at = day_start(claimed) + 9 * HOUR + rng.randrange(7 * HOUR)
    receipt = receipt_number(scene, place)
    exchanged = rng.random() < 0.2

    def happen() -> None:
        in_scope = total * 9 // 10
        date = world.date(seen)
        if date < world.terms.offsite_from:
            return
        paid = outpatient(
            who, who.year, int(date[:4]), "11", place.grade, "", in_scope, world.terms
        )
        acts.manual_claim(
            world,
            who,
            place,
            at,
            begin=begin,
            total=total,
            in_scope=in_scope,
            pool=paid.pool,
            receipt=receipt,
            flag="2" if exchanged else "0",
        )

    scene.plan(at, happen)


def receipt_number(scene: Scene, place: Institution) -> tuple[str, str]:
    """Code and number of a new receipt of an institution that is not connected."""
    return f"{place.code[1:3]}0602{scene.world.date(scene.world.first_day)[2:4]}", (
        f"8{scene.world.number():09d}"
    )


def deaths(scene: Scene, who: Person) -> None:
    """Some old people die; the notice arrives three to thirty days later, then the payout."""
    world, rng = scene.world, scene.rng
    days = world.last_day - world.first_day + 1
    if who.age(world.first_day) < 70 or days < 20 or rng.random() > 0.06 * days / 365:
        return
    day = rng.randrange(world.first_day + 10, world.last_day - 2)
    die(scene, who, day, rng.randrange(3, 30))


def _close_account(scene: Scene, who: Person) -> None:
    for one in scene.family.people:
        if who in one.lenders:
            one.lenders.remove(who)


def die(scene: Scene, who: Person, day: int, notice: int) -> int:
    """Death on a day, the notice so many days later; returns the time of the notice."""
    world, rng = scene.world, scene.rng
    who.alive_until = day - 1
    who.death_day = day
    scene.plan(day_start(day), lambda: _close_account(scene, who))
    at = day_start(day + notice) + 9 * HOUR + rng.randrange(7 * HOUR)
    if day + notice > world.last_day:
        at = day_start(world.last_day) + 23 * HOUR + rng.randrange(3000)
    scene.plan(at, lambda: acts.insurance(world, who, at, state="4", death=day, end=day))
    paid = at + rng.randrange(3, 10) * DAY
    if who.has_account and paid < day_start(world.last_day):

        def close() -> None:
            if who.balance > 0:
                acts.payout(world, who, paid, who.balance, "death")

        scene.plan(paid, close)
    return at
