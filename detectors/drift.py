"""Drift: how far what comes in has moved from what a model was trained on.

The measure is the population stability index: the feature's range is cut where the training data
had tenths, and the shares in each part then and now are compared, as the sum of (now - then) x
ln(now / then). Read as usual: below 0.1 nothing has changed, from 0.25 on the model should be
trained again. It says nothing about whether the model is right, and a feature that drifts need not
hurt; where a feature is nearly constant, its few parts make it blunt.

Source: Siddiqi, Credit Risk Scorecards (2006), chapter 9.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import log
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
"""Rows of a detector's features, or one column of its scores."""

PARTS: Final = 10
SCORE: Final = "score"
"""Under this name the drift of a detector's own scores is told, beside that of its features."""
_LEAST: Final = 1e-4
"""Least share of a part, so that an empty one does not make the index endless."""


def baseline(rows: Matrix, names: Sequence[str]) -> dict[str, Any]:
    """What must be remembered of the training data: by feature the inner edges of its parts, and
    the share in each, the last for values that are missing (NaN). Plain enough for the store."""
    if rows.ndim != 2 or rows.shape[1] != len(names):
        raise ValueError(f"found rows of shape {rows.shape}, expected {len(names)} columns")
    told: dict[str, Any] = {}
    for number, name in enumerate(names):
        column = rows[:, number]
        present = column[~np.isnan(column)]
        inner = np.linspace(0, 1, PARTS + 1)[1:-1]
        edges = np.unique(np.quantile(present, inner)) if len(present) else np.empty(0)
        counts = _counted(column, edges)
        told[name] = {"edges": edges, "shares": counts / max(1, counts.sum())}
    return told


class Drift:
    """Counts what comes in by the parts of the baseline, over the last rows; not thread-safe.

    `block` rows are counted, then the block before the last is forgotten, so that the index is of
    the last one or two blocks. `least` rows are needed before there is an index at all.
    """

    def __init__(self, baseline: Mapping[str, Any], block: int = 20_000, least: int = 1000) -> None:
        self._names = tuple(baseline)
        self._edges: list[NDArray[np.float64]] = [baseline[name]["edges"] for name in self._names]
        self._shares: list[NDArray[np.float64]] = [baseline[name]["shares"] for name in self._names]
        self._block = block
        self._least = least
        self._now = self._empty()
        self._before = self._empty()
        self._rows = 0
        self._rows_before = 0

    def _empty(self) -> list[NDArray[np.int64]]:
        return [np.zeros(len(shares), np.int64) for shares in self._shares]

    def add(self, rows: Matrix) -> None:
        """Count rows, whose columns are in the order of the baseline."""
        for number, edges in enumerate(self._edges):
            self._now[number] += _counted(rows[:, number], edges)
        self._rows += len(rows)
        if self._rows >= self._block:
            self._before, self._rows_before = self._now, self._rows
            self._now, self._rows = self._empty(), 0

    def indices(self) -> Mapping[str, float]:
        """The index by feature; empty before there are rows enough."""
        if self._rows + self._rows_before < self._least:
            return {}
        return {
            name: stability(then, now + before)
            for name, then, now, before in zip(
                self._names, self._shares, self._now, self._before, strict=True
            )
        }


def stability(then: Iterable[float], counts: Iterable[int]) -> float:
    """The population stability index of counts against shares, part by part; 0 is no change."""
    found = [int(count) for count in counts]
    total = max(1, sum(found))
    index = 0.0
    for share, count in zip(then, found, strict=True):
        was, now = max(float(share), _LEAST), max(count / total, _LEAST)
        index += (now - was) * log(now / was)
    return index


def _counted(column: NDArray[np.float64], edges: NDArray[np.float64]) -> NDArray[np.int64]:
    """Rows in each part, those without a value last."""
    missing = np.isnan(column)
    parts = np.searchsorted(edges, column, side="left")
    parts[missing] = len(edges) + 1
    return np.bincount(parts, minlength=len(edges) + 2).astype(np.int64)
