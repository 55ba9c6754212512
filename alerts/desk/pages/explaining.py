"""The explanation of a model's alert: how suspect, against what limit, and what spoke for it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from msgspec import Struct

from alerts.alert import Alert
from alerts.desk.pages.wording import Words


class Feature(Struct, frozen=True):
    """One measure: its value here, usual of the subject itself, and usual of its peers.

    What the model does not tell is an empty text; `share` is the value's place between nothing and
    the greatest of the three, 0 to 1, for a bar, None where there is no comparison.
    """

    name: str
    value: str
    past: str
    peers: str
    share: float | None
    past_share: float | None
    peers_share: float | None


class Explanation(Struct, frozen=True):
    """A model's score and threshold (0 to 1), how rare it is, the reasons in words, measures."""

    model: str
    score: str
    threshold: str
    one_in: str
    reasons: tuple[str, ...]
    features: tuple[Feature, ...]


def explanation_of(alert: Alert, words: Words) -> Explanation | None:
    """What the model said, in the reader's language; None for an alert of a rule."""
    evidence = alert.evidence
    if alert.family != "anomaly" or "score" not in evidence:
        return None
    why = str(evidence.get(f"why_{words.language}", ""))
    reasons = [part.strip() for part in why.replace("；", ";").split(";") if part.strip()]
    measures = _measures(evidence.get("features", {}))
    # The words of a reason begin with the name of its measure, in the same order.
    names = [reason.replace("：", ":").partition(":")[0] for reason in reasons]
    names += [name for name, _ in measures[len(names) :]]
    return Explanation(
        model=str(evidence.get("model", "")),
        score=str(evidence["score"]),
        threshold=str(evidence.get("threshold", "")),
        one_in=str(evidence.get("one_in", "")),
        reasons=tuple(reasons),
        features=tuple(
            _feature(name, told) for name, (_, told) in zip(names, measures, strict=False)
        ),
    )


def _measures(told: Any) -> list[tuple[str, Mapping[str, Any]]]:
    """The measures by name, what weighs most first.

    A measure stands there as a number, with its peers' and its own past under the same name and
    an ending.
    """
    if not isinstance(told, Mapping):
        return []
    found = [
        (
            str(name),
            {
                "value": value,
                "past": told.get(f"{name}_past"),
                "peers": told.get(f"{name}_peers"),
                "weight": told.get(f"{name}_weight", 0),
            },
        )
        for name, value in told.items()
        if not str(name).endswith(("_past", "_peers", "_weight"))
    ]
    return sorted(found, key=lambda one: -(_number(one[1]["weight"]) or 0.0))


def _feature(name: str, told: Mapping[str, Any]) -> Feature:
    value, past, peers = (told.get(key) for key in ("value", "past", "peers"))
    numbers = [_number(part) for part in (value, past, peers)]
    known = [abs(number) for number in numbers if number is not None]
    top = max(known, default=0.0)

    def share(number: float | None) -> float | None:
        return None if number is None or not top or len(known) < 2 else abs(number) / top

    return Feature(name, _text(value), _text(past), _text(peers), *map(share, numbers))


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return None
    return float(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value) if _number(value) is None else f"{value:,}"
