"""What a settlement drew from the insurance, and how a finding of one settlement is told."""

from rules.findings import Finding, Verdict, withdrawn
from rules.histories.records import Visit


def paid(visit: Visit) -> int:
    """Insurance money of a settlement, fen: funds and personal accounts, not cash."""
    return (visit.fund or visit.pool) + (visit.account or visit.shared)


def verdict(visit: Visit, finding: Finding | None) -> Verdict:
    """What a matter of this one settlement comes to: withdrawn if the settlement was taken back."""
    return Verdict(visit.event_id, withdrawn(finding) if visit.rev_at else finding)
