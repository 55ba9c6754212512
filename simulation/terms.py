"""What each area pays, written down from its own documents; what they leave open is made up.

`OPEN` names what the documents do not say: these are DEMONSTRATION VALUES, no policy, and prove
nothing about a real area. The numbers are kept apart from the policy packs on purpose: a stream
made from them says whether the rules read the documents as somebody else did.

Ningxia (宁夏经办规程 第十三条): general and chronic outpatient care share one deductible and have
caps of their own. Sichuan (川办发〔2021〕85号 第七条): 200 and 150 yuan, 50 percent at tertiary
hospitals and pharmacies, 60 below, retirees up to ten points more. Chifeng (赤政办发〔2023〕23号
第四、五、八、十二条): 1,000 yuan, 50 to 65 percent, 4,000 and 5,000 yuan, nothing for the lower
rate of the flexibly employed, care away from home from 2023-04-25 on.
"""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

Grades = Mapping[str, int]
"""By class of institution: tertiary, secondary, primary, pharmacy."""


class Terms(Struct, frozen=True, kw_only=True):
    """One area's outpatient terms: money in fen, ratios in percent, pairs are in work, retired."""

    deductible: Grades
    retired_deductible: Grades
    ratio: Grades
    retired_extra: int
    cap: tuple[int, int]
    merged: bool
    chronic_ratio: Grades
    chronic_cap: tuple[int, int]
    two_disease_ratio: int
    two_disease_cap: int
    offsite_from: str = ""
    low_rate: bool = False
    pension: int
    retiree_percent: Mapping[int, float]
    relations: frozenset[str]
    open_values: tuple[str, ...]

    def retiree_credit(self, year: int) -> int:
        """What a retiree's account is credited each month of a year, fen."""
        since = max((known for known in self.retiree_percent if known <= year), default=0)
        percent = self.retiree_percent.get(since, min(self.retiree_percent.values()))
        return round(self.pension * percent / 100)


def _everywhere(amount: int) -> Grades:
    return dict.fromkeys(("tertiary", "secondary", "primary", "pharmacy"), amount)


_NEAR: Final = frozenset({"spouse", "parent", "child"})

NINGXIA: Final = Terms(
    deductible={"tertiary": 300_00, "secondary": 100_00, "primary": 0, "pharmacy": 300_00},
    retired_deductible={"tertiary": 300_00, "secondary": 100_00, "primary": 0, "pharmacy": 300_00},
    ratio={"tertiary": 60, "secondary": 70, "primary": 75, "pharmacy": 60},
    retired_extra=5,
    cap=(4000_00, 4500_00),
    merged=True,
    chronic_ratio={"tertiary": 65, "secondary": 70, "primary": 75, "pharmacy": 65},
    chronic_cap=(6000_00, 7000_00),
    two_disease_ratio=60,
    two_disease_cap=1200_00,
    pension=3400_00,
    retiree_percent={2023: 2.8},
    relations=_NEAR | {"spouse_parent"},
    open_values=("deductible", "ratio", "cap", "chronic", "two_disease", "pension"),
)
SICHUAN: Final = Terms(
    deductible=_everywhere(200_00),
    retired_deductible=_everywhere(150_00),
    ratio={"tertiary": 50, "secondary": 60, "primary": 60, "pharmacy": 50},
    retired_extra=10,
    cap=(2000_00, 2500_00),
    merged=False,
    chronic_ratio={"tertiary": 60, "secondary": 65, "primary": 70, "pharmacy": 60},
    chronic_cap=(5000_00, 6000_00),
    two_disease_ratio=50,
    two_disease_cap=1000_00,
    pension=3600_00,
    retiree_percent={2023: 2.0},
    relations=_NEAR,
    open_values=("cap", "chronic", "two_disease", "pension"),
)
CHIFENG: Final = Terms(
    deductible=_everywhere(1000_00),
    retired_deductible=_everywhere(1000_00),
    ratio={"tertiary": 50, "secondary": 60, "primary": 60, "pharmacy": 60},
    retired_extra=5,
    cap=(4000_00, 5000_00),
    merged=False,
    chronic_ratio={"tertiary": 60, "secondary": 65, "primary": 70, "pharmacy": 60},
    chronic_cap=(4000_00, 5000_00),
    two_disease_ratio=50,
    two_disease_cap=800_00,
    offsite_from="2023-04-25",
    low_rate=True,
    pension=3300_00,
    retiree_percent={2022: 3.0, 2023: 2.0},
    relations=_NEAR,
    open_values=("pharmacy", "chronic", "two_disease", "pension"),
)
TERMS: Final = {"64": NINGXIA, "51": SICHUAN, "15": CHIFENG}
"""By the first two digits of the pooling area's code."""
