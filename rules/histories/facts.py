"""Facts: records on their way to a history, and how the keys of histories are made."""

from functools import lru_cache
from typing import Final
from unicodedata import normalize

from msgspec import Struct

from events.identifiers import (
    TraceStrength,
    area_of_institution,
    is_placeholder_receipt,
    trace_strength,
)
from events.times import day_of, month_of, quarter_of
from rules.histories.records import AnyRecord

_DIGITS: Final = 10
"""Digits of a medical receipt's number; shorter ones are told with or without leading zeros."""
CITY_SIGNS: Final = 5
"""Signs of an institution's code, or a physician's, that tell its sort and its pooling city."""
PRESCRIPTION_SIGNS: Final = 8
"""Signs of a number from which on it can be one prescription's."""
PLATFORM_SIGNS: Final = 16
"""Signs from which on it is a platform's: those have some thirty, hospitals' own about ten."""


class Fact(Struct, frozen=True, gc=False, array_like=True):
    """A record on its way to the history of one kind and key."""

    kind: str
    key: str
    record: AnyRecord


def day_key(place: str, time: int) -> str:
    """Key of a place (institution, or institution and device) on a calendar day."""
    return f"{place}|{day_of(time)}"


def month_key(inst: str, time: int) -> str:
    """Key of an institution in a calendar month."""
    return f"{inst}|{month_of(time)}"


@lru_cache(65536)
def city_of(inst: str) -> str:
    """Sort and pooling city of an institution as its code tells them (`P6401`); else empty."""
    return inst[:CITY_SIGNS] if area_of_institution(inst) else ""


def quarter_key(city: str, time: int) -> str:
    """Key of an institution's neighbours (`city_of`) in a calendar quarter."""
    return f"{city}|{quarter_of(day_of(time))}"


def receipt(series: str, number: str) -> str:
    """A receipt as `series:number`; empty when there is none or only a placeholder.

    However it was typed, one receipt is told alike: spaces, punctuation, full-width signs, small
    letters and leading zeros of the number make no other one.
    """
    if not number:
        return ""
    series, number = _typed(series), _typed(number)
    if is_placeholder_receipt(series, number):
        return ""
    if len(number) != _DIGITS:
        number = number.lstrip("0").zfill(_DIGITS)
    return f"{series}:{number}"


def _typed(text: str) -> str:
    """A number without the differences that typing makes."""
    if text.isascii() and text.isalnum():
        return text.upper()
    return "".join(filter(str.isalnum, normalize("NFKC", text).upper()))


def same_series(one: str, other: str) -> bool | None:
    """Whether two receipts are of one series; None if one of them does not tell.

    Codes of series have a fixed length, so a leading zero is only lost, never another code's.
    """
    if not one or not other:
        return None
    return one == other or one.lstrip("0") == other.lstrip("0")


def is_traceable(trace: str) -> bool:
    """Whether a trace code can identify a pack; virtual and placeholder codes cannot."""
    return trace_strength(trace) is not TraceStrength.NONE
