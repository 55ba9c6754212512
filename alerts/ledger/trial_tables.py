"""Tables of models in trial: what they would have raised, and how their scores agree."""

from typing import Final

from sqlalchemy import Column, Float, Index, Integer, Table

from alerts.ledger.schema import LONG, TABLES, TEXT

TRIAL_ALERTS: Final = Table(
    "trial_alerts",
    TABLES,
    Column("alert_id", TEXT, primary_key=True),
    Column("model", TEXT, nullable=False),
    Column("rule_id", TEXT, nullable=False),
    Column("detector", TEXT, nullable=False),
    Column("subject", TEXT, nullable=False),
    Column("area", TEXT, nullable=False),
    Column("event_ids", TEXT, nullable=False),
    Column("status", TEXT, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("generation", LONG, nullable=False),
    Column("last_event_time", LONG, nullable=False),
    Column("at_ms", LONG, nullable=False),
    Index("trial_alerts_by_model", "model", "rule_id", "status"),
)
"""The last revision of what a model in trial found; no page shows it."""

MODEL_PAIRS: Final = Table(
    "model_pairs",
    TABLES,
    Column("active", TEXT, primary_key=True),
    Column("trial", TEXT, primary_key=True),
    Column("detector", TEXT, primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("records", LONG, nullable=False),
    Column("sum_active", Float, nullable=False),
    Column("sum_trial", Float, nullable=False),
    Column("square_active", Float, nullable=False),
    Column("square_trial", Float, nullable=False),
    Column("product", Float, nullable=False),
)
"""Sums over the scores that two models gave the same records of a day (day number)."""
