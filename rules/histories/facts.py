"""Facts: records on their way to a history, and how the keys of histories are made."""

from msgspec import Struct

from events.identifiers import TraceStrength, is_placeholder_receipt, trace_strength
from events.times import day_of, month_of
from rules.histories.records import AnyRecord


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


def receipt(series: str, number: str) -> str:
    """A receipt as `series:number`; empty when there is none or only a placeholder."""
    if not number or is_placeholder_receipt(series, number):
        return ""
    return f"{series.strip()}:{number.strip()}"


def is_traceable(trace: str) -> bool:
    """Whether a trace code can identify a pack; virtual and placeholder codes cannot."""
    return trace_strength(trace) is not TraceStrength.NONE
