"""Where the money goes, counted from each event once: settlements, payments, accounts.

Labels are few: schemes, tiers of institutions, payers, and areas through `AreaLabels`. Amounts are
yuan; what a reversal gives back is counted by itself, because counters only rise.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from prometheus_client import CollectorRegistry, Counter

from alerts.alert import Alert
from events.codes import scheme_of, tier
from events.kinds import Event, ManualClaim, Reversal, Settlement
from events.national_codes import FixmedinsType, HospLv
from rules.histories.records import AnyRecord, Credit, Payout, Premium
from rules.reference import InstitutionEntry

LEVELS: Final = ("tertiary", "secondary", "primary", "ungraded", "pharmacy", "unknown")
"""Every value of a `level` label."""
PAYERS: Final = ("pool", "other_funds", "account", "shared_account", "cash")
"""Every value of a `payer` label: the pooling fund, the funds above it, own and family accounts."""
_TIERS: Final = {3: "tertiary", 2: "secondary", 1: "primary"}
_CREDITS: Final = frozenset({"employee", "flexible", "retiree", "transfer_in"})
_INSTITUTIONAL: Final = frozenset({"institution", "terminal"})
_OTHER_FUNDS: Final = (
    "cvlserv_pay",
    "hifes_pay",
    "hifmi_pay",
    "hifob_pay",
    "hifdm_pay",
    "maf_pay",
    "oth_pay",
)


def level_label(hosp_lv: str, kind: str) -> str:
    """The tier of an institution from its `hosp_lv` and `fixmedins_type`, one of LEVELS."""
    if kind == FixmedinsType.PHARMACY:
        return "pharmacy"
    if hosp_lv == HospLv.UNGRADED:
        return "ungraded"
    return _TIERS.get(tier(hosp_lv), "unknown")


class Flow:
    """Counts money and the levels of institutions at which alerts arise.

    `area` turns an area's code into a bounded label; `institutions` tells the level of an
    institution where the event does not.
    """

    def __init__(
        self,
        registry: CollectorRegistry,
        area: Callable[[str], str],
        institutions: Mapping[str, InstitutionEntry],
    ) -> None:
        self._area = area
        self._institutions = institutions
        self.settlements = Counter(
            "fundwatch_settlements",
            "Settlements and manual claims, each once",
            ["scheme", "level", "area"],
            registry=registry,
        )
        self.reversals = Counter(
            "fundwatch_reversals", "Settlements taken back", ["area"], registry=registry
        )
        self.paid = Counter(
            "fundwatch_paid_yuan",
            "Paid in settlements and manual claims before reversals, yuan, by who paid",
            ["payer", "scheme", "level", "area"],
            registry=registry,
        )
        self.returned = Counter(
            "fundwatch_returned_yuan",
            "Given back by reversals, yuan; `pool` is all funds together",
            ["payer", "area"],
            registry=registry,
        )
        self.outflow = Counter(
            "fundwatch_account_outflow_yuan",
            "Left personal accounts, yuan: own care, care of the family, lump sums, premiums",
            ["kind", "area"],
            registry=registry,
        )
        self.income = Counter(
            "fundwatch_account_income_yuan",
            "Credited to personal accounts, yuan",
            ["kind", "area"],
            registry=registry,
        )
        self.level_alerts = Counter(
            "fundwatch_level_alerts",
            "Alerts when first raised, by level of the institution concerned",
            ["level", "severity", "area"],
            registry=registry,
        )
        self.level_amount = Counter(
            "fundwatch_level_at_risk_yuan",
            "Money in breach in alerts when first raised, yuan, by level of the institution",
            ["level", "area"],
            registry=registry,
        )

    def taken(self, events: Iterable[Event]) -> None:
        """Count events that came for the first time."""
        number: defaultdict[tuple[Counter, tuple[str, ...]], int] = defaultdict(int)
        fen: defaultdict[tuple[Counter, tuple[str, ...]], int] = defaultdict(int)
        for event in events:
            area = self._area(event.insuplc_admdvs or event.fixmedins_code[1:7])
            if isinstance(event, Settlement):
                scheme = scheme_of(event.med_type, event.insuplc_admdvs).value
                level = self.level(event)
                number[self.settlements, (scheme, level, area)] += 1
                for payer, amount in _payments(event):
                    fen[self.paid, (payer, scheme, level, area)] += amount
                fen[self.outflow, ("own", area)] += event.acct_pay
                fen[self.outflow, ("shared", area)] += event.acct_mulaid_pay
            elif isinstance(event, ManualClaim):
                scheme = scheme_of(event.med_type, event.insuplc_admdvs).value
                level = self.level(event)
                number[self.settlements, (scheme, level, area)] += 1
                fen[self.paid, ("pool", scheme, level, area)] += event.fund_pay_sumamt
            elif isinstance(event, Reversal):
                number[self.reversals, (area,)] += 1
                fen[self.returned, ("pool", area)] += event.fund_pay_sumamt
                fen[self.returned, ("account", area)] += event.acct_pay
                fen[self.returned, ("shared_account", area)] += event.acct_mulaid_pay
                fen[self.returned, ("cash", area)] += event.psn_cash_pay
        for (counter, labels), amount in number.items():
            counter.labels(*labels).inc(amount)
        for (counter, labels), amount in fen.items():
            # A sender's negative amount must not break a counter; a rule of its own reports it.
            if amount > 0:
                counter.labels(*labels).inc(amount / 100)

    def moved(self, records: Iterable[AnyRecord]) -> None:
        """Count what accounts took up for the first time: credits, payouts, premiums.

        Only the account knows whether it has had them before; all other records count nothing.
        """
        fen: defaultdict[tuple[Counter, str, str], int] = defaultdict(int)
        for record in records:
            if isinstance(record, Credit):
                kind = record.kind if record.kind in _CREDITS else "other"
                fen[self.income, kind, self._area(record.area)] += record.amount
            elif isinstance(record, Payout):
                fen[self.outflow, "payout", self._area(record.area)] += record.amount
            elif isinstance(record, Premium):
                fen[self.outflow, "premium", self._area(record.area)] += record.amount
        for (counter, kind, area), amount in fen.items():
            if amount > 0:
                counter.labels(kind, area).inc(amount / 100)

    def level(self, event: Event) -> str:
        """The level of the institution of an event, one of LEVELS."""
        if isinstance(event, Settlement) and (event.hosp_lv or event.fixmedins_type):
            return level_label(event.hosp_lv, event.fixmedins_type)
        return self._level_of(event.fixmedins_code)

    def raised(self, alerts: Iterable[Alert], events: Iterable[Event]) -> None:
        """Count alerts raised for the first time; `events` are those that raised them."""
        new = [alert for alert in alerts if alert.revision == 1 and alert.status == "open"]
        if not new:
            return
        known = {event.event_id: event for event in events}
        for alert in new:
            level = self._alert_level(alert, known)
            area = self._area(alert.area)
            self.level_alerts.labels(level, str(alert.sev_deg), area).inc()
            self.level_amount.labels(level, area).inc(max(float(alert.amount), 0.0))

    def _alert_level(self, alert: Alert, known: Mapping[str, Event]) -> str:
        if alert.subject_type in _INSTITUTIONAL:
            return self._level_of(alert.subject.partition("|")[0])
        for event_id in reversed(alert.event_ids):
            if event_id in known:
                return self.level(known[event_id])
        return "unknown"

    def _level_of(self, code: str) -> str:
        entry = self._institutions.get(code)
        return "unknown" if entry is None else level_label(entry.level, entry.kind)


def _payments(event: Settlement) -> tuple[tuple[str, int], ...]:
    return (
        ("pool", event.hifp_pay),
        ("other_funds", sum(getattr(event, name) for name in _OTHER_FUNDS)),
        ("account", event.acct_pay),
        ("shared_account", event.acct_mulaid_pay),
        ("cash", event.psn_cash_pay),
    )
