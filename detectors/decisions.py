"""Decisions, apart from scores: from which score on there is an alert, for a budget a day."""

from collections.abc import Mapping
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from detectors.calibration import fit_calibration, score_at
from detectors.detector import Scores

BUDGETS: Final[Mapping[str, float]] = {
    "settlement": 20.0,
    "person": 20.0,
    "co_visit": 5.0,
    "institution": 1.0,
    "institution_drift": 1.0,
    "physician": 2.0,
}
"""Alerts a day and 100,000 settlements a day that a small team can look at, by last part of the
rule; fewer settlements a day mean fewer alerts, but one a week at least."""
LEAST_SURPRISE: Final = 7.0
"""No alert is raised for what happens by chance oftener than once in a thousand (e^-7)."""
RARE: Final = 0.001
_SEEN: Final = 4.0
"""A surprise below this is none, however seldom: where nothing ever happened, all are at 0."""
_A_WEEK: Final = 1 / 7
_STEP: Final = 0.25
QUIET_DAYS: Final = 7
"""Days for which a place or physician must have been quiet before standing out is told again."""


class Decision(Struct, frozen=True):
    """From which surprise on there is an alert, and how many rows there are to one such."""

    threshold: float
    one_in: int


def decide(
    about: str,
    surprise: Scores,
    days: NDArray[np.int64],
    per_day: float,
    *,
    subjects: NDArray[np.int64] | None = None,
) -> Decision:
    """The decision for a kind of alerts.

    `surprise` are those of the rows it judges in training, `days` their day numbers, `per_day` the
    settlements a day of the whole stream. With `subjects`, one row each a day, an alert tells when
    a subject begins to stand out: the budget then counts beginnings, since a rise that lasts for
    months is one alert and must not use up the budget of all others.
    """
    span = max(int(days.max() - days.min()) + 1, 1) if len(days) else 1
    budget = max(BUDGETS.get(about, 1.0) * per_day / 100_000, _A_WEEK)
    if subjects is None:
        threshold = _by_share(surprise, budget * span)
    else:
        threshold = _by_beginnings(surprise, days, subjects, max(budget * span, 1.0))
    reached = int((surprise >= threshold).sum())
    return Decision(threshold, max(1, len(surprise) // max(reached, 1)))


def _by_share(surprise: Scores, most: float) -> float:
    """The surprise that so many rows reach, or the least there is."""
    if not len(surprise):
        return LEAST_SURPRISE
    calibration = fit_calibration(surprise)
    wanted = score_at(calibration, min(most / len(surprise), 1.0))
    # The surprise of a forest ends where its trees end: what is rarer than one in a thousand in
    # training will do for it.
    rare = score_at(calibration, RARE)
    return max(wanted, rare if _SEEN <= rare < LEAST_SURPRISE else LEAST_SURPRISE)


def _by_beginnings(
    surprise: Scores, days: NDArray[np.int64], subjects: NDArray[np.int64], most: float
) -> float:
    """The least of some steps from the least surprise on that begins no oftener than `most`."""
    order = np.lexsort((days, subjects))
    told, day, subject = surprise[order], days[order], subjects[order]
    threshold = LEAST_SURPRISE
    while True:
        high = np.flatnonzero(told >= threshold)
        apart = (np.diff(day[high]) > QUIET_DAYS) | (np.diff(subject[high]) != 0)
        if min(len(high), 1) + int(apart.sum()) <= most:
            return threshold
        threshold += _STEP
