"""Triage: how probable it is that a supervisor would confirm, learned from earlier verdicts.

Gradient boosting over everything known at a settlement: its features, what verdicts known by then
say of its person, terminal, institution and physician, the surprise of every detector, and the
alerts that name it. One order for alerts of rules and of models.

When it works: with a few dozen confirmed verdicts or more, of the kinds of fraud that go on.
When it does not work: for a fraud nobody has confirmed yet (that is what detectors are for); where
only the best-ranked alerts get verdicts, it learns little of the rest; and where verdicts come so
late that a scheme is over when they are known.

The learner is Friedman, Greedy Function Approximation: A Gradient Boosting Machine (Annals of
Statistics 2001), in scikit-learn's histogram form; probabilities after Platt, Probabilistic
Outputs for Support Vector Machines (1999), fitted on the later part of the verdicts.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import average_precision_score, roc_auc_score

from detectors.detector import Scores, Values
from detectors.features import hits, settlement
from detectors.features.feature import Feature
from detectors.registry import all_detectors

FEATURES: Final[tuple[Feature, ...]] = (*settlement.FEATURES, *hits.FEATURES)
PART: Final = "triage"
LEAST: Final = 20
"""Verdicts of each sort without which there is nothing to learn."""
_LATER: Final = 0.25
"""Part of the verdicts, the latest, on which probabilities and figures are fitted."""
_PRIOR: Final = 4.0
"""Weight of the belief that the margin is a logit as it is."""


class TooFewVerdictsError(ValueError):
    """Too few verdicts of one sort to learn from."""


class Triage(Struct):
    """A fitted ranking. `slope` and `offset` turn its margin into a probability."""

    ranking: HistGradientBoostingClassifier
    slope: float
    offset: float
    figures: dict[str, float]
    """Forward in time: average precision, area under the curve, verdicts."""

    def score(self, rows: Values, told: Mapping[str, Scores]) -> Scores:
        """Probability of being confirmed.

        `rows` are in the order of `FEATURES`, `told` the surprises of the same rows by detector.
        """
        matrix = with_surprises(rows, told)
        margin = self.ranking.decision_function(matrix)
        logit = np.clip(self.slope * margin + self.offset, -35, 35)
        chance: Scores = 1 / (1 + np.exp(-logit))
        return chance

    def part(self) -> dict[str, Any]:
        """The ranking as one part of a stored model."""
        return {
            "columns": [feature.name for feature in FEATURES],
            "ranking": self.ranking,
            "slope": self.slope,
            "offset": self.offset,
            "figures": self.figures,
        }


def triage_of(part: Mapping[str, Any]) -> Triage:
    """The ranking that `Triage.part` told of."""
    return Triage(
        part["ranking"], float(part["slope"]), float(part["offset"]), dict(part["figures"])
    )


def with_surprises(rows: Values, told: Mapping[str, Scores]) -> Values:
    """The rows with the surprises as further columns."""
    names = [one.name for one in all_detectors()]
    return np.concatenate(
        [rows, np.stack([told[name] for name in names], axis=1).astype(np.float32)], axis=1
    )


def fit_triage(
    matrices: Sequence[Values], labels: NDArray[np.bool_], times: NDArray[np.int64], seed: int
) -> Triage:
    """Learn from rows with surprises (`with_surprises`) and whether each was confirmed.

    Several matrices are the same rows with what was known at different ages of the verdicts; the
    first is the one as it was. `times` are event times. Raises TooFewVerdictsError.
    """
    confirmed = int(labels.sum())
    if min(confirmed, len(labels) - confirmed) < LEAST:
        raise TooFewVerdictsError(
            f"found {confirmed} confirmed and {len(labels) - confirmed} dismissed verdicts on"
            f" settlements of the window, expected {LEAST} of each at least"
        )
    order = np.argsort(times, kind="stable")
    cut = int(len(order) * (1 - _LATER))
    earlier, later = order[:cut], order[cut:]
    slope, offset, figures = 1.0, 0.0, {"verdicts": float(len(labels))}
    if labels[earlier].sum() >= LEAST // 2 and 0 < labels[later].sum() < len(later):
        first = _learner(seed).fit(*_stacked(matrices, labels, earlier))
        margin = first.decision_function(matrices[0][later])
        slope, offset = _platt(margin, labels[later])
        figures |= {
            "average_precision": average_precision_score(labels[later], margin),
            "roc_auc": roc_auc_score(labels[later], margin),
            "later_verdicts": float(len(later)),
            "confirmed_share": float(labels[later].mean()),
        }
    ranking = _learner(seed).fit(*_stacked(matrices, labels, order))
    return Triage(ranking, slope, offset, {name: float(one) for name, one in figures.items()})


def _learner(seed: int) -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(
        learning_rate=0.04,
        max_iter=200,
        max_leaf_nodes=12,
        max_features=0.3,
        min_samples_leaf=30,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=seed,
    )


def _stacked(
    matrices: Sequence[Values], labels: NDArray[np.bool_], rows: NDArray[np.int64]
) -> tuple[Values, NDArray[np.bool_]]:
    return (
        np.concatenate([matrix[rows] for matrix in matrices]),
        np.concatenate([labels[rows]] * len(matrices)),
    )


def _platt(margin: Scores, labels: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope (above 0, so that the order stays) and offset of the logistic curve.

    Newton steps on the likelihood with a prior around 1 and 0: verdicts told apart without error
    would otherwise make every probability 0 or 1, and all alike.
    """
    slope, offset = 1.0, 0.0
    for _ in range(100):
        chance = 1 / (1 + np.exp(-np.clip(slope * margin + offset, -35, 35)))
        error, weight = chance - labels, chance * (1 - chance)
        gradient = np.array([error @ margin + _PRIOR * (slope - 1), error.sum() + _PRIOR * offset])
        curve = np.array(
            [
                [weight @ margin**2 + _PRIOR, weight @ margin],
                [weight @ margin, weight.sum() + _PRIOR],
            ]
        )
        step = np.clip(np.linalg.solve(curve, gradient), -0.5, 0.5)
        slope, offset = slope - float(step[0]), offset - float(step[1])
        if np.abs(step).max() < 1e-8:
            break
    return (slope, offset) if 0.05 < slope < 5 and abs(offset) < 20 else (1.0, 0.0)
