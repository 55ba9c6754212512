"""Days that no physician can work."""

from typing import Final

import numpy as np

from detectors.detector import Matrix, Parameters, Scores, Subject, Values, chosen, last_of_each
from detectors.surprise import fit_surprises, surprises

_LEAST: Final = np.log1p(8)
"""ln(1 + patients) of a day that can be impossible at all."""


class ImpossibleDays:
    """A physician's day so far: too many patients, too many an hour, too long.

    What it does
    ------------
    Turns the patients so far today, those of the last hour, of the last minute and the hours since
    the first into surprises over all physicians' days and adds the first three to a half of the
    last; days of fewer than eight patients score 0.

    When it works
    -------------
    When somebody settles under a physician's code what that physician cannot have done: a hundred
    patients more than others see, ten in a minute, twenty hours on end.

    When it does not work
    ---------------------
    Where one code stands for a department or a screening team; where settlements are sent in
    bulk at night, so that their times say nothing; and before enough of the day has passed.

    Parameters
    ----------
    `surprise`: the curve of each column over the last row of each physician and day.

    Example and paper
    -----------------
    >>> import numpy as np
    >>> from detectors.features.settlement import COLUMNS, PLAIN
    >>> rng = np.random.default_rng(7)
    >>> values = rng.normal(2.5, 0.2, size=(400, len(PLAIN))).astype(np.float32)
    >>> values[0, COLUMNS["doctor_today"]] = 6
    >>> rows, none = np.arange(400), np.zeros(400, np.int64)
    >>> fitted = ImpossibleDays().fit(Matrix(values, none, rows, none), seed=7)
    >>> int(np.argmax(ImpossibleDays().score(fitted, values)))
    0

    The Medicare "impossible day" (U.S. OIG, physicians billing more hours than a day has);
    chances as in Siffer et al. (KDD 2017).
    """

    name: str = "impossible_days"
    about: str = "physician"
    subject: Subject = "physician"
    surprising: bool = False
    columns: tuple[str, ...] = ("doctor_today", "doctor_hour", "doctor_minute", "doctor_span")

    def fit(self, matrix: Matrix, seed: int) -> Parameters:
        """Curves over the last row of each physician and day."""
        del seed
        last = last_of_each(matrix.physicians, matrix.days)
        values = chosen(matrix.values[last] if len(last) else matrix.values[:1], self.columns)
        return {"surprise": fit_surprises(values, [1] * len(self.columns))}

    def score(self, parameters: Parameters, values: Values) -> Scores:
        """Weighted sum of the surprises, 0 on days of few patients."""
        told = surprises(parameters["surprise"], chosen(values, self.columns))
        scores: Scores = told @ np.array([1.0, 1.0, 1.0, 0.5])
        return np.where(chosen(values, ("doctor_today",))[:, 0] >= _LEAST, scores, 0.0)
