"""What a detector is: it fits parameters to a matrix and scores a matrix; it decides nothing.

A matrix holds one row a settlement in the columns of `features.settlement.PLAIN`. Parameters are a
plain dictionary of arrays, numbers and scikit-learn estimators, as the model store keeps them.
"""

from collections.abc import Mapping
from typing import Any, Literal, Protocol

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from detectors.features.settlement import COLUMNS

Values = NDArray[np.float32]
Scores = NDArray[np.float64]
Parameters = Mapping[str, Any]
Subject = Literal["settlement", "person", "institution", "physician"]


class Matrix(Struct):
    """Rows to fit on, with what tells their subjects and days apart."""

    values: Values
    """One row a settlement, columns as in `PLAIN`."""
    institutions: NDArray[np.int64]
    """Any number that is the same for the same institution, a row each."""
    physicians: NDArray[np.int64]
    """The same for the physician at the institution; -1 where none was named."""
    days: NDArray[np.int64]
    """Day number of each row."""

    def __len__(self) -> int:
        return len(self.values)


class Detector(Protocol):
    """A way of finding what is unusual. Scores are comparable within one detector only."""

    @property
    def name(self) -> str:
        """Snake case, unique; the alert's rule is `anomaly.` and `about`."""
        ...

    @property
    def about(self) -> str:
        """Last part of the rule id of its alerts."""
        ...

    @property
    def subject(self) -> Subject:
        """Whom its alerts are about."""
        ...

    @property
    def columns(self) -> tuple[str, ...]:
        """The features it looks at."""
        ...

    @property
    def surprising(self) -> bool:
        """Whether its scores are surprises (-ln of a chance) already."""
        ...

    def fit(self, matrix: Matrix, seed: int) -> Parameters:
        """Parameters from at least one row."""
        ...

    def score(self, parameters: Parameters, values: Values) -> Scores:
        """One score a row, higher is more unusual."""
        ...


def chosen(values: Values, columns: tuple[str, ...]) -> Values:
    """The named columns of a matrix in `PLAIN` order."""
    return values[:, [COLUMNS[name] for name in columns]]


def last_of_each(subjects: NDArray[np.int64], days: NDArray[np.int64]) -> NDArray[np.int64]:
    """Row numbers of each subject's last row of each day, subjects below 0 left out."""
    order = np.lexsort((np.arange(len(days)), days, subjects))
    order = order[subjects[order] >= 0]
    if not len(order):
        return order
    ends = (np.diff(subjects[order]) != 0) | (np.diff(days[order]) != 0)
    rows: NDArray[np.int64] = order[np.append(ends, True)]
    return rows
