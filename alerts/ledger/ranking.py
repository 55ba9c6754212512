"""Triage: what the model thinks of settlements, and from it the rank of alerts.

An alert is as suspect as the most suspect settlement it rests on; one that rests on none that was
scored has no rank. Ranks are no part of alerts: they stand in no journal and change no revision.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeVar

import msgspec
from sqlalchemy import Connection, and_, or_, select

from alerts.ledger.schema import ALERTS
from alerts.ledger.score_tables import ALERT_EVENTS, EVENT_SCORES
from alerts.ledger.triage_tables import TRIAGE
from alerts.ledger.upserts import upsert

T = TypeVar("T")
_AT_ONCE: Final = 500
_MOST_EVENTS: Final = 50
"""Events of one alert that are looked at, the latest: some alerts name hundreds."""
_IDS: Final = msgspec.json.Decoder(list[str])


class Named(msgspec.Struct, frozen=True):
    """An open alert that names an event; severity 1 is the gravest, amount in fen."""

    family: str
    severity: int
    amount: int


def unranked(connection: Connection, model: str, most: int) -> dict[str, list[str]]:
    """Open alerts that this model has not ranked since they changed, the latest first.

    By alert id, with the latest of the events they name; `most` alerts at once.
    """
    chosen = (
        select(ALERTS.c.alert_id, ALERTS.c.event_ids)
        .outerjoin(TRIAGE, TRIAGE.c.alert_id == ALERTS.c.alert_id)
        .where(
            ALERTS.c.status == "open",
            or_(
                TRIAGE.c.model.is_(None),
                TRIAGE.c.model != model,
                TRIAGE.c.at_ms < ALERTS.c.changed_ms,
            ),
        )
        .order_by(ALERTS.c.feed_seq.desc())
        .limit(most)
    )
    return {
        row.alert_id: _IDS.decode(row.event_ids)[-_MOST_EVENTS:]
        for row in connection.execute(chosen)
    }


def enter_events(connection: Connection, alerts: Mapping[str, Sequence[str]]) -> None:
    """Remember which alerts name which events."""
    rows = {(event, alert): None for alert, events in alerts.items() for event in events}
    upsert(
        connection,
        ALERT_EVENTS,
        [{"event_id": event, "alert_id": alert} for event, alert in rows],
    )


def naming(connection: Connection, events: Collection[str]) -> dict[str, list[Named]]:
    """The open alerts that name each of these events, as far as they are remembered."""
    found: dict[str, list[Named]] = {event: [] for event in events}
    for chunk in _chunks(sorted(events)):
        chosen = (
            select(ALERT_EVENTS.c.event_id, ALERTS.c.family, ALERTS.c.sev_deg, ALERTS.c.amount)
            .join(ALERTS, ALERTS.c.alert_id == ALERT_EVENTS.c.alert_id)
            .where(ALERT_EVENTS.c.event_id.in_(chunk), ALERTS.c.status == "open")
            .order_by(ALERT_EVENTS.c.event_id, ALERTS.c.alert_id)
        )
        for row in connection.execute(chosen):
            found[row.event_id].append(Named(row.family, row.sev_deg, row.amount))
    return found


def concerned(connection: Connection, events: Collection[str]) -> dict[str, list[str]]:
    """The open alerts that name any of these events, each with all the events it is known by."""
    alerts: dict[str, list[str]] = {}
    for chunk in _chunks(sorted(events)):
        chosen = (
            select(ALERT_EVENTS.c.alert_id)
            .join(ALERTS, ALERTS.c.alert_id == ALERT_EVENTS.c.alert_id)
            .where(ALERT_EVENTS.c.event_id.in_(chunk), ALERTS.c.status == "open")
        )
        alerts.update((row.alert_id, []) for row in connection.execute(chosen))
    for chunk in _chunks(sorted(alerts)):
        chosen_events = select(ALERT_EVENTS).where(ALERT_EVENTS.c.alert_id.in_(chunk))
        for row in connection.execute(chosen_events):
            alerts[row.alert_id].append(row.event_id)
    return alerts


def keep_scores(
    connection: Connection, scores: Mapping[str, float], model: str, at_ms: int
) -> None:
    """Keep the scores of settlements by event id; `at_ms` is wall time, epoch ms."""
    rows = [
        {"event_id": event_id, "score": score, "model": model, "at_ms": at_ms}
        for event_id, score in scores.items()
    ]
    upsert(connection, EVENT_SCORES, rows)


def scores_of(connection: Connection, events: Iterable[str], model: str) -> dict[str, float]:
    """What this model thinks of settlements, as far as it has scored them."""
    known: dict[str, float] = {}
    for chunk in _chunks(sorted(set(events))):
        chosen = select(EVENT_SCORES.c.event_id, EVENT_SCORES.c.score).where(
            and_(EVENT_SCORES.c.event_id.in_(chunk), EVENT_SCORES.c.model == model)
        )
        known.update((row.event_id, row.score) for row in connection.execute(chosen))
    return known


def rank(
    connection: Connection, alerts: Mapping[str, Sequence[str]], model: str, at_ms: int
) -> int:
    """Rank alerts by the most suspect of their settlements; how many have a rank now."""
    known = scores_of(connection, (event for events in alerts.values() for event in events), model)
    rows = [
        {
            "alert_id": alert_id,
            "score": max(known[event] for event in events if event in known),
            "model": model,
            "at_ms": at_ms,
        }
        for alert_id, events in alerts.items()
        if any(event in known for event in events)
    ]
    upsert(connection, TRIAGE, rows)
    return len(rows)


def _chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]
