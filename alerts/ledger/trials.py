"""What models in trial would have raised: kept apart from the alerts, and read to compare.

Such an alert's rule id begins with `trial.`; it is no alert, stands in no journal and no export,
and is here only so that a model can be judged before it is activated.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, select

from alerts.alert import Alert
from alerts.ledger.rows import canonical, storable
from alerts.ledger.schema import ALERTS
from alerts.ledger.trial_tables import MODEL_PAIRS, TRIAL_ALERTS
from alerts.ledger.upserts import upsert
from alerts.table import supersedes
from events.times import epoch

PREFIX: Final = "trial."
"""How the rule ids of models in trial begin."""
_AT_ONCE: Final = 500
_SUMS: Final = (
    "records",
    "sum_active",
    "sum_trial",
    "square_active",
    "square_trial",
    "product",
)


def parted(alerts: Iterable[Alert]) -> tuple[list[Alert], list[Alert]]:
    """The alerts, and apart from them what is only in trial."""
    told: list[Alert] = []
    tried: list[Alert] = []
    for alert in alerts:
        (tried if alert.rule_id.startswith(PREFIX) else told).append(alert)
    return told, tried


def record_trials(connection: Connection, tried: Sequence[Alert], at_ms: int) -> None:
    """Keep the last revision of what models in trial found; `at_ms` is wall time, epoch ms."""
    rows: dict[str, dict[str, Any]] = {}
    known = _known(connection, sorted({alert.alert_id for alert in tried}))
    for alert in tried:
        before = known.get(alert.alert_id, (-1, -1))
        if not supersedes(alert, *before):
            continue
        known[alert.alert_id] = alert.generation, alert.revision
        rows[alert.alert_id] = {
            "alert_id": alert.alert_id,
            "model": str(alert.evidence.get("model", "")),
            "rule_id": alert.rule_id.removeprefix(PREFIX),
            "detector": str(alert.evidence.get("detector", "")),
            "subject": storable(alert.subject),
            "area": storable(alert.area),
            "event_ids": canonical(alert.event_ids),
            "status": alert.status,
            "revision": alert.revision,
            "generation": alert.generation,
            "last_event_time": epoch(alert.last_event_time),
            "at_ms": at_ms,
        }
    upsert(connection, TRIAL_ALERTS, list(rows.values()))


def add_pairs(connection: Connection, pairs: Iterable[Mapping[str, Any]]) -> None:
    """Add sums over pairs of scores to those of the same models, detector and day."""
    upsert(connection, MODEL_PAIRS, [dict(pair) for pair in pairs], add=_SUMS)


def pairs_of(connection: Connection, active: str, trial: str) -> list[dict[str, Any]]:
    """The sums of two models by detector and day, in that order."""
    found = connection.execute(
        select(MODEL_PAIRS)
        .where(MODEL_PAIRS.c.active == active, MODEL_PAIRS.c.trial == trial)
        .order_by(MODEL_PAIRS.c.detector, MODEL_PAIRS.c.day)
    )
    return [dict(row) for row in found.mappings()]


class Found(msgspec.Struct, frozen=True):
    """An open alert of a model: what tells it from others, and the events it rests on."""

    detector: str
    subject: str
    time: int
    event_ids: tuple[str, ...]


def found_by(
    connection: Connection, model: str, first: int, last: int, *, trial: bool
) -> list[Found]:
    """What a model found with first <= time <= last (epoch seconds) and still stands."""
    table = TRIAL_ALERTS if trial else ALERTS
    columns = table.c
    within = (columns.last_event_time >= first, columns.last_event_time <= last)
    chosen = [columns.subject, columns.last_event_time, columns.event_ids]
    if trial:
        statement = select(*chosen, columns.detector).where(
            *within, columns.status == "open", columns.model == model
        )
        return [_found(row, row.detector) for row in connection.execute(statement)]
    statement = select(*chosen, columns.evidence).where(
        *within, columns.status == "open", columns.family == "anomaly"
    )
    found = []
    for row in connection.execute(statement):
        evidence = _EVIDENCE.decode(row.evidence)
        if evidence.model == model:
            found.append(_found(row, evidence.detector))
    return found


class _Evidence(msgspec.Struct):
    model: str = ""
    detector: str = ""


_EVIDENCE: Final = msgspec.json.Decoder(_Evidence)
_IDS: Final = msgspec.json.Decoder(tuple[str, ...])


def _found(row: Any, detector: str) -> Found:
    return Found(detector, row.subject, row.last_event_time, _IDS.decode(row.event_ids))


def _known(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[int, int]]:
    known: dict[str, tuple[int, int]] = {}
    columns = TRIAL_ALERTS.c
    for start in range(0, len(ids), _AT_ONCE):
        found = connection.execute(
            select(columns.alert_id, columns.generation, columns.revision).where(
                columns.alert_id.in_(ids[start : start + _AT_ONCE])
            )
        )
        known.update((row[0], (row[1], row[2])) for row in found)
    return known
