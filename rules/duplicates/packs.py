"""Packs by their trace codes: which codes on a fee line name one pack and no other."""

from collections.abc import Set
from typing import Final

from events.identifiers import TraceStrength, trace_strength
from rules.histories.facts import is_traceable
from rules.histories.records import Line

_BARCODES: Final = frozenset({8, 12, 13, 14})
"""Digits of product barcodes (GTIN)."""
_NONE: Final[Set[str]] = frozenset()


def packs(line: Line) -> Set[str]:
    """The whole packs a line sells, by trace code; none for goods from an opened pack."""
    if line.split or not line.traces:
        return _NONE
    return {trace for trace in line.traces if is_traceable(trace) and not is_barcode(trace)}


def is_weak(trace: str) -> bool:
    """Whether a code only may be a trace code, being none of the common system."""
    return trace_strength(trace) is not TraceStrength.STRONG


def is_barcode(trace: str) -> bool:
    """Whether a code is a product's barcode (GTIN), which every pack of the product has.

    By length and check digit; ISO/IEC 15420, GS1 General Specifications.
    """
    if len(trace) not in _BARCODES or not trace.isdecimal():
        return False
    digits = [int(sign) for sign in reversed(trace)]
    return (3 * sum(digits[1::2]) + sum(digits[::2])) % 10 == 0
