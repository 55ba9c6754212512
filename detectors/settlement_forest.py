"""Single settlements that are easily set apart from all others."""

from typing import Final

import numpy as np
from sklearn.ensemble import IsolationForest

from detectors.detector import Matrix, Parameters, Scores, Subject, Values, chosen
from detectors.surprise import fit_surprises, surprises

_TREES: Final = 100
_SAMPLE: Final = 512
_MOST: Final = 50_000


class SettlementForest:
    """An isolation forest over the surprises of a settlement.

    What it does
    ------------
    Grows random trees over the columns, turned into surprises so that only the suspicious side of
    a column counts, and scores by how few cuts set a settlement apart.

    When it works
    -------------
    Settlements that are unusual in a combination no rule names: dear, at night, far away, with
    items never used before, all from the account.

    When it does not work
    ---------------------
    For fraud that looks like everybody's settlements, or is so frequent that it is no longer apart;
    and where most columns were not sent, which leaves little to cut.

    Parameters
    ----------
    `surprise`: the curve of each column; `forest`: the trees (100 of 512 settlements each).

    Example and paper
    -----------------
    >>> import numpy as np
    >>> from detectors.features.settlement import COLUMNS, PLAIN
    >>> rng = np.random.default_rng(7)
    >>> values = rng.normal(size=(2000, len(PLAIN))).astype(np.float32)
    >>> values[0, [COLUMNS["fee"], COLUMNS["fee_at_inst"], COLUMNS["speed"]]] = 9
    >>> none = np.zeros(2000, np.int64)
    >>> fitted = SettlementForest().fit(Matrix(values, none, none, none), seed=7)
    >>> int(np.argmax(SettlementForest().score(fitted, values)))
    0

    Liu, Ting and Zhou: Isolation Forest (ICDM 2008).
    """

    name: str = "settlement_forest"
    about: str = "settlement"
    subject: Subject = "settlement"
    surprising: bool = False
    columns: tuple[str, ...] = (
        "fee",
        "fee_over_own",
        "fee_own_score",
        "fee_at_inst",
        "fee_at_till",
        "fee_at_doctor",
        "spend_1d",
        "visits_1d",
        "same_fee_30d",
        "hour_from_own",
        "night",
        "speed",
        "from_home",
        "top_line",
        "unknown_codes",
        "supply",
        "quantity",
        "drained",
        "account_30d",
        "refund_share",
        "new_credential",
    )

    def fit(self, matrix: Matrix, seed: int) -> Parameters:
        """Curves of all rows, trees of at most 50,000 of them."""
        values = chosen(matrix.values, self.columns)
        curves = fit_surprises(values, [1] * len(self.columns))
        if len(values) > _MOST:
            drawn = np.random.default_rng(seed).choice(len(values), _MOST, replace=False)
            values = values[np.sort(drawn)]
        forest = IsolationForest(
            n_estimators=_TREES, max_samples=min(_SAMPLE, len(values)), random_state=seed
        )
        forest.fit(surprises(curves, values).astype(np.float32))
        return {"surprise": curves, "forest": forest}

    def score(self, parameters: Parameters, values: Values) -> Scores:
        """How easily each settlement is set apart, 0 to 1."""
        told = surprises(parameters["surprise"], chosen(values, self.columns))
        scores: Scores = -parameters["forest"].score_samples(told.astype(np.float32))
        return scores
