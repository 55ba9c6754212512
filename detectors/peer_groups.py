"""Peer groups: medians and scatter of kind, level and area, small groups drawn to larger ones."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from detectors.detector import Scores, Values, chosen

GROUPING: Final = ("kind", "level", "area")
_WEIGHT: Final = 8.0
"""Members that the larger group counts for in a smaller one."""
_DEPTH: Final = 4
"""All; kind; kind and level; kind, level and area."""
_MAD: Final = 1.4826
_CLIP: Final = 12.0


def keys_of(values: Values) -> NDArray[np.int64]:
    """The groups of each row, from the largest to the smallest, as numbers."""
    kind, level, area = chosen(values, GROUPING).astype(np.int64).T
    narrow = kind * 10 + level
    return np.stack(
        [np.zeros_like(kind), 1 + kind, 100 + narrow, 10_000_000 + narrow * 1_000_000 + area],
        axis=1,
    )


def fit_groups(values: Values, columns: Sequence[str]) -> dict[str, Any]:
    """Median and scatter of every group from rows of members (one row each, or one a day)."""
    data = chosen(values, tuple(columns)).astype(np.float64)
    keys = keys_of(values)
    fitted: dict[int, tuple[NDArray[np.float64], NDArray[np.float64]]] = {}
    floor = np.maximum(0.1 * data.std(axis=0), 1e-3)
    for depth in range(_DEPTH):
        for key in np.unique(keys[:, depth]):
            mine = keys[:, depth] == key
            rows = data[mine]
            middle = np.median(rows, axis=0)
            scatter = np.maximum(_MAD * np.median(np.abs(rows - middle), axis=0), floor)
            if depth:
                above = fitted[int(keys[mine][0, depth - 1])]
                share = len(rows) / (len(rows) + _WEIGHT)
                middle = share * middle + (1 - share) * above[0]
                scatter = share * scatter + (1 - share) * above[1]
            fitted[int(key)] = (middle, scatter)
    order = sorted(fitted)
    return {
        "groups": np.array(order, np.int64),
        "middles": np.stack([fitted[key][0] for key in order]),
        "scatters": np.stack([fitted[key][1] for key in order]),
    }


def rows_of_groups(parameters: Mapping[str, Any], values: Values) -> NDArray[np.int64]:
    """For each row the smallest known group it belongs to, as a row of the parameters."""
    known: NDArray[np.int64] = parameters["groups"]
    keys = keys_of(values)
    found = np.zeros(len(values), np.int64)
    for depth in range(_DEPTH):
        at = np.minimum(np.searchsorted(known, keys[:, depth]), len(known) - 1)
        found = np.where(known[at] == keys[:, depth], at, found)
    return found


def deviations(
    parameters: Mapping[str, Any], values: Values, columns: Sequence[str]
) -> NDArray[np.float64]:
    """Each row's columns against its group, in robust standard deviations, clipped at 12."""
    group = rows_of_groups(parameters, values)
    data = chosen(values, tuple(columns)).astype(np.float64)
    told = (data - parameters["middles"][group]) / parameters["scatters"][group]
    clipped: NDArray[np.float64] = np.clip(told, -_CLIP, _CLIP)
    return clipped


def upward(told: NDArray[np.float64]) -> Scores:
    """Root of the sum of squares of what lies more than one deviation above the group."""
    scores: Scores = np.sqrt((np.maximum(told - 1.0, 0.0) ** 2).sum(axis=1))
    return scores
