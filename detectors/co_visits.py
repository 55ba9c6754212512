"""Groups of people who appear together at a terminal again and again."""

import numpy as np

from detectors.detector import Matrix, Parameters, Scores, Subject, Values, chosen


class CoVisits:
    """How surprising the company is in which a person is settled.

    What it does
    ------------
    For everybody settled at the same terminal in the half hour before, counts the earlier days on
    which both were there together, and how surprising that is given how often each comes; adds up
    the surprises of all companions met on two days or more.

    When it works
    -------------
    Rings of cards in one hand: swiped one after another at the same terminal, day after day.

    When it does not work
    ---------------------
    For families and home-care groups, who come together for good reason (look at who they are);
    for a ring that changes institutions every time; on the first two days; and where the terminal
    is not named and a big hospital stands for it.

    Parameters
    ----------
    None: a surprise is a probability already.

    Example and paper
    -----------------
    >>> import numpy as np
    >>> from detectors.features.settlement import COLUMNS, PLAIN
    >>> values = np.zeros((3, len(PLAIN)), np.float32)
    >>> values[1, [COLUMNS["companion_surprise"], COLUMNS["companion_days"]]] = 30, 5
    >>> none = np.zeros(3, np.int64)
    >>> fitted = CoVisits().fit(Matrix(values, none, none, none), seed=7)
    >>> CoVisits().score(fitted, values).tolist()
    [0.0, 30.0, 0.0]

    Co-occurrence against chance after Yu et al.: GLAD: Group Anomaly Detection in Social Media
    (KDD 2014), with the Chernoff bound in place of its mixture.
    """

    name: str = "co_visits"
    about: str = "co_visit"
    subject: Subject = "person"
    surprising: bool = False
    columns: tuple[str, ...] = ("companion_surprise", "companion_days", "companions")

    def fit(self, matrix: Matrix, seed: int) -> Parameters:
        """Nothing to fit."""
        del matrix, seed
        return {}

    def score(self, parameters: Parameters, values: Values) -> Scores:
        """The summed surprise of all companions, where one was met on two days or more."""
        del parameters
        surprise, days, _ = chosen(values, self.columns).T
        return np.where(days >= 2, surprise.astype(np.float64), 0.0)
