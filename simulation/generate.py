"""Generate a whole stream: people, their lives, the cases, stock, reference data and labels."""

import csv
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import Final

from msgspec import Struct

from events.times import day_number, day_start
from simulation import acts
from simulation.cases import Case, NoRoomError
from simulation.geography import geography
from simulation.institutions import directory
from simulation.life import chronic, household, outpatient, purchases, stays
from simulation.people import Family, Registry
from simulation.people import household as family_of
from simulation.reference import write_reference
from simulation.scene import Scene
from simulation.settling import move
from simulation.stock import Stock, movements
from simulation.stream import Stream
from simulation.typologies import TYPOLOGIES, Role, cases_each
from simulation.world import World

START: Final = date(2024, 1, 1)
_SIZES: Final = (1, 1, 2, 2, 3, 3, 3, 4, 4, 5, 6)
_SHARE_OF_CASES: Final = 0.95
"""Cases are spread over this part of the people; in small populations they may add people."""


class Summary(Struct, frozen=True, kw_only=True):
    """What was written: people, events by kind, labelled events, bytes of the event file."""

    persons: int
    events: int
    kinds: dict[str, int]
    frauds: dict[str, int]
    near_misses: dict[str, int]
    bytes: int


class _Booking(Struct, frozen=True):
    """A case still to be played: its typology's label, its role and its number."""

    typology: str
    near_miss: bool
    role: Role
    number: int


def simulate(
    out: Path,
    *,
    seed: int,
    persons: int,
    days: int,
    start: date = START,
    area: str = "640100",
    progress: Callable[[int, int], None] | None = None,
) -> Summary:
    """Write `events.ndjson`, `labels.csv` and `reference/` into `out`.

    The same arguments give the same bytes. `progress` is called with people done and people in
    all. Raises ValueError when `persons` or `days` is below 1 or the area is unknown.
    """
    if persons < 1 or days < 1:
        raise ValueError(f"persons, days: found {persons}, {days}, expected 1 or more")
    geo = geography(area)
    out.mkdir(parents=True, exist_ok=True)
    rng = Random(f"{seed}/{area}/{persons}/{days}/{start}")
    first = day_number(start)
    each = cases_each(persons)
    world = World(
        geo=geo,
        book=directory(rng, geo, persons, reserved=6 * each + 2),
        stock=Stock(first_day=first),
        stream=Stream(out),
        first_day=first,
        last_day=first + days - 1,
    )
    reg = Registry(area=area, today=first)
    for index, (scene, booking) in enumerate(_scenes(world, reg, rng, persons, each)):
        _play(scene, booking)
        if progress is not None and index % 16 == 0:
            progress(min(reg.count, persons), persons)
    for place in world.book.all:
        opened = day_start(first) + world.number() % 1800
        acts.institution_status(world, place, opened, begin="2020-01-01")
    for one in movements(world.stock, world.book.all):
        move(
            world,
            one.place,
            one.seconds,
            one.item,
            one.count,
            infno=one.infno,
            traces=one.traces,
            change="108" if one.infno == "3503" else "",
            invoice=f"CG{world.number():08d}" if one.infno == "3503" else "",
        )
    write_reference(out / "reference", world, persons, start, days)
    path = out / "events.ndjson"
    events = world.stream.write(path)
    _write_labels(out / "labels.csv", world.stream)
    if progress is not None:
        progress(persons, persons)
    return _summary(world.stream, reg.count, events, path.stat().st_size)


def _scenes(
    world: World, reg: Registry, rng: Random, persons: int, each: int
) -> Iterator[tuple[Scene, _Booking | None]]:
    """Families one after another: those with a case evenly among the others.

    Which variant of a typology comes first depends on the seed, so that small streams with
    different seeds show different variants.
    """
    turn = rng.randrange(60)
    bookings = [
        _Booking(typology.name, near, role, turn + at)
        for at in range(each)
        for typology in TYPOLOGIES
        if world.geo.home.region in typology.regions
        for near, role in (
            (False, typology.frauds[(turn + at) % len(typology.frauds)]),
            (True, typology.near_misses[(turn + at) % len(typology.near_misses)]),
        )
    ]
    gap = 0.0
    if bookings:
        gap = max(0.0, persons * _SHARE_OF_CASES / len(bookings) - 4)
    ahead = gap
    waiting = iter(bookings)
    booking = next(waiting, None)
    while reg.count < persons or booking is not None:
        serial = reg.count
        own = Random(f"{rng.random()}/{serial}")
        if booking is not None and (ahead <= 0 or reg.count >= persons):
            family = _merged(booking.role.cast(reg, own))
            yield Scene(world=world, rng=own, family=family), booking
            ahead += gap
            booking = next(waiting, None)
        else:
            size = min(own.choice(_SIZES), max(1, persons - reg.count))
            yield Scene(world=world, rng=own, family=family_of(reg, own, size)), None
            ahead -= reg.count - serial


def _merged(families: list[Family]) -> Family:
    people = [who for family in families for who in family.people]
    ties: list[tuple[int, int, str]] = []
    at = 0
    for family in families:
        ties += [(owner + at, user + at, tie) for owner, user, tie in family.ties]
        at += len(family.people)
    return Family(people=people, ties=ties)


def _play(scene: Scene, booking: _Booking | None) -> None:
    people = scene.family.people
    household.statuses(scene)
    if booking is None:
        for who in people:
            stays.deaths(scene, who)
    else:
        before = list(scene.agenda)
        case = Case(
            scene=scene,
            typology=booking.typology,
            near_miss=booking.near_miss,
            number=booking.number,
        )
        try:
            booking.role.play(case)
        except NoRoomError:
            scene.agenda[:] = before
    household.authorizations(scene)
    household.account_credits(scene)
    household.premiums(scene)
    for who in people:
        stays.admissions(scene, who)
        stays.travels(scene, who)
        chronic.plan(scene, who)
        outpatient.plan(scene, who)
        purchases.plan(scene, who)
    scene.run()


def _write_labels(path: Path, stream: Stream) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("event_id", "typology", "near_miss"))
        for label in stream.labels:
            writer.writerow((label.event_id, label.typology, int(label.near_miss)))


def _summary(stream: Stream, persons: int, events: int, size: int) -> Summary:
    frauds: dict[str, int] = {}
    near: dict[str, int] = {}
    for label in stream.labels:
        into = near if label.near_miss else frauds
        into[label.typology] = into.get(label.typology, 0) + 1
    return Summary(
        persons=persons,
        events=events,
        kinds=dict(sorted(stream.kinds.items())),
        frauds=frauds,
        near_misses=near,
        bytes=size,
    )
