"""Fund risk and credit points as metrics, worked out now and then beside everything else.

The figures are those of an export up to the day of the latest event: the same functions make them
of the same archive. That reads two years of events, so it is done in a thread, seldom, and not at
all while no event has come.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from msgspec import Struct
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from alerts.exports.build import add_up, spending_of
from alerts.exports.ledger_tables import standing_at_risk
from alerts.exports.periods import Period
from alerts.ledger import Ledger, archive
from alerts.risk.budget import Budget
from alerts.risk.findings import findings
from alerts.risk.indicators import Indicator, Spending, indicators
from alerts.risk.points import Account, accounts, load_scale
from alerts.risk.thresholds import load_thresholds
from events.times import moment
from rules.packs import Policy
from rules.reference import Reference

_LOG: Final = logging.getLogger(__name__)
_LEVELS: Final = {"green": 0, "amber": 1, "red": 2}
_MOST_INSTITUTIONS: Final = 100
_INSTITUTION: Final = "institution"
_SOON: Final = 60.0
_PATIENCE: Final = 20.0


class Risk(Struct, frozen=True):
    """What was worked out, and when (epoch seconds); `events` are those it was made of."""

    indicators: Sequence[Indicator] = ()
    points: Sequence[Account] = ()
    events: int = 0
    at: float = 0.0


def work_out(
    connection: Connection, policy: Policy, reference: Reference, budget: Budget, at: float
) -> Risk:
    """Indicators and points as of the day of the latest event; none where there is no event."""
    held = archive.extent(connection)
    if not held.events:
        return Risk(at=at)
    on = moment(held.last).date()
    month = Period(f"{on:%Y-%m}", "month", on.replace(day=1), on)
    added = add_up(connection, month, policy, reference)
    spent = spending_of((added.earlier, added.period), added.since)
    whole = Spending(spent.days, spent.institutions, spent.since, standing_at_risk(connection))
    points = [
        account
        for account in accounts(findings(connection, on), load_scale())
        if account.holder == _INSTITUTION
    ]
    found = indicators(whole, budget, on, load_thresholds())
    return Risk(found, points, held.events, at)


class RiskWatch:
    """Works out the risk every so many seconds in a thread, from `start` to `stop`."""

    def __init__(
        self,
        ledger: Ledger,
        policy: Policy,
        reference: Reference,
        budget: Budget,
        seconds: float,
    ) -> None:
        self._ledger = ledger
        self._sources = (policy, reference, budget)
        self._seconds = seconds
        self._known = Risk()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="risk", daemon=True)
        self._names = reference

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, once what is being worked out is done."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(_PATIENCE)

    def reading(self, area: Callable[[str], str]) -> Callable[[Connection], Iterable[Metric]]:
        """What was worked out last, as a reading of the ledger's metrics."""
        return lambda _: risk_families(self._known, area, self._names)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                with self._ledger.read() as connection:
                    if archive.extent(connection).events != self._known.events:
                        self._known = work_out(connection, *self._sources, time.time())
            except SQLAlchemyError as error:
                _LOG.warning("fund risk was not worked out: %s", type(error).__name__)
            # Until there is something, look for the first events more often.
            pause = self._seconds if self._known.events else min(self._seconds, _SOON)
            self._stopped.wait(pause)


def risk_families(risk: Risk, area: Callable[[str], str], reference: Reference) -> Iterator[Metric]:
    """Risk as metrics; of institutions those with the fewest points."""
    labels = ["indicator", "area", "fund", "view"]
    value = GaugeMetricFamily(
        "fundwatch_fund_indicator",
        "Indicators of fund risk: shares, months or growth, as docs/risk.md says",
        labels=labels,
    )
    level = GaugeMetricFamily(
        "fundwatch_fund_level", "Level of an indicator: 0 green, 1 amber, 2 red", labels=labels
    )
    shown: dict[tuple[str, ...], tuple[Decimal, int]] = {}
    for one in risk.indicators:
        key = (one.name, area(one.area), one.fund, one.view)
        # Areas beyond the bound share a label: the worst of them stands for them.
        told = (one.value, _LEVELS[one.level])
        if key not in shown or shown[key][1] < told[1]:
            shown[key] = told
    for named, (number, colour) in shown.items():
        value.add_metric(named, float(number))
        level.add_metric(named, colour)
    yield from (value, level)
    points = GaugeMetricFamily(
        "fundwatch_credit_points",
        "Credit points of an institution, of those with the fewest",
        labels=["institution", "name"],
    )
    for account in sorted(risk.points, key=lambda one: one.points)[:_MOST_INSTITUTIONS]:
        points.add_metric(
            [account.subject, reference.name_of(account.subject)], float(account.points)
        )
    yield points
    grades = GaugeMetricFamily(
        "fundwatch_credit_grades", "Institutions with a finding, by grade", labels=["grade"]
    )
    counted: dict[str, int] = {}
    for account in risk.points:
        counted[account.grade] = counted.get(account.grade, 0) + 1
    for grade, holders in sorted(counted.items()):
        grades.add_metric([grade], holders)
    yield grades
    yield GaugeMetricFamily(
        "fundwatch_fund_worked_out_seconds",
        "When fund risk was last worked out, seconds since 1970; 0 for never",
        risk.at,
    )
