"""How long scoring takes an event, beside the forest of scikit-learn alone on the same rows."""

from time import perf_counter
from typing import NamedTuple

import numpy as np
from sklearn.ensemble import IsolationForest

from detectors.detector import Matrix, chosen
from detectors.features.settlement import COLUMNS, PLAIN
from detectors.model import fit_model
from detectors.settlement_forest import SettlementForest
from detectors.surprise import surprises

_ROWS = 20_000


class Cost(NamedTuple):
    """Microseconds an event, in batches of 20,000."""

    whole: float
    forest: float


def scoring() -> Cost:
    """All detectors with calibration and combination, and the bare forest, on made-up rows."""
    rng = np.random.default_rng(1)
    values = rng.normal(2, 1, (_ROWS, len(PLAIN))).astype(np.float32)
    values[:, [COLUMNS["kind"], COLUMNS["level"], COLUMNS["area"]]] = 1, 3, 640100
    model = fit_model(
        Matrix(
            values,
            rng.integers(0, 200, _ROWS),
            rng.integers(0, 400, _ROWS),
            rng.integers(0, 30, _ROWS),
        ),
        seed=1,
    )
    fitted = model.parameters["settlement_forest"]
    bare: IsolationForest = fitted["forest"]
    some = surprises(fitted["surprise"], chosen(values, SettlementForest.columns))
    some = some.astype(np.float32)
    return Cost(
        _microseconds(lambda: model.combined(values)),
        _microseconds(lambda: bare.score_samples(some)),
    )


def _microseconds(call: object) -> float:
    assert callable(call)
    best = float("inf")
    for _ in range(3):
        begun = perf_counter()
        call()
        best = min(best, perf_counter() - begun)
    return best / _ROWS * 1e6
