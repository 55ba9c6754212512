"""Designated institutions with made-up names and codes, their terminals and their queues."""

from random import Random
from typing import Final

from msgspec import Struct, field

from events.times import HOUR, MINUTE, day_start
from simulation.geography import City, Geography

SLOT: Final = 90
"""Seconds of a queue's slot; with the jitter below, settlements are 60 to 120 s apart."""
JITTER: Final = 30
TERTIARY: Final = "2"
SECONDARY: Final = "5"
PRIMARY: Final = "8"
_GRADES: Final = {TERTIARY: "tertiary", SECONDARY: "secondary", PRIMARY: "primary"}
_STREETS: Final = "文昌北塔兴庆凤凰长城金凤丽景湖滨玉皇览山民族解放新华清和宝湖"
_BRANDS: Final = (
    "康佑",
    "仁和春",
    "百草堂",
    "益民",
    "华康",
    "同善",
    "惠生",
    "宁安",
    "济仁",
    "福泽",
)


class Institution(Struct, kw_only=True, eq=False):
    """One institution; `level` is `hosp_lv` (empty for pharmacies), coordinates in degrees."""

    code: str
    name: str
    kind: str
    level: str
    city: City
    lat: float
    lng: float
    terminals: int
    index: int
    opens: int
    closes: int
    pool_pharmacy_from: str = ""
    accredited: tuple[str, ...] = ()
    internet: bool = False
    price_percent: int = 100

    @property
    def pharmacy(self) -> bool:
        """Whether it is a retail pharmacy."""
        return self.kind == "2"

    @property
    def grade(self) -> str:
        """Name of its ratio class in `simulation.benefit`."""
        return "pharmacy" if self.kind == "2" else _GRADES[self.level]


class Desk(Struct, frozen=True):
    """Where and when somebody is served: institution, epoch seconds and device number."""

    place: Institution
    seconds: int
    device: str


class Directory(Struct, kw_only=True):
    """All institutions, those of the home city sorted by what they are."""

    all: list[Institution] = field(default_factory=list)
    tertiary: list[Institution] = field(default_factory=list)
    secondary: list[Institution] = field(default_factory=list)
    primary: list[Institution] = field(default_factory=list)
    pharmacies: list[Institution] = field(default_factory=list)
    pharmacy_weights: list[float] = field(default_factory=list)
    # By area: a tertiary and a secondary hospital, a pharmacy, an internet hospital.
    elsewhere: dict[str, list[Institution]] = field(default_factory=dict)
    reserved: list[Institution] = field(default_factory=list)
    queues: dict[tuple[int, int, int], int] = field(default_factory=dict)

    def reserve(self) -> Institution:
        """A pharmacy of one's own, for a case that changes what may be said of it."""
        return self.reserved.pop()


def directory(rng: Random, geo: Geography, persons: int, reserved: int = 4) -> Directory:
    """Institutions for a population: a few hospitals, one pharmacy for about 250 people.

    `reserved` pharmacies serve only made-up cases, because what is done to them (a suspension)
    would colour everything sold there.
    """
    book = Directory()
    diseases = ("M03900", "M01600", "M04600", "M04803", "M05300", "M06900", "M07803")
    for kind, level, count, into in (
        ("1", TERTIARY, max(2, persons // 8000), book.tertiary),
        ("1", SECONDARY, max(3, persons // 5000), book.secondary),
        ("1", PRIMARY, max(4, persons // 1200), book.primary),
        ("2", "", max(8, persons // 250), book.pharmacies),
    ):
        for _ in range(count):
            into.append(_institution(book, rng, geo.home, kind, level, diseases, persons))
    book.pharmacy_weights = [4.0 if at % 8 == 0 else 1.0 for at in range(len(book.pharmacies))]
    for _ in range(reserved):
        book.reserved.append(_institution(book, rng, geo.home, "2", "", diseases, persons))
    for city in (*geo.near, *geo.far):
        book.elsewhere[city.admdvs] = [
            _institution(book, rng, city, kind, level, diseases, persons)
            for kind, level in (("1", TERTIARY), ("1", SECONDARY), ("2", ""), ("1", TERTIARY))
        ]
        online = book.elsewhere[city.admdvs][3]
        online.internet, online.name = True, f"{online.name}互联网医院"
    return book


def _institution(
    book: Directory,
    rng: Random,
    city: City,
    kind: str,
    level: str,
    diseases: tuple[str, ...],
    persons: int,
) -> Institution:
    index = len(book.all)
    letter = "P" if kind == "2" else "H"
    street = 2 * rng.randrange(len(_STREETS) // 2)
    place = _STREETS[street : street + 2]
    short = city.name.removesuffix("市").removesuffix("盟")
    name = {
        TERTIARY: f"{short}{place}综合医院",
        SECONDARY: f"{short}{place}第{'一二三四五六七八九'[index % 9]}医院",
        PRIMARY: f"{place}路社区卫生服务中心{index}",
        "": f"{rng.choice(_BRANDS)}大药房{place}{index}店",
    }[level]
    if level == TERTIARY:
        terminals = max(6, persons // 2500)
    elif level == SECONDARY:
        terminals = max(4, persons // 4000)
    else:
        terminals = 2 if level == PRIMARY or index % 3 else 1
    one = Institution(
        code=f"{letter}{city.admdvs}{10001 + index:05d}",
        name=name,
        kind=kind,
        level=level,
        city=city,
        lat=round(city.lat + rng.uniform(-0.06, 0.06), 5),
        lng=round(city.lng + rng.uniform(-0.07, 0.07), 5),
        terminals=terminals,
        index=index,
        opens=8 * HOUR + (0 if kind == "1" else 10 * MINUTE),
        closes=17 * HOUR + 30 * MINUTE if kind == "1" else 21 * HOUR,
        pool_pharmacy_from="2023-08-01" if kind == "2" and index % 5 < 3 else "",
        accredited=diseases if level in (TERTIARY, SECONDARY) else (),
        price_percent=100 if kind == "1" else 90 + index % 11,
    )
    book.all.append(one)
    return one


def device(place: Institution, terminal: int) -> str:
    """The device number of an institution's terminal."""
    return f"{place.code}T{terminal + 1:02d}"


def queue(book: Directory, rng: Random, place: Institution, day: int, minute: int) -> Desk:
    """Take the next free slot at or after a minute of the day.

    A full queue overflows to the next terminal and, after the last, beyond closing time.
    """
    terminal = rng.randrange(place.terminals)
    want = max(minute * MINUTE, place.opens) // SLOT
    last = place.closes // SLOT
    for _ in range(place.terminals):
        key = (place.index, terminal, day)
        taken = book.queues.get(key, 0)
        slot = want
        while taken >> slot & 1:
            slot += 1
        if slot < last:
            break
        terminal = (terminal + 1) % place.terminals
    key = (place.index, terminal, day)
    taken = book.queues.get(key, 0)
    slot = want
    while taken >> slot & 1:
        slot += 1
    book.queues[key] = taken | 1 << slot
    seconds = day_start(day) + slot * SLOT + rng.randrange(JITTER)
    return Desk(place, seconds, device(place, terminal))


def claim(book: Directory, place: Institution, day: int, *, first: int, last: int) -> bool:
    """Take an institution's first terminal between two moments (epoch seconds) of a day.

    Returns False, and takes nothing, when somebody is served there meanwhile.
    """
    key = (place.index, 0, day)
    low, high = ((at - day_start(day)) // SLOT for at in (first - SLOT, last + SLOT))
    wanted = ((1 << (high - low + 1)) - 1) << low
    if book.queues.get(key, 0) & wanted:
        return False
    book.queues[key] = book.queues.get(key, 0) | wanted
    return True


def busy_minute(rng: Random, place: Institution) -> int:
    """A minute of the day when people come: hospitals in the morning, pharmacies at noon."""
    if place.kind == "2":
        if rng.random() < 0.55:
            return max(495, min(1230, int(rng.gauss(735, 28))))
        return rng.randrange(500, 1220)
    if rng.random() < 0.7:
        return max(485, min(1000, int(rng.gauss(590, 55))))
    return rng.randrange(840, 1010)
