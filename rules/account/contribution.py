"""How a person's contributions were paid at a time, as the reports to the account say."""

from collections.abc import Sequence

from events.times import day_of
from rules.histories.records import Status


def status_at(statuses: Sequence[Status], time: int) -> Status | None:
    """The report in force at a time (epoch seconds).

    The last one made until then; where none was, the first one made later that says it holds from
    a day before. A report whose period is over, or has not begun, says nothing, nor does one that
    does not tell how contributions were paid.
    """
    day = day_of(time)
    found = None
    for status in statuses:
        if not status.contribution:
            continue
        if status.time > time:
            return found or (status if _within(status, day, begun=False) else None)
        if _within(status, day, begun=True):
            found = status
    return found


def _within(status: Status, day: int, *, begun: bool) -> bool:
    """Whether a report holds on a day; without a first day only if it was already made."""
    if status.end_day is not None and day > status.end_day:
        return False
    return begun if status.begin_day is None else status.begin_day <= day
