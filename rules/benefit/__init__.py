"""Benefit calculation: what the pool owes for an outpatient settlement, by which article.

`calculate(policy, claim, accumulators)` answers for every area pack; `accumulate` keeps the year's
sums. Pure and exact to a fen; a value that is open or absent is named, never guessed.
"""

from rules.benefit.accumulators import Accumulators, Settled, accumulate
from rules.benefit.calculation import calculate
from rules.benefit.model import (
    BENEFIT_SCHEMES,
    Benefit,
    BenefitScheme,
    Claim,
    Step,
    Undetermined,
    level_of,
)

__all__ = [
    "BENEFIT_SCHEMES",
    "Accumulators",
    "Benefit",
    "BenefitScheme",
    "Claim",
    "Settled",
    "Step",
    "Undetermined",
    "accumulate",
    "calculate",
    "level_of",
]
