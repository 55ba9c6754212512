"""Series: lists of records sorted by event time and event id, written by one function."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Any, TypeVar

from msgspec import structs

from rules.histories.records import Record

R = TypeVar("R", bound=Record)


def _order(record: Record) -> tuple[int, str]:
    return record.time, record.event_id


def _time(record: Record) -> int:
    return record.time


def put(series: list[R], record: R) -> R | None:
    """Add a record, or the news that a known one was reversed earlier than known.

    Returns the record as it now stands, or None if nothing changed (delivered again).
    """
    if not series:
        series.append(record)
        return record
    last, time = series[-1], record.time
    if last.time < time:
        series.append(record)
        return record
    if last.time == time and last.event_id == record.event_id:
        at = -1
    else:
        order = (time, record.event_id)
        at = bisect_left(series, order, key=_order)
        if at == len(series) or _order(series[at]) != order:
            series.insert(at, record)
            return record
    reversed_at: int = getattr(record, "rev_at", 0)
    known: Any = series[at]
    if not reversed_at or 0 < known.rev_at <= reversed_at:
        return None
    merged: R = structs.replace(known, rev_at=reversed_at)
    series[at] = merged
    return merged


def swap(series: list[R], record: R) -> None:
    """Put a changed copy in the place of the record with the same time and event id."""
    series[bisect_left(series, _order(record), key=_order)] = record


def between(series: Sequence[R], first: int, last: int) -> Sequence[R]:
    """Records with first <= time <= last (epoch seconds)."""
    if not series or series[-1].time < first:
        return ()
    low = bisect_left(series, first, key=_time)
    if series[-1].time <= last:
        return series[low:]
    return series[low : bisect_right(series, last, key=_time)]


def before(series: Sequence[R], record: Record) -> Sequence[R]:
    """Records that stand before a record in the series' order."""
    return series[: bisect_left(series, _order(record), key=_order)]
