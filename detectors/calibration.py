"""Calibration: a detector's score as a surprise, and as a place among a year's settlements.

The surprise (-ln of the chance, from the bulk) makes detectors comparable; the share of last year's
settlements that scored so high says what "the top 100 a day" is. Where less than a year is known,
what is known stands for it.
"""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from detectors.detector import Scores
from detectors.surprise import as_told, fit_surprises, surprises

_SHARES: Final = np.concatenate([[1.0], np.logspace(-0.2, -6, 59)])


def fit_calibration(scores: Scores, *, known: bool = False) -> dict[str, Any]:
    """Curve and quantiles of scores, of at least one; `known`: they are surprises already."""
    ordered = np.sort(scores)
    rows = len(ordered)
    at = np.clip((rows * (1 - _SHARES)).astype(np.int64), 0, rows - 1)
    curve = as_told() if known else fit_surprises(scores.reshape(-1, 1), [1])
    return {"surprise": curve, "quantiles": ordered[at]}


def surprise_of(parameters: Mapping[str, Any], scores: Scores) -> Scores:
    """-ln of the chance of so high a score, by the bulk of the scores."""
    told: Scores = surprises(parameters["surprise"], scores.reshape(-1, 1))[:, 0]
    return told


def share_above(parameters: Mapping[str, Any], scores: Scores) -> Scores:
    """Share of a year's settlements that score at least as high."""
    quantiles = parameters["quantiles"]
    at = np.searchsorted(quantiles, scores, side="left")
    told: Scores = _SHARES[np.minimum(at, len(_SHARES) - 1)]
    return told


def score_at(parameters: Mapping[str, Any], share: float) -> float:
    """The score that this share of a year's settlements reaches."""
    reversed_shares = -np.log(_SHARES)
    return float(np.interp(-np.log(max(share, 1e-9)), reversed_shares, parameters["quantiles"]))
