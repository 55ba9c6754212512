"""What verdicts say about a settlement's person, terminal, institution and physician.

Only verdicts known before the settlement count, by `known_at`. Keys are kept as keyed digests.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from math import log1p
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from detectors.features.feature import Feature
from events.times import DAY
from rules.histories.digests import digest
from rules.histories.records import Encounter

_SUBJECTS: Final = (
    ("person", "本人", "person"),
    ("till", "终端", "terminal"),
    ("inst", "机构", "institution"),
    ("doctor", "医师", "physician"),
)
_WEEK: Final = 7 * DAY
_MONTH: Final = 30 * DAY
_STREAK: Final = 45 * DAY
_NEVER: Final = 180.0
_WEIGHT: Final = 2.0
"""Verdicts that the overall rate counts for where a subject has few of its own."""


def _features(name: str, zh: str, en: str) -> tuple[Feature, ...]:
    return (
        Feature(f"{name}_rate_7d", f"{zh}近7天查实率", f"{en}'s confirmed rate, 7 days", "share"),
        Feature(
            f"{name}_rate_30d", f"{zh}近30天查实率", f"{en}'s confirmed rate, 30 days", "share"
        ),
        Feature(f"{name}_confirmed", f"{zh}近30天查实数", f"{en}'s confirmed, 30 days", "ln_count"),
        Feature(f"{name}_known", f"{zh}近30天已核数", f"{en}'s verdicts, 30 days", "ln_count"),
        Feature(f"{name}_since_last", f"{zh}距最近查实", f"since {en}'s last confirmed", "ln_days"),
        Feature(f"{name}_since_first", f"{zh}距首次查实", f"since {en}'s first of 45 d", "ln_days"),
        Feature(f"{name}_cleared", f"{zh}此后排除数", f"{en}'s dismissed since", "ln_count"),
    )


FEATURES: Final = tuple(feature for subject in _SUBJECTS for feature in _features(*subject))


class Verdict(Struct, frozen=True, gc=False, array_like=True):
    """One verdict: whose it is (keyed digests), when it happened, when it was known."""

    keys: tuple[str, ...]
    """Person, terminal, institution, physician; empty where there was none."""
    time: int
    known_at: int
    confirmed: bool


def keys_of(one: Encounter) -> tuple[str, str, str, str]:
    """The keys under which a settlement's verdict counts, in the order of the subjects."""
    return (
        digest(one.psn_no),
        digest(f"{one.inst}|{one.till}") if one.till else "",
        digest(one.inst) if one.inst else "",
        digest(one.doctor) if one.doctor else "",
    )


class _Subject:
    """The verdicts of one subject in the order in which they became known."""

    __slots__ = ("_confirmed", "_first", "_known", "_last", "_positions")

    def __init__(self, found: list[tuple[int, int, bool]]) -> None:
        found.sort()
        self._known = [known for known, _, _ in found]
        self._confirmed = [0, *accumulate(int(confirmed) for _, _, confirmed in found)]
        times = [time if confirmed else 0 for _, time, confirmed in found]
        self._last = [0, *accumulate(times, max)]
        positions = [at + 1 if confirmed else 0 for at, (_, _, confirmed) in enumerate(found)]
        self._positions = [0, *accumulate(positions, max)]
        first: list[int] = [0] * (len(found) + 1)
        for at in range(len(found) - 1, -1, -1):
            first[at] = times[at] or first[at + 1]
        self._first = first

    def values(self, now: int, cutoff: int, prior: float) -> list[float]:
        """Values of one subject's features at a moment, from verdicts known before `cutoff`."""
        known, confirmed = self._known, self._confirmed
        here = bisect_left(known, cutoff)
        if not here:
            return [prior, prior, 0.0, 0.0, log1p(_NEVER), log1p(_NEVER), 0.0]
        week = bisect_left(known, now - _WEEK, 0, here)
        month = bisect_left(known, now - _MONTH, 0, here)
        last = self._last[here]
        since_last = min((now - last) / DAY, _NEVER) if last else _NEVER
        start = bisect_left(known, now - _STREAK, 0, here)
        first = self._first[start] if confirmed[here] > confirmed[start] else 0
        return [
            (confirmed[here] - confirmed[week] + prior * _WEIGHT) / (here - week + _WEIGHT),
            (confirmed[here] - confirmed[month] + prior * _WEIGHT) / (here - month + _WEIGHT),
            log1p(confirmed[here] - confirmed[month]),
            log1p(here - month),
            log1p(since_last),
            log1p(min((now - first) / DAY, _NEVER)) if first else log1p(_NEVER),
            log1p(here - self._positions[here]) if last else 0.0,
        ]


class VerdictBook:
    """All verdicts, by subject. Immutable; an empty one knows nothing."""

    def __init__(self, verdicts: Iterable[Verdict] = (), prior: float = 0.01) -> None:
        self.verdicts: Sequence[Verdict] = tuple(verdicts)
        self.prior = prior
        """Overall confirmed rate, towards which small numbers are drawn."""
        found: dict[str, list[tuple[int, int, bool]]] = {}
        for one in self.verdicts:
            for key in one.keys:
                if key:
                    found.setdefault(key, []).append((one.known_at, one.time, one.confirmed))
        self._subjects: Mapping[str, _Subject] = {
            key: _Subject(known) for key, known in found.items()
        }

    def part(self, one: Encounter, stale: int = 0) -> list[float]:
        """Values of `FEATURES` for a settlement; of verdicts `stale` seconds old or older."""
        return self.at(keys_of(one) if self._subjects else _NO_KEYS, one.time, stale)

    def at(self, keys: Sequence[str], now: int, stale: int = 0) -> list[float]:
        """The same from keys and the event time."""
        values: list[float] = []
        for key in keys:
            subject = self._subjects.get(key, _EMPTY) if key else _EMPTY
            values += subject.values(now, now - stale, self.prior)
        return values

    def arrays(self) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """The verdicts as arrays for the model store: keys, and time, known at, confirmed."""
        keys = [[int(key, 16) if key else 0 for key in one.keys] for one in self.verdicts]
        rows = [(one.time, one.known_at, int(one.confirmed)) for one in self.verdicts]
        return (
            np.array(keys, np.uint64).reshape(len(keys), len(_SUBJECTS)),
            np.array(rows, np.int64).reshape(len(rows), 3),
        )


_EMPTY: Final = _Subject([])
_NO_KEYS: Final = ("",) * len(_SUBJECTS)


def book_of(
    keys: NDArray[np.uint64], rows: NDArray[np.int64], prior: float, more: Iterable[Verdict] = ()
) -> VerdictBook:
    """The book that `VerdictBook.arrays` told of, with later verdicts added."""
    verdicts = [
        Verdict(tuple(f"{key:016x}" if key else "" for key in row), time, known, bool(confirmed))
        for row, (time, known, confirmed) in zip(keys.tolist(), rows.tolist(), strict=True)
    ]
    return VerdictBook((*verdicts, *more), prior)
