"""Institutions whose mean cost drifts upward over weeks."""

from math import erfc, exp, log, pi, sqrt
from typing import Final

import numpy as np

from detectors.detector import Matrix, Parameters, Scores, Subject, Values, chosen, last_of_each

_LOOKS: Final = 4.0
"""Weeks a rise can begin with, as if each were looked at apart: eight or nine that overlap."""
_TAIL: Final = 3.0
"""Deviations beyond which the chance falls off exponentially, slower than the normal one's."""
_USUAL: Final = 1.2
"""The third quartile of the deviations of institutions that only differ by chance."""
_QUARTER: Final = 0.75
_TRUST: Final = 100.0
"""Weeks of institutions that the belief counts for that they do."""
_MOST: Final = 3.0

_POINTS: Final = np.linspace(0.0, _TAIL, 61)
_SURPRISES: Final = np.array(
    [max(0.0, -log(_LOOKS * erfc(at / sqrt(2)) / 2)) for at in _POINTS.tolist()]
)
_SLOPE: Final = exp(-(_TAIL**2) / 2) / sqrt(2 * pi) / (erfc(_TAIL / sqrt(2)) / 2)
"""What one deviation more adds beyond: the normal's own at that point."""


class InstitutionDrift:
    """How far an institution's mean cost rose above its own past, as a chance.

    What it does
    ------------
    Takes the loudest rise of the mean of ln(1 + fee) over the last 13 weeks that lasts for two
    weeks at least, in standard deviations (`detectors.features.drift`), and turns it into -ln of
    its chance: normal, beyond three deviations exponential. Where institutions wander more than
    chance lets them, the deviations are made wider, by the third quartile over one row an
    institution and week: one institution that drifts, with all its settlements, is no measure.

    When it works
    -------------
    Slow or sudden rises of an institution's mean fee that stay. A tripling over four or eight
    weeks is told, at eight settlements a day, when the mean is about twice as high; at two a day
    when it is three times as high.

    When it does not work
    ---------------------
    In the first five weeks; for a drift older than the 13 weeks; when the mix of patients changes
    (a new ward, an epidemic) or all prices rise, for which it knows no reason; and for
    institutions with fewer than ten settlements in two weeks.

    Parameters
    ----------
    `scale`: how much wider than by chance the deviations are, 1 to 3.

    Example and paper
    -----------------
    >>> import numpy as np
    >>> from detectors.features.settlement import COLUMNS, PLAIN
    >>> values = np.zeros((2, len(PLAIN)), np.float32)
    >>> values[1, COLUMNS["inst_drift"]] = 9.5
    >>> none = np.zeros(2, np.int64)
    >>> InstitutionDrift().score({"scale": 1.0}, values).round(1).tolist()
    [0.0, 26.6]

    Hinkley: Inference about the Change-Point in a Sequence of Random Variables (Biometrika 1970).
    """

    name: str = "institution_drift"
    about: str = "institution_drift"
    subject: Subject = "institution"
    surprising: bool = True
    columns: tuple[str, ...] = ("inst_drift", "inst_shift")

    def fit(self, matrix: Matrix, seed: int) -> Parameters:
        """The scale, from one row an institution and week."""
        del seed
        rows = last_of_each(matrix.institutions, matrix.days // 7)
        told = chosen(matrix.values[rows], ("inst_drift",))[:, 0].astype(np.float64)
        told = told[told > 0]
        found = float(np.quantile(told, _QUARTER)) / _USUAL if len(told) else 1.0
        scale = (found * len(told) + _TRUST) / (len(told) + _TRUST)
        return {"scale": min(max(scale, 1.0), _MOST)}

    def score(self, parameters: Parameters, values: Values) -> Scores:
        """-ln of the chance of so loud a rise."""
        told = chosen(values, ("inst_drift",))[:, 0] / float(parameters["scale"])
        beyond = np.maximum(told - _TAIL, 0.0) * _SLOPE
        scores: Scores = np.interp(told, _POINTS, _SURPRISES) + beyond
        return scores
