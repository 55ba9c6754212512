"""Makes what the stream asks (`streams.anomaly.judges`) of a model that was loaded."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from detectors.features import settlement
from detectors.store.folder import Model, load
from detectors.store.manifest import ModelError
from rules.context import Context
from streams.anomaly.judges import Suite

MAKERS: Final[Mapping[str, Callable[[Model, Context], Suite]]] = {}
"""Who makes a suite of a model, by the part that only this sort of model has."""


def known_features() -> dict[str, int]:
    """The features of this fundwatch with their versions."""
    return {feature.name: 1 for feature in settlement.FEATURES}


def load_suite(folder: Path, context: Context) -> Suite:
    """The detectors of the model in a folder. Raises ModelError."""
    model = load(folder, known_features())
    for part, make in MAKERS.items():
        if part in model.parts:
            return make(model, context)
    found = ", ".join(sorted(model.parts)) or "nothing"
    raise ModelError(
        f"{folder}: found {found}, and no detectors that judge in the stream: train it with"
        " `fundwatch train`"
    )
