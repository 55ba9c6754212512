"""The three numbers of a calculation: deductible left, ratio, what the caps leave.

Each is either known, or lies between two numbers whatever the missing value turns out to be.
"""

from decimal import Decimal

from msgspec import Struct

from rules.benefit.accumulators import Accumulators
from rules.benefit.lookup import PREFIX, Law, resting_on
from rules.benefit.model import Step, level_of

_ALL = Decimal(1)
_NOTHING = Decimal(0)
_BELOW_A = frozenset({"3", "4"})
_SCHEMES = ("general", "chronic", "two_disease")


class Term(Struct, frozen=True):
    """A number between `least` and `greatest`; both are the same where nothing is missing."""

    least: Decimal
    greatest: Decimal
    steps: tuple[Step, ...]
    missing: tuple[str, ...] = ()


class Limit(Struct, frozen=True):
    """What the caps leave for this claim: `room` for sure, None where the cap is missing."""

    room: int | None
    cap_room: int | None
    steps: tuple[Step, ...]
    missing: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


def deductible_left(law: Law, sums: Accumulators) -> Term:
    """What the patient must still pay before the pool does, fen."""
    claim = law.claim
    merged = law.at("outpatient.deductible_merged_with_chronic")
    together = merged is not None and merged.flag and claim.scheme in ("general", "chronic")
    prefix = "outpatient" if together else PREFIX[claim.scheme]
    path, found = law.first(_deductible_paths(law, prefix))
    counted = ("general", "chronic") if together else (claim.scheme,)
    used = sum([sums.deductible_used(scheme) for scheme in counted])
    if found is None:
        return _open_deductible(law, path, used)
    left = max(0, found.fen - used)
    now = min(left, claim.in_policy)
    steps = [
        resting_on(
            found,
            path,
            "deductible",
            "deductible",
            found.fen,
            used,
            now,
            amount=now,
        )
    ]
    if merged is not None and together:
        steps.append(
            resting_on(
                merged,
                "outpatient.deductible_merged_with_chronic",
                "deductible",
                "deductible_merged",
            )
        )
    exact = Decimal(left)
    return Term(exact, exact, tuple(steps))


def payment_ratio(law: Law) -> Term:
    """The share the pool pays of what is above the deductible."""
    claim = law.claim
    level = level_of(claim.hosp_lv, claim.pharmacy)
    prefix, who = PREFIX[claim.scheme], _who(law)
    floor = law.at("outpatient.ratio_floor") if claim.scheme == "general" else None
    least = floor.ratio if floor is not None else _NOTHING
    if level is None:
        step = Step(
            name="missing",
            wording="no_level",
            args=(claim.hosp_lv,),
            path="hosp_lv",
        )
        return Term(least, _ALL, (step,), ("hosp_lv",))
    paths = [f"{prefix}.ratio.{level}.{who}"]
    if level == "tertiary" and claim.hosp_lv in _BELOW_A:
        paths.insert(0, f"{prefix}.ratio.tertiary_below_a.{who}")
    path, found = law.first(paths)
    if found is None:
        low, high = law.bounds(path)
        return Term(
            max(least, Decimal(low)) if low is not None else least,
            Decimal(high) if high is not None else _ALL,
            (law.missing(path),),
            (path,),
        )
    step = resting_on(found, path, "ratio", "ratio", law.named(path), found.ratio, level, who)
    return Term(found.ratio, found.ratio, (step,))


def cap_left(law: Law, sums: Accumulators) -> Limit:
    """What the scheme's cap and, where it counts, the cap of basic insurance still leave, fen."""
    claim = law.claim
    path = f"{PREFIX[claim.scheme]}.cap.{_who(law)}"
    found = law.at(path)
    if found is None:
        basic = _basic(law, sums)
        return Limit(basic.room, None, (law.missing(path), *basic.steps), (path,), basic.unless)
    counted: tuple[str, ...] = (claim.scheme,)
    if claim.scheme != "two_disease" and law.flag("outpatient.cap_apart_from_chronic") is False:
        counted = ("general", "chronic")
    used = sum([sums.paid(scheme) for scheme in counted])
    cap = found.fen + claim.cap_raise
    left = max(0, cap - used)
    step = resting_on(
        found,
        path,
        "cap",
        "cap_raised" if claim.cap_raise else "cap",
        cap,
        used,
        left,
        claim.cap_raise,
        amount=left,
    )
    basic = _basic(law, sums)
    room = left if basic.room is None else min(left, basic.room)
    return Limit(room, left, (step, *basic.steps), (), basic.unless)


def _basic(law: Law, sums: Accumulators) -> Limit:
    """The cap of basic insurance, where the scheme counts inside it; no room means no limit."""
    counts_path = f"{PREFIX[law.claim.scheme]}.cap_counts_in_basic_cap"
    counts, cap = law.at(counts_path), law.at("basic.cap")
    if counts is None:
        return Limit(None, None, (), (), (counts_path,))
    if not counts.flag:
        step = resting_on(counts, counts_path, "basic_cap", "outside_basic_cap")
        return Limit(None, None, (step,))
    if cap is None:
        step = resting_on(counts, counts_path, "basic_cap", "basic_cap_unknown")
        return Limit(None, None, (step,), (), ("basic.cap",))
    used, unknown = _basic_used(law, sums)
    left = max(0, cap.fen - used)
    steps = (
        resting_on(counts, counts_path, "basic_cap", "inside_basic_cap"),
        resting_on(cap, "basic.cap", "basic_cap", "basic_cap", cap.fen, used, left, amount=left),
    )
    return Limit(left, None, steps, (), unknown)


def _basic_used(law: Law, sums: Accumulators) -> tuple[int, tuple[str, ...]]:
    used, unknown = sums.paid_inpatient, []
    for scheme in _SCHEMES:
        path = f"{'outpatient' if scheme == 'general' else scheme}.cap_counts_in_basic_cap"
        counts = law.flag(path)
        if counts:
            used += sums.paid(scheme)
        elif counts is None and sums.paid(scheme):
            unknown.append(path)
    return used, tuple(unknown)


def _deductible_paths(law: Law, prefix: str) -> list[str]:
    claim, who = law.claim, _who(law)
    paths = [f"{prefix}.deductible.{who}"]
    level = level_of(claim.hosp_lv, claim.pharmacy)
    if prefix == "outpatient" and level is not None:
        paths.insert(0, f"{prefix}.deductible.{level}.{who}")
    return paths


def _open_deductible(law: Law, path: str, used: int) -> Term:
    low, high = law.bounds(path)
    claim = law.claim
    least = max(0, int(low) - used) if low is not None else 0
    greatest = max(0, int(high) - used) if high is not None else claim.in_policy
    return Term(Decimal(least), Decimal(greatest), (law.missing(path),), (path,))


def _who(law: Law) -> str:
    return "retired" if law.claim.retired else "employed"
