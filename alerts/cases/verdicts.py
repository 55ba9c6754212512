"""Verdicts as what the triage learns from: `event_id,label,known_at`."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Connection, select

from alerts.ledger.case_tables import WORK
from alerts.ledger.schema import ALERTS
from events.times import moment

HEADER: Final = ("event_id", "label", "known_at")
_LIST: Final = msgspec.json.Decoder(tuple[str, ...])


class Labelled(NamedTuple):
    """An event of an alert with a verdict: 1 confirmed, 0 dismissed; known since (RFC 3339)."""

    event_id: str
    label: int
    known_at: str


def labelled(connection: Connection) -> Iterator[Labelled]:
    """One row for each event of the alerts with a verdict, by time and id.

    Where verdicts on several alerts of an event differ it is confirmed, since the first of them.
    """
    statement = (
        select(WORK.c.verdict, WORK.c.verdict_ms, ALERTS.c.event_ids)
        .join(ALERTS, ALERTS.c.alert_id == WORK.c.alert_id)
        .where(WORK.c.verdict != "")
    )
    known: dict[str, tuple[int, int]] = {}
    for verdict, at_ms, event_ids in connection.execute(statement):
        label = int(verdict == "confirmed")
        for event_id in _LIST.decode(event_ids):
            before = known.get(event_id)
            if before is None or (-label, at_ms) < (-before[0], before[1]):
                known[event_id] = (label, at_ms)
    for event_id, (label, at_ms) in sorted(known.items(), key=lambda item: (item[1][1], item[0])):
        yield Labelled(event_id, label, moment(at_ms // 1000).isoformat())


def write_verdicts(connection: Connection, path: Path) -> int:
    """Write them as CSV, as `fundwatch train --verdicts` reads it; how many there are."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for row in labelled(connection):
            writer.writerow(row)
            count += 1
    return count
