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
    reasons = [part.strip() for part in why.replace("；", ";").split(";")]
    measures = evidence.get("features", {})
    return Explanation(
        model=str(evidence.get("model", "")),
        score=str(evidence["score"]),
        threshold=str(evidence.get("threshold", "")),
        one_in=str(evidence.get("one_in", "")),
        reasons=tuple(reason for reason in reasons if reason),
        features=tuple(
            _feature(words.of("feature", name), value) for name, value in _pairs(measures)
        ),
    )


def _pairs(measures: Any) -> list[tuple[str, Any]]:
    if isinstance(measures, Mapping):
        return list(measures.items())
    if isinstance(measures, (list, tuple)):
        return [(str(item.get("name", "")), item) for item in measures if isinstance(item, Mapping)]
    return []


def _feature(name: str, told: Any) -> Feature:
    if not isinstance(told, Mapping):
        return Feature(name, _text(told), "", "", None, None, None)
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
