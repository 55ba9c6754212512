"""Thresholds of the indicators, and the level that a value has."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final, Literal

from msgspec import Struct

from rules.strict_yaml import DataFileError, read_mapping

Level = Literal["green", "amber", "red"]
LEVELS: Final[tuple[Level, ...]] = ("green", "amber", "red")
_FILE: Final = Path(__file__).parent / "thresholds.yaml"


class Threshold(Struct, frozen=True):
    """From which value an indicator is amber or red; `low` where small values are the bad ones."""

    amber: Decimal
    red: Decimal
    source: str
    low: bool = False

    def level(self, value: Decimal) -> Level:
        """The level of a value."""
        if self.low:
            return "red" if value <= self.red else "amber" if value <= self.amber else "green"
        return "red" if value >= self.red else "amber" if value >= self.amber else "green"


def read_thresholds(path: Path) -> Mapping[str, Threshold]:
    """Thresholds by indicator. Raises DataFileError naming what is wrong."""
    found: dict[str, Threshold] = {}
    for name, raw in read_mapping(path).items():
        if not isinstance(raw, Mapping) or raw.keys() - {"low"} != {"amber", "red", "source"}:
            raise DataFileError(f"{path}: {name}: expected the keys amber, red, source (and low)")
        amber, red, low = raw["amber"], raw["red"], raw.get("low", False)
        if not isinstance(amber, (Decimal, int)) or not isinstance(red, (Decimal, int)):
            raise DataFileError(f"{path}: {name}: found {amber!r} and {red!r}, expected numbers")
        if not isinstance(low, bool):
            raise DataFileError(f"{path}: {name}: low: found {low!r}, expected true or false")
        found[name] = Threshold(Decimal(amber), Decimal(red), str(raw["source"]), low)
    return found


@cache
def load_thresholds() -> Mapping[str, Threshold]:
    """The thresholds that come with fundwatch, read once."""
    return read_thresholds(_FILE)
