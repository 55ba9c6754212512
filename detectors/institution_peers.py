"""An institution against institutions of its kind, level and area."""

from typing import Final

import numpy as np

from detectors.detector import Matrix, Parameters, Scores, Subject, Values, chosen, last_of_each
from detectors.peer_groups import deviations, fit_groups, upward

_LEAST_PACE: Final = 0.5
"""ln(1 + settlements a day) below which an institution tells too little."""


class InstitutionPeers:
    """How far an institution's last four weeks lie above those of its peers.

    What it does
    ------------
    Compares mean fee, spread, shares of fund, account and night, refund rate and lines with the
    median of institutions of the same kind, level and area, in robust deviations (median absolute
    deviation), and adds up what lies above.

    When it works
    -------------
    Peer groups with a dozen institutions or more, and institutions with some settlements every day.

    When it does not work
    ---------------------
    For specialised hospitals that have no peers; where a whole group overcharges, since the group
    is the measure; for institutions with hardly a settlement a day, which score 0. Small groups
    are drawn towards larger ones (weight of eight members), so an area's custom counts for little
    there.

    Parameters
    ----------
    `groups`, `middles`, `scatters`: number, median and scatter of each group.

    Example and paper
    -----------------
    >>> import numpy as np
    >>> from detectors.features.settlement import COLUMNS, PLAIN
    >>> rng = np.random.default_rng(7)
    >>> values = rng.normal(1, 0.1, size=(400, len(PLAIN))).astype(np.float32)
    >>> values[:, [COLUMNS["kind"], COLUMNS["level"], COLUMNS["area"]]] = 1
    >>> values[0, COLUMNS["inst_fee"]] = 4
    >>> rows, none = np.arange(400), np.zeros(400, np.int64)
    >>> fitted = InstitutionPeers().fit(Matrix(values, rows, none, none), seed=7)
    >>> int(np.argmax(InstitutionPeers().score(fitted, values)))
    0

    Rousseeuw and Croux: Alternatives to the Median Absolute Deviation (JASA 1993); peer groups
    after Bolton and Hand: Unsupervised Profiling Methods for Fraud Detection (2001).
    """

    name: str = "institution_peers"
    about: str = "institution"
    subject: Subject = "institution"
    surprising: bool = False
    columns: tuple[str, ...] = (
        "inst_fee",
        "inst_spread",
        "inst_fund_share",
        "inst_account_share",
        "inst_night",
        "inst_refunds",
        "inst_lines",
        "inst_growth",
        "inst_pace",
        "kind",
        "level",
        "area",
    )
    measured: tuple[str, ...] = columns[:-4]

    def fit(self, matrix: Matrix, seed: int) -> Parameters:
        """Groups from one row an institution and day."""
        del seed
        values = matrix.values[last_of_each(matrix.institutions, matrix.days)]
        busy = chosen(values, ("inst_pace",))[:, 0] >= _LEAST_PACE
        return fit_groups(values[busy] if busy.any() else values, self.measured)

    def score(self, parameters: Parameters, values: Values) -> Scores:
        """Robust deviations above the peers, summed in squares."""
        told = upward(deviations(parameters, values, self.measured))
        return np.where(chosen(values, ("inst_pace",))[:, 0] >= _LEAST_PACE, told, 0.0)
