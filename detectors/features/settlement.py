"""A settlement's whole row: the person's part, the place's part and the verdicts' part."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.features import company, person, place, verdicts
from detectors.features.feature import Feature
from detectors.features.verdicts import VerdictBook
from rules.histories.keyed import Place
from rules.histories.records import Encounter

PLACE_FEATURES: Final = (*place.FEATURES, *company.FEATURES)
PLAIN: Final[tuple[Feature, ...]] = (*person.FEATURES, *PLACE_FEATURES)
"""What needs no verdicts: detectors see only these."""
FEATURES: Final[tuple[Feature, ...]] = (*PLAIN, *verdicts.FEATURES)
NAMES: Final = tuple(feature.name for feature in FEATURES)
COLUMNS: Final = {name: at for at, name in enumerate(NAMES)}
"""Column of every feature by name."""


def place_part(history: Place, one: Encounter) -> list[float]:
    """Values of `PLACE_FEATURES` from what the institution's history holds before."""
    return [*place.place_part(history, one), *company.company(history, one)]


def whole_row(history: Place, one: Encounter, book: VerdictBook) -> NDArray[np.float32]:
    """Values of `FEATURES` for a settlement at its institution; its person's part came with it."""
    parts = (person.unpacked(one.part), place_part(history, one), book.part(one))
    return np.concatenate([np.asarray(part, person.NUMBERS) for part in parts])
