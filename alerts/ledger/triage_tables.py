"""The table of triage: how suspect a model thinks an alert is. No part of the alert itself."""

from typing import Final

from sqlalchemy import Column, Float, Index, Table, text

from alerts.ledger.schema import LONG, TABLES, TEXT

TRIAGE: Final = Table(
    "triage",
    TABLES,
    Column("alert_id", TEXT, primary_key=True),
    Column("score", Float, nullable=False),
    Column("model", TEXT, nullable=False),
    Column("at_ms", LONG, nullable=False),
    Index("triage_by_score", text("score DESC"), "alert_id"),
)
"""One score an alert, between 0 and 1, higher is more suspect; `at_ms` is when (epoch ms)."""
