"""Policy packs: law as dated data, one folder per area under `rules/policy`.

`Policy.load()` reads them, `Policy.at(area, path, day)` answers what held somewhere on a day.
Rules and the benefit calculation take every number of law from here.
"""

from rules.packs.model import (
    Bounds,
    OpenValue,
    Pack,
    PackError,
    Parameter,
    PolicyValue,
    Status,
    Value,
)
from rules.packs.policy import Policy

__all__ = [
    "Bounds",
    "OpenValue",
    "Pack",
    "PackError",
    "Parameter",
    "Policy",
    "PolicyValue",
    "Status",
    "Value",
]
