"""Surprise: -ln of the chance to see a value so high, reckoned from the bulk of what is normal.

Up to the 98th percentile the chance is counted. Beyond, it goes on as the exponential that runs
through the 90th and the 98th: what is planted in the last percent must not set its own scale, so
a contaminated tail stands out and a clean one does not. Peaks-over-threshold with the threshold
below the contamination; cf. Siffer et al., Anomaly Detection in Streams with Extreme Value Theory
(KDD 2017).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

MOST: Final = 40.0
"""A surprise counts for so much at most."""
_LEVELS: Final = np.array([0.5, 0.3, 0.2, 0.1, 0.05, 0.02])
_FROM: Final = 0.1
_DEEPER: Final = (0.02, 0.01, 0.002, 0.0005)
_POINTS: Final = len(_LEVELS) + 1


def fit_surprises(values: NDArray[Any], signs: Sequence[int]) -> dict[str, Any]:
    """Parameters from columns of values; sign 1 where high is suspicious, -1 where low is."""
    rows = len(values)
    points = np.zeros((len(signs), _POINTS))
    chances = np.zeros((len(signs), _POINTS))
    slopes = np.zeros(len(signs))
    for at, sign in enumerate(signs):
        column = np.sort(values[:, at].astype(np.float64) * sign)
        points[at], chances[at] = _curve(column, rows)
        slopes[at] = _slope(column, rows)
    return {"signs": np.array(signs), "points": points, "chances": chances, "slopes": slopes}


def _curve(column: NDArray[np.float64], rows: int) -> tuple[NDArray[np.float64], ...]:
    """Values and their surprise, ascending; equal values have the chance of being reached."""
    at = np.minimum((rows * (1 - _LEVELS)).astype(np.int64), rows - 1)
    found = np.concatenate([[column[0]], column[at]])
    reached = (rows - np.searchsorted(column, found, side="left")) / rows
    return found, -np.log(np.maximum(reached, 0.5 / rows))


def _slope(column: NDArray[np.float64], rows: int) -> float:
    """Surprise gained by one unit beyond the last point."""
    spread = float(column.std()) or 1.0
    start = _FROM
    for end in _DEEPER:
        low = column[min(int(rows * (1 - start)), rows - 1)]
        high = column[min(int(rows * (1 - end)), rows - 1)]
        if high - low > 1e-6 * spread:
            return float(np.log(start / end) / (high - low))
        start = end
    return 1.0 / spread


def as_told() -> dict[str, Any]:
    """Parameters for one column that is a surprise already."""
    ends = np.linspace(0.0, 1.0, _POINTS).reshape(1, -1)
    return {"signs": np.array([1]), "points": ends, "chances": ends, "slopes": np.ones(1)}


def surprises(parameters: Mapping[str, Any], values: NDArray[Any]) -> NDArray[np.float64]:
    """The surprise of every value, 0 to `MOST`, in the shape of the values."""
    told = np.empty(values.shape)
    for at, sign in enumerate(parameters["signs"]):
        column = values[:, at] * float(sign)
        points, chances = parameters["points"][at], parameters["chances"][at]
        beyond = np.maximum(column - points[-1], 0.0) * parameters["slopes"][at]
        told[:, at] = _stepped(column, points, chances) + beyond
    np.minimum(told, MOST, out=told)
    return told


def _stepped(
    column: NDArray[Any], points: NDArray[np.float64], chances: NDArray[np.float64]
) -> NDArray[np.float64]:
    distinct, first = np.unique(points, return_index=True)
    told: NDArray[np.float64] = np.interp(column, distinct, chances[first])
    return told
