"""Institutions whose mean cost drifts upward over weeks."""

import numpy as np

from detectors.detector import Matrix, Parameters, Scores, Subject, Values, chosen


class InstitutionDrift:
    """The cumulative sum of an institution's weekly rises above its own past.

    What it does
    ------------
    Sums up, over the later half of the last 13 weeks, by how many deviations the weekly mean of
    ln(1 + fee) lay above the median of the earlier half, less a slack of 0.75 a week
    (`detectors.features.drift`).

    When it works
    -------------
    Slow or sudden rises of an institution's mean fee that stay: tripling within eight weeks scores
    far beyond chance at five settlements a day.

    When it does not work
    ---------------------
    In the first four weeks; for a drift older than the 13 weeks; when the mix of patients changes
    (a new ward, an epidemic) or all prices rise, for which it knows no reason; and for
    institutions with a handful of settlements a week.

    Parameters
    ----------
    None: the institution is its own measure.

    Example and paper
    -----------------
    >>> import numpy as np
    >>> from detectors.features.settlement import COLUMNS, PLAIN
    >>> values = np.zeros((2, len(PLAIN)), np.float32)
    >>> values[1, COLUMNS["inst_drift"]] = 9.5
    >>> none = np.zeros(2, np.int64)
    >>> InstitutionDrift().score({}, values).tolist()
    [0.0, 9.5]

    Page: Continuous Inspection Schemes (Biometrika 1954).
    """

    name: str = "institution_drift"
    about: str = "institution_drift"
    subject: Subject = "institution"
    columns: tuple[str, ...] = ("inst_drift", "inst_shift")

    def fit(self, matrix: Matrix, seed: int) -> Parameters:
        """Nothing to fit."""
        del matrix, seed
        return {}

    def score(self, parameters: Parameters, values: Values) -> Scores:
        """The cumulative sum in deviations."""
        del parameters
        return chosen(values, ("inst_drift",))[:, 0].astype(np.float64)
