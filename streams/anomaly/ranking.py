"""Ranks alerts, of rules and of models alike, by what the triage model thinks of their settlements.

Three steps, because histories and ledger may be asked in different threads: what is to be ranked
and which settlements it names (ledger), a row for each from its place (histories), scores and ranks
(ledger). An alert is tried again for a while, because its settlements may reach their places after
it reached the ledger.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

import numpy as np
from sqlalchemy import Connection

from alerts.ledger import archive, ranking
from detectors.features.hits import Hit
from events.kinds import Settlement
from events.times import epoch
from rules.histories.keyed import Place
from rules.histories.records import Encounter
from rules.histories.series import between
from streams.anomaly.judges import Rows, Suite

_MOST: Final = 300
"""Alerts ranked in one go."""
_TRIES: Final = frozenset(2**power for power in range(9))
"""At which passes an alert that has no rank yet is tried: soon at first, then ever more seldom."""
_LEARN_MS: Final = 60_000


class Plan(NamedTuple):
    """Alerts to be ranked, with the events they name, and the settlements among those."""

    alerts: dict[str, list[str]]
    settlements: list[Settlement]


class Known(NamedTuple):
    """A settlement as its place remembers it, with its row."""

    record: Encounter
    row: Rows


class Ranker:
    """Ranks the open alerts of a ledger with the triage model of a suite."""

    def __init__(self, suite: Suite) -> None:
        self._suite = suite
        self._passes: dict[str, int] = {}
        self._learned_ms = 0

    def plan(self, connection: Connection, now_ms: int) -> Plan:
        """What is to be ranked now; `now_ms` is wall time, epoch ms."""
        if now_ms - self._learned_ms >= _LEARN_MS:
            self._suite.learn(connection)
            self._learned_ms = now_ms
        # More than are taken, because those that wait stand among them.
        found = ranking.unranked(connection, self._suite.model, 10 * _MOST)
        self._passes = {alert: self._passes.get(alert, 0) + 1 for alert in found}
        due = [alert for alert in found if self._passes[alert] in _TRIES][:_MOST]
        for alert in found.keys() - due:
            if self._passes[alert] in _TRIES:
                self._passes[alert] -= 1
        alerts = {alert: found[alert] for alert in due}
        events = {event for named in alerts.values() for event in named}
        kept = archive.find(connection, events) if events else []
        told = (one.event for one in kept)
        return Plan(alerts, [event for event in told if isinstance(event, Settlement)])

    def known(
        self, settlements: Iterable[Settlement], place_of: Callable[[str], Place | None]
    ) -> list[Known]:
        """Rows of settlements; of those that their place does not remember there is none."""
        found: list[Known] = []
        for inst, wanted in grouped(settlements).items():
            place = place_of(inst)
            if place is not None:
                found += self._rows(place, wanted)
        return found

    def _rows(self, place: Place, settlements: Iterable[Settlement]) -> list[Known]:
        known = [one for one in (_remembered(place, wanted) for wanted in settlements) if one]
        rows = self._suite.rows(place, known)
        return [Known(record, row) for record, row in zip(known, rows, strict=True)]

    def rank(self, connection: Connection, plan: Plan, known: Sequence[Known], now_ms: int) -> int:
        """Score what is known of the settlements and rank the alerts; how many have a rank."""
        ranking.enter_events(connection, plan.alerts)
        if known:
            records = [one.record for one in known]
            named = ranking.naming(connection, {record.event_id for record in records})
            hits = [
                [Hit(one.family, one.severity, one.amount) for one in named[record.event_id]]
                for record in records
            ]
            rows = np.stack([one.row for one in known])
            scores = self._suite.suspicions(records, rows, hits).tolist()
            told = {record.event_id: score for record, score in zip(records, scores, strict=True)}
            ranking.keep_scores(connection, told, self._suite.model, now_ms)
            # An alert that was ranked before may name them too.
            alerts = {**ranking.concerned(connection, told), **plan.alerts}
            return ranking.rank(connection, alerts, self._suite.model, now_ms)
        return ranking.rank(connection, plan.alerts, self._suite.model, now_ms)


def grouped(settlements: Iterable[Settlement]) -> dict[str, list[Settlement]]:
    """Settlements by their institution."""
    found: dict[str, list[Settlement]] = {}
    for settlement in settlements:
        found.setdefault(settlement.fixmedins_code, []).append(settlement)
    return found


def _remembered(place: Place, settlement: Settlement) -> Encounter | None:
    time = epoch(settlement.event_time)
    for one in between(place.encounters, time, time):
        if one.event_id == settlement.event_id:
            return one
    return None
