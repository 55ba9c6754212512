"""How a model in trial compares with the one in use, from what a ledger has of both."""

from collections.abc import Collection, Mapping, Sequence
from math import sqrt
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection

from alerts.ledger.trials import Found, found_by, pairs_of
from events.times import DAY, day_start


class Side(Struct, frozen=True):
    """One model's alerts. `precision` is the share confirmed of those with a verdict, None
    without any."""

    alerts: int
    alerts_a_day: float
    judged: int
    precision: float | None


class Agreement(Struct, frozen=True):
    """One detector in both models, over the same records.

    `overlap` is the share of all alerts that both raise, None without any; `correlation` is of the
    scores of all records (Pearson), None where one side does not vary.
    """

    detector: str
    days: int
    records: int
    active: Side
    trial: Side
    both: int
    overlap: float | None
    correlation: float | None


def compare(
    connection: Connection, active: str, trial: str, verdicts: Mapping[str, bool]
) -> list[Agreement]:
    """Both models by detector, over the days on which both judged; `verdicts` by event id."""
    by_detector: dict[str, list[Mapping[str, Any]]] = {}
    for pair in pairs_of(connection, active, trial):
        by_detector.setdefault(str(pair["detector"]), []).append(pair)
    if not by_detector:
        return []
    seen = [pair["day"] for pairs in by_detector.values() for pair in pairs]
    first, last = day_start(min(seen)), day_start(max(seen)) + DAY - 1
    mine = found_by(connection, active, first, last, trial=False)
    other = found_by(connection, trial, first, last, trial=True)
    return [
        _agreement(detector, pairs, _of(mine, detector), _of(other, detector), verdicts)
        for detector, pairs in by_detector.items()
    ]


def _of(found: Sequence[Found], detector: str) -> list[Found]:
    return [one for one in found if one.detector == detector]


def _agreement(
    detector: str,
    pairs: Sequence[Mapping[str, Any]],
    mine: Sequence[Found],
    other: Sequence[Found],
    verdicts: Mapping[str, bool],
) -> Agreement:
    days = len({pair["day"] for pair in pairs})
    left = {(one.subject, one.time) for one in mine}
    right = {(one.subject, one.time) for one in other}
    union = len(left | right)
    return Agreement(
        detector=detector,
        days=days,
        records=sum(pair["records"] for pair in pairs),
        active=_side(mine, days, verdicts),
        trial=_side(other, days, verdicts),
        both=len(left & right),
        overlap=len(left & right) / union if union else None,
        correlation=_correlation(pairs),
    )


def _side(found: Collection[Found], days: int, verdicts: Mapping[str, bool]) -> Side:
    known = [
        any(verdicts[event] for event in one.event_ids if event in verdicts)
        for one in found
        if any(event in verdicts for event in one.event_ids)
    ]
    precision = sum(known) / len(known) if known else None
    return Side(len(found), len(found) / max(1, days), len(known), precision)


def _correlation(pairs: Sequence[Mapping[str, Any]]) -> float | None:
    names = (
        "records",
        "sum_active",
        "sum_trial",
        "square_active",
        "square_trial",
        "product",
    )
    n, a, b, aa, bb, ab = (float(sum(pair[name] for pair in pairs)) for name in names)
    if n < 2:
        return None
    spread = sqrt(max(aa - a * a / n, 0.0) * max(bb - b * b / n, 0.0))
    return (ab - a * b / n) / spread if spread > 0 else None
