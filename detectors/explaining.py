"""Why a settlement scores high: which features drove it, in words of both languages and numbers.

Each feature a detector looks at is put back to the median of the peers, alone, and the score is
taken again: what falls most drove it most. That is a few dozen rows, for alerts only.
"""

from collections.abc import Mapping, Sequence
from math import exp, expm1
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from detectors.detector import Detector
from detectors.features.feature import Feature, Unit
from detectors.features.settlement import COLUMNS, PLAIN
from detectors.model import Model
from detectors.peer_groups import GROUPING, rows_of_groups
from detectors.registry import all_detectors

MOST: Final = 5
_LEAST: Final = 0.02
"""Of the score, below which a feature is not worth a word."""


class Reason(Struct, frozen=True):
    """One feature that drove a score.

    `value` and `peers` (the median of the peer group) are in plain units: yuan, times, hours,
    kilometres, shares. `weight` is the part of the score that goes without it, 0 to 1.
    """

    feature: str
    value: float
    peers: float
    weight: float
    zh: str
    en: str


def explain(model: Model, about: str, row: NDArray[np.float32]) -> list[Reason]:
    """What drove a kind of alert (`Detector.about`) on a row in `PLAIN` order, strongest first."""
    plain = row[: len(PLAIN)].astype(np.float32)
    told = model.surprises(plain.reshape(1, -1))
    candidates = [one for one in all_detectors() if one.about == about]
    driving = max(candidates, key=lambda one: float(told[one.name][0]))
    group = int(rows_of_groups(model.peers, plain.reshape(1, -1))[0])
    medians = model.peers["middles"][group]
    weights = _weights(model, driving, plain, medians)
    order = sorted(weights, key=lambda name: -weights[name])
    return [
        _reason(PLAIN[COLUMNS[name]], float(plain[COLUMNS[name]]), medians, weights[name])
        for name in order[:MOST]
        if weights[name] >= _LEAST or name == order[0]
    ]


def _weights(
    model: Model, one: Detector, plain: NDArray[np.float32], medians: NDArray[np.float64]
) -> dict[str, float]:
    names = [name for name in one.columns if name not in GROUPING]
    rows = np.repeat(plain.reshape(1, -1), len(names) + 1, axis=0)
    for at, name in enumerate(names):
        rows[at, COLUMNS[name]] = medians[COLUMNS[name]]
    scores = one.score(model.parameters[one.name], rows)
    whole = max(abs(float(scores[-1])), 1e-9)
    return {name: max(0.0, float(scores[-1] - scores[at])) / whole for at, name in enumerate(names)}


def _reason(feature: Feature, value: float, medians: NDArray[np.float64], weight: float) -> Reason:
    peers = float(medians[COLUMNS[feature.name]])
    zh, en = _WORDS[feature.unit]
    here, there = plain_number(feature.unit, value), plain_number(feature.unit, peers)
    return Reason(
        feature.name,
        here,
        there,
        min(1.0, weight),
        f"{feature.zh}：{_said(zh, here)}（同组中位数 {_said(zh, there)}）",
        f"{feature.en}: {_said(en, here)} (peers' median {_said(en, there)})",
    )


def plain_number(unit: Unit, value: float) -> float:
    """A feature's value in plain units, where the feature is a logarithm."""
    if unit == "ln_ratio":
        return exp(min(value, 50.0))
    return expm1(min(value, 50.0)) if unit.startswith("ln_") else value


def _said(form: str, value: float) -> str:
    if form == "flag_zh":
        return "是" if value >= 0.5 else "否"
    if form == "flag_en":
        return "yes" if value >= 0.5 else "no"
    return form.format(value)


_WORDS: Final[Mapping[Unit, tuple[str, str]]] = {
    "ln_yuan": ("{:,.2f} 元", "{:,.2f} yuan"),
    "ln_ratio": ("{:.2f} 倍", "{:.2f} times"),
    "ln_count": ("{:,.1f}", "{:,.1f}"),
    "ln_hours": ("{:,.1f} 小时", "{:,.1f} hours"),
    "ln_km": ("{:,.1f} 公里", "{:,.1f} km"),
    "ln_days": ("{:,.1f} 天", "{:,.1f} days"),
    "share": ("{:.1%}", "{:.1%}"),
    "flag": ("flag_zh", "flag_en"),
    "count": ("{:,.0f} 次", "{:,.0f}"),
    "deviations": ("{:.1f} 个标准差", "{:.1f} standard deviations"),
    "hours": ("{:.1f} 时", "{:.1f} h"),
    "days": ("{:.0f} 天", "{:.0f} days"),
    "years": ("{:.0f} 岁", "{:.0f} years"),
    "surprise": ("{:.1f}（约 e 的负次方）", "{:.1f} (-ln of the chance)"),
    "code": ("{:.0f}", "{:.0f}"),
}


def numbers(reasons: Sequence[Reason]) -> dict[str, float]:
    """The numbers of reasons: each feature, the peers' median and the part of the score."""
    told: dict[str, float] = {}
    for reason in reasons:
        told[reason.feature] = round(reason.value, 4)
        told[f"{reason.feature}_peers"] = round(reason.peers, 4)
        told[f"{reason.feature}_weight"] = round(reason.weight, 4)
    return told
