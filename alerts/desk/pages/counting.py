"""What the head of the feed counts: alerts that wait for a decision, and how many came when."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, func, literal_column, select

from alerts.desk.pages.filtering import Within
from alerts.desk.pages.listing import Reader, has_status
from alerts.ledger.case_tables import WORK
from alerts.ledger.reading import Filters, matching
from alerts.ledger.schema import ALERTS
from events.times import HOUR, MINUTE

_SPANS: Final[dict[Within, tuple[int, int]]] = {
    "1h": (12, 5 * MINUTE),
    "24h": (24, HOUR),
    "7d": (28, 6 * HOUR),
    "": (24, HOUR),
}
"""Slots of the chart and their width in seconds."""
_GRAVE: Final = 1


class Waiting(Struct, frozen=True):
    """Open alerts that nobody decided on: how many, clear breaches among them, and fen."""

    alerts: int
    grave: int
    amount: int


class Slot(Struct, frozen=True):
    """Alerts first raised from a wall time on (epoch ms), by severity 1, 2, 3."""

    begin_ms: int
    width_ms: int
    alerts: tuple[int, int, int]

    @property
    def total(self) -> int:
        """Alerts of all severities."""
        return sum(self.alerts)


def waiting(connection: Connection, reader: Reader) -> Waiting:
    """Count what waits; reads an index and the alerts that were decided on."""
    mine = (has_status(("open",)), matching(Filters(areas=reader.areas)))
    # So written the one index that holds all it needs serves it, not one that holds an order.
    severity: ColumnElement[int] = ALERTS.c.sev_deg + literal_column("0")
    sums = (severity, func.count(), func.coalesce(func.sum(ALERTS.c.amount), 0))
    standing = select(*sums).where(*mine).group_by(severity)
    joined = WORK.join(ALERTS, ALERTS.c.alert_id == WORK.c.alert_id)
    decided = select(*sums).select_from(joined).where(WORK.c.verdict != "", *mine)
    counted = {grade: (number, int(fen)) for grade, number, fen in connection.execute(standing)}
    for grade, number, fen in connection.execute(decided.group_by(severity)):
        before = counted[grade]
        counted[grade] = (before[0] - number, before[1] - int(fen))
    return Waiting(
        sum(number for number, _ in counted.values()),
        counted.get(_GRAVE, (0, 0))[0],
        sum(fen for _, fen in counted.values()),
    )


def slots(connection: Connection, reader: Reader, within: Within = "") -> Sequence[Slot]:
    """The last hours (or days, as `within` says) in slots, oldest first, empty ones too."""
    number, seconds = _SPANS[within]
    width = seconds * 1000
    begin = (reader.now_ms // width - number + 1) * width
    slot: ColumnElement[int] = (ALERTS.c.first_seen_ms - begin) // width
    statement = (
        select(slot, ALERTS.c.sev_deg, func.count())
        .where(
            ALERTS.c.first_seen_ms >= begin,
            ALERTS.c.first_seen_ms < begin + number * width,
            ALERTS.c.status != "retracted",
            matching(Filters(areas=reader.areas)),
        )
        .group_by(slot, ALERTS.c.sev_deg)
    )
    counted = [[0, 0, 0] for _ in range(number)]
    for index, severity, alerts in connection.execute(statement):
        counted[int(index)][min(max(severity, 1), 3) - 1] += alerts
    return [
        Slot(begin + index * width, width, (first, second, third))
        for index, (first, second, third) in enumerate(counted)
    ]
