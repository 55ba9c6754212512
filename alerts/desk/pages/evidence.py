"""The evidence of an alert as labels with texts, in the reader's language."""

from collections.abc import Iterator
from typing import Final

from alerts.alert import Alert
from alerts.desk.pages.rendering import plain
from alerts.desk.pages.wording import LANGUAGES, Words

_ELSEWHERE: Final = frozenset(
    {"score", "threshold", "one_in", "why", "features", "model", "detector"}
)
"""What the model's part of the page tells."""


def evidence_of(alert: Alert, words: Words) -> list[tuple[str, str]]:
    """Everything the rule kept as evidence; of what it told in two languages, the reader's."""
    return list(_told(alert, words))


def _told(alert: Alert, words: Words) -> Iterator[tuple[str, str]]:
    evidence = alert.evidence
    mine = f"_{words.language}"
    endings = tuple(f"_{language}" for language in LANGUAGES)
    for name, value in evidence.items():
        spoken = name.endswith(endings)
        stem = name[: -len(mine)] if spoken else name
        if spoken and not name.endswith(mine) and f"{stem}{mine}" in evidence:
            continue
        if spoken and not name.endswith(mine) and stem in evidence:
            continue
        if not spoken and f"{name}{mine}" in evidence:
            continue
        if alert.family == "anomaly" and stem in _ELSEWHERE:
            continue
        label = words.of("evidence", stem)
        yield (label if label != stem else stem.replace("_", " ")), plain(value)
