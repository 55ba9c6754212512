"""What rules said of a settlement, so that alerts of rules and of models are ordered alike."""

from collections.abc import Sequence
from math import log1p
from typing import Final

from msgspec import Struct

from detectors.features.feature import Feature

FAMILIES: Final = (
    "impersonation",
    "duplicates",
    "cash_out",
    "benefit",
    "usage",
    "institution",
    "account",
    "data_quality",
    "knowledge",
    "anomaly",
)
"""Families of rules; alerts of another family count, but have no column of their own."""
FEATURES: Final = (
    Feature("hits", "命中预警数", "alerts on the settlement", "count"),
    Feature("hit_families", "命中规则类别数", "families of these alerts", "count"),
    Feature("hit_gravity", "最高严重程度", "gravest: 3 clear breach to 1 slight", "count"),
    Feature("hit_amount", "预警金额", "amount of the dearest alert", "ln_yuan"),
    *(
        Feature(f"hit_{family}", f"命中{family}类", f"hit by {family}", "flag")
        for family in FAMILIES
    ),
)


class Hit(Struct, frozen=True, gc=False):
    """An alert as the settlements it names know it; severity 1 is the gravest, amount in fen."""

    family: str
    severity: int
    amount: int


def hits_part(hits: Sequence[Hit]) -> list[float]:
    """Values of `FEATURES` of the alerts that name a settlement."""
    if not hits:
        return [0.0] * len(FEATURES)
    families = {hit.family for hit in hits}
    return [
        len(hits),
        len(families),
        max(4.0 - hit.severity for hit in hits),
        log1p(max(hit.amount for hit in hits) / 100),
        *(float(family in families) for family in FAMILIES),
    ]
