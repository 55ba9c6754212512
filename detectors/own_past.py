"""A person against the own past."""

from typing import Any, Final

import numpy as np

from detectors.detector import Matrix, Parameters, Scores, Subject, Values, chosen
from detectors.surprise import fit_surprises, surprises

_NEXT: Final = 0.4
"""Weight of the second strongest deviation, of its square the third, and so on."""


class OwnPast:
    """How far a settlement, and the person's last few, lie from what this person did before.

    What it does
    ------------
    Turns every deviation from the own past into a surprise (see `detectors.surprise`) and adds the
    strongest, `_NEXT` times the second, its square times the third, and so on: one strong
    deviation is enough, several weaker ones together are too.

    When it works
    -------------
    People with ten or more earlier settlements whose habits change overnight: amounts, frequency,
    hours, institutions, what is bought, who pays.

    When it does not work
    ---------------------
    For people hardly known, whose deviations are drawn towards nothing; for a fraud that has gone
    on as long as the history reaches, because it is the habit; and for real change: a new disease,
    a move, pregnancy.

    Parameters
    ----------
    `surprise`: the curve of each column.

    Example and paper
    -----------------
    >>> import numpy as np
    >>> from detectors.features.settlement import COLUMNS, PLAIN
    >>> rng = np.random.default_rng(7)
    >>> values = rng.normal(size=(2000, len(PLAIN))).astype(np.float32)
    >>> values[0, COLUMNS["fee_over_own"]] = 12
    >>> none = np.zeros(2000, np.int64)
    >>> fitted = OwnPast().fit(Matrix(values, none, none, none), seed=7)
    >>> int(np.argmax(OwnPast().score(fitted, values)))
    0

    Fawcett and Provost: Activity Monitoring (KDD 1999), on a profile of each account.
    """

    name: str = "own_past"
    about: str = "person"
    subject: Subject = "person"
    surprising: bool = False
    columns: tuple[str, ...] = (
        "fee_over_own",
        "fee_own_score",
        "fee_over_highest",
        "fee_shift",
        "mean_1d",
        "pace",
        "visits_1d",
        "hour_from_own",
        "hour_shift",
        "places_shift",
        "from_home",
        "speed",
        "account_shift",
        "refunds_90d",
        "new_card",
        "new_credential",
    )

    def fit(self, matrix: Matrix, seed: int) -> Parameters:
        """The curves of the columns."""
        del seed
        values = chosen(matrix.values, self.columns)
        return {"surprise": fit_surprises(values, [1] * len(self.columns))}

    def score(self, parameters: Parameters, values: Values) -> Scores:
        """Weighted sum of the surprises, the strongest first."""
        return strongest(surprises(parameters["surprise"], chosen(values, self.columns)))


def strongest(told: Any) -> Scores:
    """The largest of each row, and with falling weights the next three."""
    largest = -np.partition(-told, 3, axis=1)[:, :4]
    largest = -np.sort(-largest, axis=1)
    total: Scores = largest @ (_NEXT ** np.arange(4.0))
    return total
