"""The table of what the triage model thinks of each settlement, from which alerts are ranked."""

from typing import Final

from sqlalchemy import Column, Float, Table

from alerts.ledger.schema import LONG, TABLES, TEXT

EVENT_SCORES: Final = Table(
    "event_scores",
    TABLES,
    Column("event_id", TEXT, primary_key=True),
    Column("score", Float, nullable=False),
    Column("model", TEXT, nullable=False),
    Column("at_ms", LONG, nullable=False),
)
"""One score a settlement, between 0 and 1, of the model that scored it last."""
