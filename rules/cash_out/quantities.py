"""Quantities of goods, as stock and settlements tell them: in thousandths of a unit."""

from typing import Final

UNIT: Final = 1000
"""One unit."""


def units(thousandths: int) -> str:
    """A quantity as people write it."""
    whole, rest = divmod(thousandths, UNIT)
    return f"{whole}.{rest:03d}".rstrip("0") if rest else str(whole)
