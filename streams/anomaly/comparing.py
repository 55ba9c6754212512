"""What a model in trial says beside the one in use: sums from which their agreement is reckoned."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Key = tuple[str, str, str]
"""Model in use, model in trial, detector."""


class Pair(NamedTuple):
    """Scores of both models on the same records of one day, as sums. `day` is a day number."""

    active: str
    trial: str
    detector: str
    day: int
    records: int
    sum_active: float
    sum_trial: float
    square_active: float
    square_trial: float
    product: float


class Pairs:
    """Adds up pairs until they are taken to the ledger."""

    def __init__(self) -> None:
        self._sums: dict[tuple[Key, int], NDArray[np.float64]] = {}

    def add(
        self,
        key: Key,
        days: Sequence[int],
        active: NDArray[np.float64],
        trial: NDArray[np.float64],
    ) -> None:
        """Count scores of the same records, whose days are given."""
        numbers = np.asarray(days)
        for day in np.unique(numbers):
            here = numbers == day
            a, b = active[here], trial[here]
            sums = np.array([len(a), a.sum(), b.sum(), a @ a, b @ b, a @ b])
            known = self._sums.get((key, int(day)))
            self._sums[key, int(day)] = sums if known is None else known + sums

    def take(self) -> list[Pair]:
        """Everything since the last time."""
        sums, self._sums = self._sums, {}
        return [
            Pair(*key, day, int(values[0]), *(float(value) for value in values[1:]))
            for (key, day), values in sums.items()
        ]
