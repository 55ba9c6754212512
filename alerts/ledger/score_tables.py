"""Tables behind triage: what the model thinks of settlements, and which alerts name them."""

from typing import Final

from sqlalchemy import Column, Float, Index, Table

from alerts.ledger.schema import LONG, TABLES, TEXT

EVENT_SCORES: Final = Table(
    "event_scores",
    TABLES,
    Column("event_id", TEXT, primary_key=True),
    Column("score", Float, nullable=False),
    Column("model", TEXT, nullable=False),
    Column("at_ms", LONG, nullable=False),
)
"""One score a settlement that an alert names, of the model that scored it last, 0 to 1."""

ALERT_EVENTS: Final = Table(
    "alert_events",
    TABLES,
    Column("event_id", TEXT, primary_key=True),
    Column("alert_id", TEXT, primary_key=True),
    Index("alert_events_by_alert", "alert_id"),
)
"""Which alerts name an event, as of when they were ranked."""
