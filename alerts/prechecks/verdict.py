"""From the alerts that a payment would raise to a verdict: pass, remind or hold.

Only open alerts that name the event count. One rule of severity 1 that is stable and would raise
its alert newly is enough to hold; whatever else is found is a reminder. Where no answer came in
time the verdict is `unknown`, and whoever asked may pay.
"""

from collections.abc import Iterable, Sequence
from typing import Final, Literal

from msgspec import Struct

from alerts.alert import Alert, alert_of
from rules.engine import Change
from rules.histories import keyed

Verdict = Literal["pass", "remind", "hold", "unknown"]
WORDS: Final[dict[Verdict, tuple[str, str]]] = {
    "pass": ("未发现问题，可以结算", "nothing found; may be paid"),
    "remind": ("有提醒，可以结算", "reminders; may be paid"),
    "hold": ("建议暂缓结算", "should be held"),
    "unknown": ("未能及时判断，可以结算", "no answer in time; may be paid"),
}
"""What a verdict means, in Chinese and English."""
_GRAVE: Final = 1
_UNASKED: Final = frozenset({keyed.PLACE, keyed.PHYSICIAN, keyed.NEIGHBOURS})
SEEN: Final = tuple(kind for kind in keyed.KINDS if kind not in _UNASKED)
"""Kinds of histories that are asked about a payment.

The others are the models', and one that is long and says nothing of a single payment: who in a city
reports at all.
"""


class Remark(Struct, frozen=True):
    """An alert that the payment would raise or change.

    `stable` tells whether its rule is out of trial, `new` whether the alert would be raised by it.
    """

    alert: Alert
    stable: bool
    new: bool

    @property
    def holds(self) -> bool:
        """Whether this alone is ground enough to hold the payment."""
        return self.stable and self.new and self.alert.sev_deg == _GRAVE


class Answer(Struct, frozen=True):
    """What was found, and how far the question reached: kinds of histories seen and missed."""

    remarks: tuple[Remark, ...] = ()
    reached: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()


def remarks_of(changes: Iterable[Change], event_id: str, generation: int = 0) -> tuple[Remark, ...]:
    """The remarks that changes amount to, the gravest first."""
    last: dict[str, Remark] = {}
    for change in changes:
        alert = alert_of(change, generation)
        before = last.get(alert.alert_id)
        new = change.action == "raised" or (before is not None and before.new)
        last[alert.alert_id] = Remark(alert, change.rule.meta.maturity == "stable", new)
    standing = (
        remark
        for remark in last.values()
        if remark.alert.status == "open" and event_id in remark.alert.event_ids
    )
    return in_order(standing)


def in_order(remarks: Iterable[Remark]) -> tuple[Remark, ...]:
    """Remarks with the gravest and dearest first."""
    return tuple(
        sorted(
            remarks,
            key=lambda remark: (
                not remark.holds,
                remark.alert.sev_deg,
                -remark.alert.amount,
                remark.alert.alert_id,
            ),
        )
    )


def verdict_of(remarks: Sequence[Remark]) -> Verdict:
    """The verdict on what was found."""
    if any(remark.holds for remark in remarks):
        return "hold"
    return "remind" if remarks else "pass"


def everywhere(remarks: tuple[Remark, ...]) -> Answer:
    """The answer of a process that owns every history."""
    return Answer(remarks, SEEN)
