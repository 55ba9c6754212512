"""The months in which a settlement may matter."""

from collections.abc import Iterator

from events.times import month_of
from rules.cash_out.windows import months_from


def months_until(time: int, window: int, last: int) -> Iterator[str]:
    """The months from a time until `window` seconds later, and none after the time `last`.

    Times are epoch seconds. Months without any record after them have no matter to judge.
    """
    return iter([month_of(time)]) if last <= time else months_from(time, min(window, last - time))
