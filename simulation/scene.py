"""A family's agenda: actions planned in any order, carried out in the order of their time.

Balances and accumulators change when an action is carried out, so they are right whatever the
order of planning. A person goes out at most once a day: planning takes days from a calendar.
"""

from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from random import Random

from msgspec import Struct, field

from events.times import MINUTE
from simulation import acts
from simulation.benefit import Benefit
from simulation.catalogue import BY_NAME
from simulation.institutions import Institution, busy_minute, queue
from simulation.people import Family, Person
from simulation.pricing import Line
from simulation.settling import AUTO, Settled, settle
from simulation.world import World

Action = Callable[[], object]


class Scene(Struct, kw_only=True):
    """One family on its way through the simulated days."""

    world: World
    rng: Random
    family: Family
    agenda: list[tuple[int, int, Action]] = field(default_factory=list)
    planned: int = 0

    def plan(self, seconds: int, action: Action) -> None:
        """Carry out `action` at `seconds`; equal times keep the order of planning."""
        self.planned += 1
        heappush(self.agenda, (seconds, self.planned, action))

    def run(self) -> None:
        """Carry out everything planned, and what it plans."""
        while self.agenda:
            _, _, action = heappop(self.agenda)
            action()


def free_day(
    scene: Scene, who: Person, low: int, high: int, *, span: int = 1, gap: int = 0
) -> int | None:
    """A random first day of `span` free days in [low, high], now taken; None when there is none.

    `gap` days before and after must be free too and are taken with it.
    """
    high = min(high, scene.world.last_day - span + 1, who.alive_until - span + 1)
    low = max(low, scene.world.first_day)
    if high < low:
        return None
    start = scene.rng.randrange(low, high + 1)
    for day in (*range(start, high + 1), *range(low, start)):
        days = range(day - gap, day + span + gap)
        if who.busy.isdisjoint(days):
            who.busy.update(days)
            return int(day)
    return None


def lines_of(names: Sequence[str], *, counts: Sequence[int] = (), days: int = 0) -> list[Line]:
    """Fee lines by item name; supply days follow from the packs unless given."""
    made: list[Line] = []
    for at, name in enumerate(names):
        item = BY_NAME[name]
        count = counts[at] if counts else 1
        made.append(Line(item=item, count=count, days=days or item.days * count))
    return made


def month_supply(names: Sequence[str], days: int = 30) -> list[Line]:
    """Lines that last `days` days of each drug."""
    return [
        Line(item=BY_NAME[name], count=-(-days // BY_NAME[name].days), days=days) for name in names
    ]


def consultation(place: Institution) -> Line:
    """The consultation every hospital visit is charged: one kind at primary level, one above."""
    name = "一般诊疗费" if place.grade == "primary" else "普通门诊诊察费"
    return Line(item=BY_NAME[name])


def visit(
    scene: Scene,
    who: Person,
    place: Institution,
    day: int,
    lines: Sequence[Line],
    *,
    med_type: str,
    dise: str = "",
    diagnoses: Sequence[str] = (),
    minute: int = 0,
    payer: str | Person = AUTO,
    pool: bool = True,
    then: Callable[[Settled], None] | None = None,
    agent: tuple[str, str] | None = None,
    adjust: Callable[[Benefit, int], Benefit] | None = None,
    doctor: int = 0,
    check: float = 0.3,
) -> int:
    """Plan a visit that ends in a settlement at the next free slot; returns its time."""
    rng = scene.rng
    desk = queue(scene.world.book, rng, place, day, minute or busy_minute(rng, place))
    checked = rng.random() < check
    result = "match" if rng.random() < 0.98 else "unavailable"

    def happen() -> None:
        if checked:
            acts.identity_check(scene.world, who, desk, result=result)
        done = settle(
            scene.world,
            who,
            desk,
            lines,
            med_type=med_type,
            dise=dise,
            diagnoses=diagnoses,
            payer=payer,
            pool=pool,
            agent=agent,
            adjust=adjust,
            doctor=doctor,
        )
        if then is not None:
            then(done)

    scene.plan(desk.seconds, happen)
    return desk.seconds


def minute_of(seconds: int) -> int:
    """Minute of the day (China Standard Time)."""
    return (seconds + 8 * 3600) % 86400 // MINUTE


def rx_number(scene: Scene) -> str:
    """A new prescription number."""
    return f"CF{scene.world.number():010d}"


def home_hospital(scene: Scene) -> Institution:
    """A hospital of the home city, smaller ones more often."""
    book, pick = scene.world.book, scene.rng.random()
    pool = book.primary if pick < 0.45 else (book.secondary if pick < 0.75 else book.tertiary)
    return scene.rng.choice(pool)


def home_pharmacy(scene: Scene) -> Institution:
    """A pharmacy of the home city, the busy ones more often."""
    book = scene.world.book
    return scene.rng.choices(book.pharmacies, book.pharmacy_weights)[0]
