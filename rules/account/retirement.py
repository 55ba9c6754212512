"""Whether somebody was retired at a time, as reports of the insurance and credits say."""

from events.codes import is_retired
from rules.histories.keyed import Account
from rules.histories.records import Credit, Status


def was_retired(account: Account, until: int) -> bool:
    """Whether the last record before a time (epoch seconds) said that the person was retired."""
    last: Credit | Status | None = None
    told: tuple[Credit | Status, ...] = (*account.statuses, *account.credits)
    for record in told:
        if record.time < until and record.person_type and (last is None or _after(record, last)):
            last = record
    return last is not None and is_retired(last.person_type)


def _after(record: Credit | Status, other: Credit | Status) -> bool:
    return (record.time, record.event_id) > (other.time, other.event_id)
