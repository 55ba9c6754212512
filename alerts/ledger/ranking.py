"""Triage: what the model thinks of settlements, and from it the rank of alerts.

An alert is as suspect as the most suspect settlement it rests on; one that rests on none that was
scored has no rank. Ranks are no part of alerts: they stand in no journal and change no revision.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection, Row, Select, and_, or_, select

from alerts.ledger.schema import ALERTS
from alerts.ledger.score_tables import EVENT_SCORES
from alerts.ledger.triage_tables import TRIAGE
from alerts.ledger.upserts import upsert

_AT_ONCE: Final = 500
_IDS: Final = msgspec.json.Decoder(list[str])


def keep_scores(
    connection: Connection, scores: Mapping[str, float], model: str, at_ms: int
) -> None:
    """Keep the scores of settlements by event id; `at_ms` is wall time, epoch ms."""
    rows = [
        {"event_id": event_id, "score": score, "model": model, "at_ms": at_ms}
        for event_id, score in scores.items()
    ]
    upsert(connection, EVENT_SCORES, rows)


def rank(connection: Connection, alert_ids: Collection[str], model: str, at_ms: int) -> int:
    """Rank alerts by what the model thinks of their settlements; how many have a rank now."""
    ranked = 0
    ids = sorted(alert_ids)
    for start in range(0, len(ids), _AT_ONCE):
        chosen = _alerts().where(ALERTS.c.alert_id.in_(ids[start : start + _AT_ONCE]))
        ranked += _rank(connection, connection.execute(chosen).all(), model, at_ms)
    return ranked


def rank_unranked(connection: Connection, since_ms: int, model: str, at_ms: int) -> int:
    """Rank open alerts that changed since a wall time and have no rank of this model."""
    joined = _alerts().outerjoin(TRIAGE, TRIAGE.c.alert_id == ALERTS.c.alert_id)
    chosen = joined.where(
        ALERTS.c.status == "open",
        ALERTS.c.changed_ms >= since_ms,
        or_(TRIAGE.c.model.is_(None), TRIAGE.c.model != model),
    )
    return _rank(connection, connection.execute(chosen).all(), model, at_ms)


def unscored(connection: Connection, model: str) -> list[str]:
    """Events of open alerts that this model has not scored, in their order."""
    found: dict[str, None] = {}
    chosen = _alerts().where(ALERTS.c.status == "open")
    for row in connection.execute(chosen):
        found.update(dict.fromkeys(_IDS.decode(row.event_ids)))
    known = _scores(connection, list(found), model)
    return sorted(event_id for event_id in found if event_id not in known)


def _alerts() -> Select[tuple[str, str]]:
    return select(ALERTS.c.alert_id, ALERTS.c.event_ids)


def _rank(
    connection: Connection, alerts: Sequence[Row[tuple[str, str]]], model: str, at_ms: int
) -> int:
    events = {row.alert_id: _IDS.decode(row.event_ids) for row in alerts}
    known = _scores(connection, {event for ids in events.values() for event in ids}, model)
    rows = [
        {
            "alert_id": alert_id,
            "score": max(known[event] for event in ids if event in known),
            "model": model,
            "at_ms": at_ms,
        }
        for alert_id, ids in events.items()
        if any(event in known for event in ids)
    ]
    upsert(connection, TRIAGE, rows)
    return len(rows)


def _scores(connection: Connection, events: Iterable[str], model: str) -> dict[str, float]:
    ids = list(events)
    known: dict[str, float] = {}
    for start in range(0, len(ids), _AT_ONCE):
        found = connection.execute(
            select(EVENT_SCORES.c.event_id, EVENT_SCORES.c.score).where(
                and_(
                    EVENT_SCORES.c.event_id.in_(ids[start : start + _AT_ONCE]),
                    EVENT_SCORES.c.model == model,
                )
            )
        )
        known.update((row.event_id, row.score) for row in found)
    return known
