"""The detectors together: fitted at once, scored at once, one surprise for each kind of alert."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from detectors.calibration import fit_calibration, share_above, surprise_of
from detectors.decisions import Decision, decide
from detectors.detector import Detector, Matrix, Parameters, Scores, Values, last_of_each
from detectors.features.settlement import PLAIN
from detectors.peer_groups import fit_groups
from detectors.registry import all_detectors

MOST_ROWS: Final = 300_000
"""Detectors are fitted on at most so many rows, drawn evenly."""
FEWEST: Final = 10
"""Institutions, or physicians, below which they have no say in the score of a settlement."""
PART: Final = "detectors"
"""The part of a stored model that holds what `fit_model` returns."""
_AT_ONCE: Final = 20_000
_TOGETHER: Final = ("settlement_forest", "own_past")
"""Detectors that look at the same deviations from two sides: their surprises are added."""


class Model(Struct):
    """Fitted detectors. `parameters` are by detector, `calibrations` too and for `combined`."""

    parameters: dict[str, Any]
    calibrations: dict[str, Any]
    decisions: dict[str, Decision]
    peers: dict[str, Any]
    """Medians and scatter of every feature by group, for explanations."""
    per_day: float
    """Settlements a day in training."""
    quiet: tuple[str, ...] = ()
    """Detectors left out of the combined score: their institutions or physicians are too few."""

    def surprises(self, values: Values) -> dict[str, Scores]:
        """The calibrated surprise of each row, by detector."""
        return {
            one.name: surprise_of(
                self.calibrations[one.name], one.score(self.parameters[one.name], values)
            )
            for one in all_detectors()
        }

    def about(self, values: Values) -> dict[str, Scores]:
        """The surprise of each row by kind of alert: of several detectors the highest."""
        told = self.surprises(values)
        kinds: dict[str, Scores] = {}
        for one in all_detectors():
            known = kinds.get(one.about)
            kinds[one.about] = (
                told[one.name] if known is None else np.maximum(known, told[one.name])
            )
        return kinds

    def combined(self, values: Values) -> Scores:
        """One anomaly score a row, over all detectors."""
        pieces = [
            combined(self.surprises(values[at : at + _AT_ONCE]), self.quiet)
            for at in range(0, len(values), _AT_ONCE)
        ]
        return np.concatenate(pieces) if pieces else np.zeros(0)

    def share(self, scores: Scores) -> Scores:
        """Share of a year's settlements whose combined score is as high."""
        return share_above(self.calibrations["combined"], scores)

    def part(self) -> dict[str, Any]:
        """The model as one part of plain dictionaries, arrays and estimators."""
        return {
            "columns": [feature.name for feature in PLAIN],
            "parameters": self.parameters,
            "calibrations": self.calibrations,
            "decisions": {
                name: [decision.threshold, decision.one_in]
                for name, decision in self.decisions.items()
            },
            "peers": self.peers,
            "per_day": self.per_day,
            "quiet": list(self.quiet),
        }


def combined(told: Mapping[str, Scores], quiet: Sequence[str] = ()) -> Scores:
    """The highest surprise, where those that look at the same deviations are added first."""
    together: Scores = np.sum([told[name] for name in _TOGETHER], axis=0)
    others = [scores for name, scores in told.items() if name not in (*_TOGETHER, *quiet)]
    highest: Scores = np.max([together, *others], axis=0)
    return highest


def model_of(part: Mapping[str, Any]) -> Model:
    """The model that `Model.part` told of."""
    return Model(
        dict(part["parameters"]),
        dict(part["calibrations"]),
        {name: Decision(float(at), int(one)) for name, (at, one) in part["decisions"].items()},
        dict(part["peers"]),
        float(part["per_day"]),
        tuple(part["quiet"]),
    )


def fit_model(matrix: Matrix, seed: int) -> Model:
    """Fit every detector to at least one row; calibrate and decide on the same rows."""
    span = int(matrix.days.max() - matrix.days.min()) + 1
    per_day = len(matrix) / span
    sample = _drawn(matrix, seed)
    parameters: dict[str, Parameters] = {one.name: one.fit(sample, seed) for one in all_detectors()}
    calibrations: dict[str, Any] = {}
    told: dict[str, Scores] = {}
    for one in all_detectors():
        scores = one.score(parameters[one.name], sample.values)
        calibrations[one.name] = fit_calibration(scores[_judged(one, sample)], known=one.surprising)
        told[one.name] = surprise_of(calibrations[one.name], scores)
    quiet = tuple(one.name for one in all_detectors() if _few(one, sample))
    calibrations["combined"] = fit_calibration(combined(told, quiet))
    model = Model(dict(parameters), calibrations, {}, {}, per_day, quiet)
    kinds = model.about(sample.values)
    for one in all_detectors():
        rows = _judged(one, sample)
        part = len(sample) / len(matrix)
        decision = decide(
            one.about,
            kinds[one.about][rows],
            sample.days[rows],
            per_day * part,
            subjects=_told_once(one, sample, rows),
        )
        known = model.decisions.get(one.about)
        if known is None or decision.threshold < known.threshold:
            model.decisions[one.about] = decision
    members = last_of_each(sample.institutions, sample.days)
    model.peers = fit_groups(sample.values[members], [feature.name for feature in PLAIN])
    return model


def _judged(one: Detector, matrix: Matrix) -> Any:
    """Rows that a detector's alerts come from: every one, or the last of each subject and day."""
    if one.subject == "institution":
        return last_of_each(matrix.institutions, matrix.days)
    if one.subject == "physician":
        rows = last_of_each(matrix.physicians, matrix.days)
        return rows if len(rows) else slice(0, 1)
    return slice(None)


def _told_once(one: Detector, matrix: Matrix, rows: Any) -> NDArray[np.int64] | None:
    """Whom the rows are about, where alerts tell when a subject begins to stand out."""
    return matrix.institutions[rows] if one.subject == "institution" else None


def _few(one: Detector, matrix: Matrix) -> bool:
    """Whether a detector's subjects are so few that one's doings would be every row's score."""
    if one.subject == "institution":
        return len(np.unique(matrix.institutions)) < FEWEST
    if one.subject == "physician":
        return len(np.unique(matrix.physicians[matrix.physicians >= 0])) < FEWEST
    return False


def _drawn(matrix: Matrix, seed: int) -> Matrix:
    if len(matrix) <= MOST_ROWS:
        return matrix
    drawn = np.random.default_rng(seed).choice(len(matrix), MOST_ROWS, replace=False)
    drawn.sort()
    return Matrix(*(getattr(matrix, name)[drawn] for name in matrix.__struct_fields__))
