"""A physician against physicians at institutions of the same kind, level and area."""

import numpy as np

from detectors.detector import Matrix, Parameters, Scores, Subject, Values, chosen, last_of_each
from detectors.peer_groups import deviations, fit_groups, upward


class PhysicianPeers:
    """How far a physician's last four weeks lie above those of other physicians.

    What it does
    ------------
    Compares patients a working day, fullest day, days worked, mean fee and share at night with
    the peers' medians in robust deviations, and adds up what lies above.

    When it works
    -------------
    Where fee lines name the physician and the peers are some dozens.

    When it does not work
    ---------------------
    Where one code stands for a department, which then looks like a very busy physician; for
    specialists whose patients are dearer than the peers'. A physician without past scores 0.

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
    >>> values[0, COLUMNS["doctor_pace"]] = 4
    >>> rows, none = np.arange(400), np.zeros(400, np.int64)
    >>> fitted = PhysicianPeers().fit(Matrix(values, none, rows, none), seed=7)
    >>> int(np.argmax(PhysicianPeers().score(fitted, values)))
    0

    Shan, Murray and Sutinen: Discovering Inappropriate Billings with Local Density Based Outlier
    Detection Method (AusDM 2009), on physicians against their peers.
    """

    name: str = "physician_peers"
    about: str = "physician"
    subject: Subject = "physician"
    surprising: bool = False
    columns: tuple[str, ...] = (
        "doctor_pace",
        "doctor_highest",
        "doctor_fee",
        "doctor_night",
        "fee_at_doctor",
        "doctor_days",
        "kind",
        "level",
        "area",
    )
    measured: tuple[str, ...] = columns[:4]

    def fit(self, matrix: Matrix, seed: int) -> Parameters:
        """Groups from one row a physician and day."""
        del seed
        values = matrix.values[last_of_each(matrix.physicians, matrix.days)]
        known = chosen(values, ("doctor_days",))[:, 0] > 0
        return fit_groups(values[known] if known.any() else matrix.values[:1], self.measured)

    def score(self, parameters: Parameters, values: Values) -> Scores:
        """Robust deviations above the peers, summed in squares."""
        told = upward(deviations(parameters, values, self.measured))
        return np.where(chosen(values, ("doctor_days",))[:, 0] >= 3, told, 0.0)
