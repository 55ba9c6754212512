"""Drift of an institution: weekly means of the logarithm of its fees, summed up where they rise.

A one-sided CUSUM on weeks (Page 1954), standardised by the institution's own weekly scatter, with
a floor so that a small place with few settlements does not drift by chance.
"""

from collections.abc import Mapping, Sequence
from math import sqrt
from statistics import median
from typing import Final

from rules.histories import tallies

WEEKS: Final = 13
_NEW: Final = 3
"""Weeks at least that the past must have."""
_FLOOR: Final = 0.05
"""Least scatter of weekly means from week to week beyond chance."""
_PERSON: Final = 0.8
"""Standard deviation of one settlement's logarithm, as long as little is known of it."""
_PRIOR: Final = 20.0
"""Settlements that it counts for."""
_SLACK: Final = 0.75
_MOST: Final = 12.0
"""A single week counts for so many deviations at most."""


def drift(days: Mapping[int, Sequence[int]], today: int) -> tuple[float, float]:
    """The CUSUM, and the last week's mean over the past one (ln), from the days before today."""
    weeks: list[tuple[float, float]] = []
    variance = _variance(days, today)
    for back in range(WEEKS - 1, -1, -1):
        number = logged = 0
        for day in range(today - 7 * back - 7, today - 7 * back):
            found = days.get(day)
            if found is not None:
                number += found[tallies.COUNT]
                logged += found[tallies.LOG]
        if number:
            weeks.append((logged / number / tallies.SCALE, variance / number))
    if len(weeks) <= _NEW:
        return 0.0, 0.0
    # The past is the earlier half: a drift that has gone on for weeks must not be its own measure.
    past = [mean for mean, _ in weeks[: max(_NEW, len(weeks) // 2)]]
    usual = median(past)
    scatter = 1.4826 * median(abs(mean - usual) for mean in past)
    level = 0.0
    for mean, chance in weeks[len(past) :]:
        deviation = sqrt(scatter**2 + chance + _FLOOR**2)
        level = max(0.0, level + min((mean - usual) / deviation, _MOST) - _SLACK)
    mean, chance = weeks[-1]
    trust = 1 / (1 + 10 * chance)
    return level, (mean - usual) * trust


def _variance(days: Mapping[int, Sequence[int]], today: int) -> float:
    """Variance of one settlement's logarithm over all the weeks, drawn towards the usual one."""
    number = logged = squared = 0
    for day in range(today - 7 * WEEKS, today):
        found = days.get(day)
        if found is not None:
            number += found[tallies.COUNT]
            logged += found[tallies.LOG]
            squared += found[tallies.SQUARE]
    spread = 0.0
    if number:
        mean = logged / number / tallies.SCALE
        spread = max(squared / number / tallies.SCALE**2 - mean * mean, 0.0)
    return (spread * number + _PERSON**2 * _PRIOR) / (number + _PRIOR)
