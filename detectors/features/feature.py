"""A feature: its name, what it means in both languages, and its unit."""

from typing import Final, Literal

from msgspec import Struct

Unit = Literal[
    "ln_yuan", "ln_ratio", "ln_count", "ln_hours", "ln_km", "ln_days", "share", "flag", "count",
    "deviations", "hours", "days", "years", "surprise", "code",
]  # fmt: skip
"""How a value is to be read; what begins with `ln_` is a natural logarithm.

`ln_yuan`, `ln_count`, `ln_hours`, `ln_km` and `ln_days` are ln(1 + quantity), `ln_ratio` is ln of a
ratio; `deviations` counts standard deviations, `surprise` is -ln of a probability, `code` only
tells groups apart.
"""

UNITS: Final[dict[str, tuple[str, str]]] = {
    "ln_yuan": ("元，ln(1+x)", "yuan, ln(1+x)"),
    "ln_ratio": ("倍数，ln", "ratio, ln"),
    "ln_count": ("次数，ln(1+x)", "count, ln(1+x)"),
    "ln_hours": ("小时，ln(1+x)", "hours, ln(1+x)"),
    "ln_km": ("公里，ln(1+x)", "km, ln(1+x)"),
    "ln_days": ("天，ln(1+x)", "days, ln(1+x)"),
    "share": ("比例 0-1", "share 0-1"),
    "flag": ("是否 0/1", "flag 0/1"),
    "count": ("次数", "count"),
    "deviations": ("标准差倍数", "standard deviations"),
    "hours": ("小时", "hours"),
    "days": ("天", "days"),
    "years": ("岁", "years"),
    "surprise": ("意外程度，-ln 概率", "surprise, -ln probability"),
    "code": ("分组代码", "group code"),
}
"""Units in Chinese and English."""


class Feature(Struct, frozen=True):
    """One column of the matrix."""

    name: str
    zh: str
    en: str
    unit: Unit
    version: int = 1
    """Raised when the feature is reckoned anew; a model knows the version it was trained on."""
