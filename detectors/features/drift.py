"""Drift of an institution: the rise of its mean fee that speaks loudest, over 13 weeks.

For every week that the rise may have begun with, the mean of ln(1 + fee) since then is held against
the mean before, in standard deviations of their difference. Weeks weigh by what is known of them:
few settlements make a mean uncertain by chance, and every institution's weeks differ by more than
chance, so a place with two settlements a day and one with hundreds are measured alike. The
likelihood ratio for a change at an unknown time (Hinkley 1970); like a CUSUM it adds up small
rises that stay, but the past before is reckoned as uncertain as it is.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import sqrt
from statistics import median
from typing import Final

from rules.histories import tallies

WEEKS: Final = 13
_BEFORE: Final = 3
"""Weeks at least that the past must have."""
_FEWEST: Final = 20
"""Settlements that must lie before the rise."""
_SINCE: Final = 10
"""And after it has begun."""
_STAYS: Final = 2
"""Weeks at least that it must last: a burst of a few days is another matter."""
_PERSON: Final = 0.8
"""Standard deviation of one settlement's logarithm, as long as little is known of it."""
_PRIOR: Final = 20.0
"""Settlements that it counts for."""
_WANDER: Final = 0.1
"""Standard deviation of weekly means beyond chance, as long as little is known of it."""
_WANDER_PRIOR: Final = 8.0
"""Weeks that it counts for."""
_MAD: Final = 1.4826


def drift(days: Mapping[int, Sequence[int]], today: int) -> tuple[float, float]:
    """How far the mean rose, in standard deviations, and by how much (ln), from the days before.

    Both are 0 where nothing rose or too little is known.
    """
    weeks = list(_weeks(days, today))
    if len(weeks) < _BEFORE + _STAYS:
        return 0.0, 0.0
    single = _single(weeks)
    wander = _wander(weeks, single)
    loudest, rise = 0.0, 0.0
    for begin in range(_BEFORE, len(weeks) - _STAYS + 1):
        before, since = weeks[:begin], weeks[begin:]
        if sum(one[0] for one in before) < _FEWEST or sum(one[0] for one in since) < _SINCE:
            continue
        past, unsure_before = _mean(before, single, wander)
        recent, unsure_since = _mean(since, single, wander)
        told = (recent - past) / sqrt(unsure_before + unsure_since)
        if told > loudest:
            loudest, rise = told, recent - past
    return loudest, rise


def _weeks(days: Mapping[int, Sequence[int]], today: int) -> list[tuple[int, float, float]]:
    """Settlements, mean and sum of squares around it of each week that had any."""
    weeks = []
    for back in range(WEEKS, 0, -1):
        number = logged = squared = 0
        for day in range(today - 7 * back, today - 7 * back + 7):
            found = days.get(day)
            if found is not None:
                number += found[tallies.COUNT]
                logged += found[tallies.LOG]
                squared += found[tallies.SQUARE]
        if number:
            around = squared - logged * logged / number
            weeks.append(
                (number, logged / number / tallies.SCALE, max(around, 0.0) / tallies.SCALE**2)
            )
    return weeks


def _single(weeks: Sequence[tuple[int, float, float]]) -> float:
    """Variance of one settlement within its week, drawn towards the usual one."""
    around = sum(one[2] for one in weeks)
    free = sum(one[0] - 1 for one in weeks)
    return (around + _PERSON**2 * _PRIOR) / (free + _PRIOR)


def _wander(weeks: Sequence[tuple[int, float, float]], single: float) -> float:
    """Variance of weekly means beyond chance, from week to week: a rise is no part of it."""
    pairs = list(pairwise(weeks))
    steps = median(abs(after[1] - before[1]) for before, after in pairs)
    chance = median(single / before[0] + single / after[0] for before, after in pairs)
    beyond = max(((_MAD * steps) ** 2 - chance) / 2, 0.0)
    return (beyond * len(pairs) + _WANDER**2 * _WANDER_PRIOR) / (len(pairs) + _WANDER_PRIOR)


def _mean(
    weeks: Sequence[tuple[int, float, float]], single: float, wander: float
) -> tuple[float, float]:
    """Mean of weeks, each weighed by how sure it is, and the variance of that mean."""
    weights = [1 / (wander + single / one[0]) for one in weeks]
    whole = sum(weights)
    return sum(w * one[1] for w, one in zip(weights, weeks, strict=True)) / whole, 1 / whole
