"""The history of one insured person, and how reversals change what it knows."""

from collections.abc import Sequence
from typing import Final

from msgspec import structs

from rules.histories.fund_sums import fund_back
from rules.histories.history import NOTHING, History
from rules.histories.records import (
    AnyRecord,
    Benefit,
    Check,
    Claim,
    Payout,
    Permit,
    Record,
    Refund,
    Script,
    Status,
    Stay,
    Visit,
)
from rules.histories.series import swap

_ASIDE: Final = (Stay, Check, Script, Payout, Permit)
"""Records of a person that say nothing of what settlements used of the year's benefits."""


class Person(History, gc=False):
    """One insured person, keyed by `psn_no`."""

    visits: list[Visit] = NOTHING
    refunds: list[Refund] = NOTHING
    stays: list[Stay] = NOTHING
    checks: list[Check] = NOTHING
    statuses: list[Status] = NOTHING
    benefits: list[Benefit] = NOTHING
    permits: list[Permit] = NOTHING
    claims: list[Claim] = NOTHING
    scripts: list[Script] = NOTHING
    payouts: list[Payout] = NOTHING
    course: object = None
    """What rules have worked out of the settlements so far, for themselves; never stored. It is
    gone as soon as anything changes but a settlement that is added at the end."""

    def take(self, record: AnyRecord) -> Sequence[Record] | None:
        """Take up a record; a reversal changes what it takes back."""
        if isinstance(record, Visit):
            taken = self.put("visits", record)
            if taken is None:
                return None
            if self.visits[-1] is not taken:
                self.course = None
            if self.refunds:
                taken = self._refunded(taken)
            return (taken,)
        if not isinstance(record, _ASIDE):
            self.course = None
        if isinstance(record, Refund):
            if self.put("refunds", record) is None:
                return None
            changed: list[Record] = [record]
            meant = [visit for visit in self.visits if _means(record, visit)]
            changed += map(self._refunded, meant)
            self._cancel_stays(record, changed)
            return changed
        if isinstance(record, Stay):
            return self._take_stay(record)
        return History.take(self, record)

    def _refunded(self, visit: Visit) -> Visit:
        """The visit with what its reversals, all known ones in time order, gave back."""
        back = [0, 0, 0, 0]
        reversed_at, reversed_by = 0, ""
        paid = visit.fund + visit.account + visit.cash
        for refund in self.refunds:
            if not _means(refund, visit):
                continue
            amounts = (fund_back(visit, refund), refund.account, refund.shared, refund.cash)
            back = [sum(pair) for pair in zip(back, amounts, strict=True)]
            whole = not any(amounts) or back[0] + back[1] + back[3] >= paid
            if whole and not reversed_at:
                reversed_at, reversed_by = max(refund.time, visit.time), refund.event_id
        changed = structs.replace(
            visit,
            rev_at=reversed_at,
            rev_id=reversed_by,
            back=(back[0], back[1], back[2], back[3]),
        )
        swap(self.visits, changed)
        return changed

    def _take_stay(self, stay: Stay) -> Sequence[Record] | None:
        cancelled = min(
            (r.time for r in self.refunds if _cancels(r, stay) and r.time >= stay.time), default=0
        )
        if cancelled:
            stay = structs.replace(stay, rev_at=cancelled)
        taken = self.put("stays", stay)
        return (taken,) if taken is not None else None

    def _cancel_stays(self, refund: Refund, changed: list[Record]) -> None:
        for stay in self.stays:
            if _cancels(refund, stay) and refund.time >= stay.time:
                cancelled = self.put("stays", structs.replace(stay, rev_at=refund.time))
                if cancelled is not None:
                    changed.append(cancelled)


def _means(refund: Refund, visit: Visit) -> bool:
    return visit.setl_id in refund.targets or visit.event_id in refund.targets


def _cancels(refund: Refund, stay: Stay) -> bool:
    """An admission is taken back by a 2601 that names its message."""
    return stay.begins and stay.event_id in refund.targets
