"""Decisions, apart from scores: from which score on there is an alert, for a budget a day."""

from collections.abc import Mapping
from typing import Any, Final

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


class Decision(Struct, frozen=True):
    """From which surprise on there is an alert, and how many rows there are to one such."""

    threshold: float
    one_in: int


def decide(about: str, surprise: Scores, days: NDArray[np.int64], per_day: float) -> Decision:
    """The decision for a kind of alerts.

    `surprise` are those of the rows it judges in training, `days` their day numbers, `per_day` the
    settlements a day of the whole stream.
    """
    span = max(int(days.max() - days.min()) + 1, 1) if len(days) else 1
    judged = max(len(surprise) / span, 1e-9)
    budget = max(BUDGETS.get(about, 1.0) * per_day / 100_000, _A_WEEK)
    calibration: Mapping[str, Any] = fit_calibration(surprise) if len(surprise) else {}
    share = min(budget / judged, 1.0)
    wanted = score_at(calibration, share) if calibration else LEAST_SURPRISE
    # The surprise of a forest ends where its trees end: what is rarer than one in a thousand in
    # training will do for it.
    rare = score_at(calibration, RARE) if calibration else LEAST_SURPRISE
    least = rare if _SEEN <= rare < LEAST_SURPRISE else LEAST_SURPRISE
    threshold = max(wanted, least)
    reached = int((surprise >= threshold).sum())
    return Decision(threshold, max(1, len(surprise) // max(reached, 1)))
