"""Supervisors' verdicts from a ledger, as models take them: by event, and when they were known."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Connection, select

from alerts.ledger.case_tables import WORK
from alerts.ledger.schema import ALERTS

_IDS: Final = msgspec.json.Decoder(list[str])


class Label(NamedTuple):
    """A verdict on an alert, for one of its events; `known_at` is wall time, epoch seconds."""

    event_id: str
    confirmed: bool
    known_at: int


def labels(connection: Connection) -> list[Label]:
    """Every event of every alert with a verdict, in the order in which the verdicts came."""
    chosen = (
        select(ALERTS.c.event_ids, WORK.c.verdict, WORK.c.verdict_ms)
        .join(ALERTS, ALERTS.c.alert_id == WORK.c.alert_id)
        .where(WORK.c.verdict != "")
        .order_by(WORK.c.verdict_ms, WORK.c.alert_id)
    )
    return [
        Label(event_id, row.verdict == "confirmed", row.verdict_ms // 1000)
        for row in connection.execute(chosen)
        for event_id in _IDS.decode(row.event_ids)
    ]


def last_said(labelled: Iterable[Label]) -> Mapping[str, bool]:
    """What was said last of each event."""
    return {label.event_id: label.confirmed for label in labelled}
