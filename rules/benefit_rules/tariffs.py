"""The numbers of the law for one sort of settlement on one day, looked up once and kept.

A calculation with all its explanations costs far more than most settlements need; the numbers
alone tell whether there is anything to explain. Where the law leaves a value open, the number is
the one that allows the most: more than that is too much whatever the value turns out to be.
"""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date
from typing import Final, NamedTuple

from events.codes import is_retired
from events.local_codes import Scheme
from events.times import day_number, day_of
from rules.benefit import BENEFIT_SCHEMES, Accumulators, BenefitScheme, Claim, Step
from rules.benefit.lookup import PREFIX, Law
from rules.benefit.terms import cap_left, deductible_left, payment_ratio
from rules.context import Context
from rules.histories.records import Visit
from rules.histories.spreading import at_pharmacy
from rules.packs import Policy

SCHEMES: Final[tuple[BenefitScheme, ...]] = ("general", "chronic", "two_disease")
_MERGED: Final = frozenset({"general", "chronic"})
_READ: Final = (
    "outpatient.",
    "chronic.",
    "two_disease.",
    "basic.",
    "pharmacy.",
    "offsite.",
)
"""Beginnings of all paths that say what is paid and whether."""
REMEMBERED: Final = 20_000
"""Answers of one sort that are kept; beyond it they are forgotten and worked out again."""
WHOLE: Final = 10_000
"""All of it, in ten-thousandths."""
_PROBE: Final = 10**15
"""An amount above any deductible, so that asking for the deductible tells all of it."""


class Tariff(NamedTuple):
    """What the law says for one sort of settlement; money in fen.

    `deductible` and `cap` are None where not known. The ratio is `share_of / out_of` and the
    greatest possible; `exact` says whether it is certain, `least` what the law grants whatever the
    open value turns out to be (ten-thousandths). `counted` are the schemes whose costs
    fill the deductible, or may fill it where no document says, `capped` those whose payments fill
    the cap; `counted_at` and `capped_at` are their places in `SCHEMES`. `basic` is the cap of
    basic insurance where this scheme counts inside it, as those of `inside` do. `filled_*` are
    paths that an overlay filled.
    """

    scheme: BenefitScheme
    deductible: int | None
    counted: tuple[str, ...]
    share_of: int
    out_of: int
    exact: bool
    cap: int | None
    capped: tuple[str, ...]
    basic: int | None
    inside: tuple[str, ...]
    counted_at: tuple[int, ...]
    capped_at: tuple[int, ...]
    filled_deductible: tuple[str, ...]
    filled_ratio: tuple[str, ...]
    filled_cap: tuple[str, ...]
    least: int

    def of(self, amount: int) -> int:
        """The share of an amount that the pool pays at most, rounded half up to a fen."""
        if amount <= 0:
            return 0
        return (2 * amount * self.share_of + self.out_of) // (2 * self.out_of)

    @property
    def percent(self) -> str:
        """The ratio as readers see it."""
        return f"{100 * self.share_of / self.out_of:g}%"


class Book:
    """What was worked out of one policy, by area, period and sort of settlement."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.tariffs: dict[tuple[str, int, str, str, bool, bool], Tariff] = {}
        self.ordinary: dict[tuple[str, int, str, str, str, bool, bool], bool] = {}
        """Whether the ordinary terms apply (`rules.benefit_rules.ordinary`)."""
        self._starts: dict[str, tuple[int, ...]] = {}
        self._paths = [path for path in policy.parameters() if path.startswith(_READ)]

    def period(self, area: str, day: int) -> int:
        """The number of the period a day lies in, during which nothing changes in an area."""
        return bisect_right(self._starts.get(area) or self._begun(area), day)

    def _begun(self, area: str) -> tuple[int, ...]:
        """The days on which any value begins to hold, or that a value itself names, sorted."""
        if len(self._starts) >= REMEMBERED:
            self._starts.clear()
        days: set[int] = set()
        for path in self._paths:
            for segment in self.policy.timeline(area, path):
                days.add(segment.start)
                if segment.value is not None and isinstance(segment.value.value, date):
                    days.add(day_number(segment.value.value))
        found = self._starts[area] = tuple(sorted(days))
        return found


_BOOK: Final[list[Book]] = []


def book_of(context: Context) -> Book:
    """What was worked out of the context's policy: one book, begun anew for another policy."""
    if not _BOOK or _BOOK[0].policy is not context.policy:
        _BOOK[:] = [Book(context.policy)]
    return _BOOK[0]


def level(context: Context, visit: Visit) -> str:
    """The grade of the institution, as sent or else as the reference data has it."""
    if visit.level:
        return visit.level
    known = context.institutions.get(visit.inst)
    return known.level if known is not None else ""


def retired(visit: Visit) -> bool:
    """Whether retirees' terms apply; where the category is not said, the better terms count."""
    return not visit.person_type or is_retired(visit.person_type)


def tariff(context: Context, visit: Visit, *, working: bool = False) -> Tariff:
    """The numbers for a settlement under one of the benefit schemes (else KeyError).

    `working` where it says no category, but reports call the person surely in work.
    """
    return tariff_of(
        context,
        visit.insured_area,
        day_of(visit.time),
        visit.scheme,
        visit.level or level(context, visit),
        pharmacy=visit.scheme == Scheme.PHARMACY or at_pharmacy(visit),
        old=retired(visit) and not working,
    )


def tariff_of(
    context: Context, area: str, day: int, scheme: str, hosp_lv: str, *, pharmacy: bool, old: bool
) -> Tariff:
    """The same for an area, a day number, a scheme, a grade and whether retirees' terms apply."""
    book = book_of(context)
    key = (area, book.period(area, day), scheme, hosp_lv, pharmacy, old)
    found = book.tariffs.get(key)
    if found is None:
        if len(book.tariffs) >= REMEMBERED:
            book.tariffs.clear()
        found = book.tariffs[key] = _tariff(context.policy, day, key)
    return found


def _tariff(policy: Policy, day: int, key: tuple[str, int, str, str, bool, bool]) -> Tariff:
    area, _, scheme, hosp_lv, pharmacy, old = key
    claim = Claim(
        area=area,
        day=day,
        scheme=BENEFIT_SCHEMES[scheme],
        in_policy=_PROBE,
        retired=old,
        hosp_lv=hosp_lv,
        pharmacy=pharmacy,
    )
    law, nothing = Law(policy, claim), Accumulators(year=0)
    left, ratio, limit = deductible_left(law, nothing), payment_ratio(law), cap_left(law, nothing)
    share_of, out_of = ratio.greatest.as_integer_ratio()
    apart = law.flag("outpatient.deductible_merged_with_chronic") is False
    together = claim.scheme in _MERGED and law.flag("outpatient.cap_apart_from_chronic") is False
    inside = [name for name in SCHEMES if law.flag(f"{PREFIX[name]}.cap_counts_in_basic_cap")]
    basic = law.at("basic.cap") if claim.scheme in inside else None
    alone = claim.scheme not in _MERGED
    counted = (claim.scheme,) if apart or alone else ("general", "chronic")
    capped = ("general", "chronic") if together else (claim.scheme,)
    return Tariff(
        scheme=claim.scheme,
        deductible=None if left.missing and not left.least else int(left.least),
        counted=counted,
        share_of=share_of,
        out_of=out_of,
        exact=not ratio.missing,
        cap=limit.cap_room,
        capped=capped,
        basic=basic.fen if basic is not None else None,
        inside=tuple(inside),
        counted_at=tuple([SCHEMES.index(name) for name in counted]),
        capped_at=tuple([SCHEMES.index(name) for name in capped]),
        filled_deductible=_filled(left.steps),
        filled_ratio=_filled(ratio.steps),
        filled_cap=_filled(limit.steps),
        least=int(ratio.least * WHOLE),
    )


def _filled(steps: Iterable[Step]) -> tuple[str, ...]:
    return tuple(step.path for step in steps if step.filled)
