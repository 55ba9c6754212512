"""A record as the archive of either runtime keeps it."""

from alerts.ledger.archive import Kept
from events.codec import encode_json
from events.readers import Record
from events.times import epoch


def archived(record: Record) -> Kept:
    """The event with its line, as it came unless it had fields that the contract does not know."""
    event = record.event
    line = record.raw if record.raw and not record.unknown else encode_json(event)
    return Kept(event.event_id, epoch(event.event_time), line)
