"""A case: one family (or ring of people) that does, or only seems to do, one kind of fraud."""

from collections.abc import Callable, Sequence
from random import Random

from msgspec import Struct

from events.times import DAY, HOUR, MINUTE, day_start
from simulation import acts
from simulation.benefit import Benefit
from simulation.institutions import Desk, Institution, claim, device, queue
from simulation.people import Family, Person, Registry
from simulation.pricing import Line
from simulation.scene import Scene, free_day
from simulation.settling import AUTO, OWN, Settled, settle
from simulation.world import World


class NoRoomError(Exception):
    """The days simulated are too few, or too taken, for the case; it is left out."""


class Case(Struct, kw_only=True):
    """A case on its way; `number` counts the cases of its typology, to vary them."""

    scene: Scene
    typology: str
    near_miss: bool
    number: int

    @property
    def world(self) -> World:
        """The shared world."""
        return self.scene.world

    @property
    def rng(self) -> Random:
        """The family's random generator."""
        return self.scene.rng

    @property
    def people(self) -> list[Person]:
        """The people of the case."""
        return self.scene.family.people

    @property
    def who(self) -> Person:
        """The first of them."""
        return self.scene.family.people[0]

    def mark(self, event_id: str) -> None:
        """Label an event with the case's typology."""
        self.world.stream.label(event_id, self.typology, near_miss=self.near_miss)

    def marked(self, done: Settled) -> None:
        """Label a settlement."""
        self.mark(done.event_id)

    def plan(self, seconds: int, action: Callable[[], object]) -> None:
        """Plan an action; events after the last day are not allowed."""
        if seconds >= day_start(self.world.last_day + 1):
            raise NoRoomError
        self.scene.plan(seconds, action)


Play = Callable[[Case], None]
Cast = Callable[[Registry, Random], list[Family]]


def day_for(
    case: Case,
    who: Person | None = None,
    *,
    span: int = 1,
    gap: int = 3,
    low: int | None = None,
    high: int | None = None,
) -> int:
    """A free first day (two days after the start, two before the end); raises NoRoomError."""
    world = case.world
    first = world.first_day + 2 if low is None else low
    last = world.last_day - span - 1 if high is None else high
    found = free_day(case.scene, who or case.who, first, last, span=span, gap=gap)
    if found is None:
        raise NoRoomError
    return found


def together(case: Case, people: Sequence[Person], *, gap: int = 1) -> int:
    """A day on which all of them are free, now taken."""
    world = case.world
    low, high = world.first_day + 2, world.last_day - 2
    if high < low:
        raise NoRoomError
    start = case.rng.randrange(low, high + 1)
    for day in (*range(start, high + 1), *range(low, start)):
        days = range(day - gap, day + gap + 1)
        if all(one.busy.isdisjoint(days) and day <= one.alive_until for one in people):
            for one in people:
                one.busy.update(days)
            return int(day)
    raise NoRoomError


def clock(case: Case, day: int, low: int = 9, high: int = 16) -> int:
    """A random moment of a day between two hours."""
    return day_start(day) + low * HOUR + case.rng.randrange((high - low) * HOUR)


def slot(case: Case, place: Institution, day: int, minute: int = 0) -> Desk:
    """A free slot in an institution's queue."""
    at = minute or case.rng.randrange(530, 960)
    return queue(case.world.book, case.rng, place, day, at)


def pharmacy(case: Case) -> Institution:
    """A pharmacy of the home city."""
    return case.rng.choice(case.world.book.pharmacies)


def quiet_desk(case: Case, day: int, minutes: tuple[int, int], seconds: int) -> Desk:
    """A pharmacy's first terminal, all its own for some seconds from a minute in a range on."""
    book = case.world.book
    for place in case.rng.sample(book.pharmacies, len(book.pharmacies)):
        start = day_start(day) + case.rng.randrange(*minutes) * MINUTE
        if claim(book, place, day, first=start, last=start + seconds):
            return Desk(place, start, device(place, 0))
    raise NoRoomError


def after(desk: Desk, seconds: int) -> Desk:
    """The same desk so many seconds later."""
    return Desk(desk.place, desk.seconds + seconds, desk.device)


def hospital(case: Case, *, primary: bool = False) -> Institution:
    """A hospital of the home city."""
    book = case.world.book
    return case.rng.choice(book.primary if primary else book.secondary + book.tertiary)


def ensure(who: Person, balance: int) -> None:
    """Give somebody an account with at least so much on it (before the stream begins)."""
    who.has_account, who.insutype, who.clct_way = True, "310", "full"
    if who.psn_type not in ("11", "12"):
        who.psn_type = "11"
    who.balance = max(who.balance, balance)
    who.cash_habit = False


def buy(
    case: Case,
    who: Person,
    desk: Desk,
    lines: Sequence[Line],
    *,
    payer: str | Person = OWN,
    pool: bool = False,
    label: bool = True,
    then: Callable[[Settled], None] | None = None,
    sale: bool = True,
    excluded_from_account: bool = False,
    check: int = 0,
) -> None:
    """Plan a pharmacy settlement; `check` seconds before it the credential is checked, if any."""
    settle_at(
        case,
        who,
        desk,
        lines,
        med_type="41",
        payer=payer,
        pool=pool,
        label=label,
        then=then,
        sale=sale,
        excluded_from_account=excluded_from_account,
        check=check,
    )


def settle_at(
    case: Case,
    who: Person,
    desk: Desk,
    lines: Sequence[Line],
    *,
    med_type: str = "11",
    dise: str = "",
    diagnoses: Sequence[str] = (),
    payer: str | Person = AUTO,
    pool: bool = True,
    label: bool = True,
    then: Callable[[Settled], None] | None = None,
    sale: bool = True,
    excluded_from_account: bool = False,
    agent: tuple[str, str] | None = None,
    adjust: Callable[[Benefit, int], Benefit] | None = None,
    mdtrt_id: str = "",
    doctor: int = 0,
    opter_type: str = "1",
    check: int = 0,
) -> None:
    """Plan a settlement at a desk, labelled unless told otherwise."""
    world = case.world
    if check:
        case.plan(desk.seconds - check, lambda: acts.identity_check(world, who, desk, ahead=check))

    def happen() -> None:
        done = settle(
            world,
            who,
            desk,
            lines,
            med_type=med_type,
            dise=dise,
            diagnoses=diagnoses,
            payer=payer,
            pool=pool,
            sale=sale,
            excluded_from_account=excluded_from_account,
            agent=agent,
            adjust=adjust,
            mdtrt_id=mdtrt_id,
            doctor=doctor,
            opter_type=opter_type,
        )
        if label:
            case.mark(done.event_id)
        if then is not None:
            then(done)

    case.plan(desk.seconds, happen)


def later(seconds: int, *, days: int = 0, hours: int = 0, minutes: int = 0) -> int:
    """A moment after another."""
    return seconds + days * DAY + hours * HOUR + minutes * MINUTE
