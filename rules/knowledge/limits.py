"""What a knowledge point demands of a settlement, parsed: one struct a sort of limit.

Ages are full months, `low` the first month allowed and `high` the first one that is not.
"""

from collections.abc import Mapping
from typing import Final, Literal

from msgspec import Struct


class Sex(Struct, frozen=True):
    """For one sex only; `gend` code."""

    only: str


Group = Literal["newborn", "infant", "toddler", "child", "working"]


class Age(Struct, frozen=True):
    """For an age group, or for ages between two numbers of months, or for neither below one."""

    group: Group | None = None
    low: int | None = None
    high: int | None = None
    forbidden: bool = False
    """The group, or the ages below `high`, are the ones it must not be given to."""


class Level(Struct, frozen=True):
    """Paid at hospitals of this tier or above only."""

    tier: int


Way = Literal["inpatient", "emergency", "outpatient"]


class Treatment(Struct, frozen=True):
    """Paid in these ways of treatment only."""

    ways: tuple[Way, ...]


class Offline(Struct, frozen=True):
    """Not to be prescribed in internet treatment."""


Scope = Literal["course", "encounter", "supply"]


class Days(Struct, frozen=True):
    """Paid for so many days of use, or months from the first use, of a course, stay or supply."""

    most: int
    unit: Literal["day", "month"]
    scope: Scope


class Together(Struct, frozen=True):
    """Two items of which the first includes the second; each by its code."""

    whole: str
    part: str


class Alone(Struct, frozen=True):
    """A herb that the pool does not pay where a prescription holds such herbs only."""


class Never(Struct, frozen=True):
    """A herb that the pool never pays."""


class Diseases(Struct, frozen=True):
    """Paid within chronic benefit for these diseases only; codes of the chronic-disease list."""

    codes: tuple[str, ...]


class Units(Struct, frozen=True):
    """At most so many units a day: hours, days."""

    a_day: int
    unit: str


class Times(Struct, frozen=True):
    """At most so many a calendar period, or in any so many days on end."""

    most: int
    period: Literal["day", "week", "month", "year", "interval"]
    days: int = 0
    """Length of the interval."""


class Insurance(Struct, frozen=True):
    """Paid by one insurance only."""

    only: Literal["injury", "maternity"]


Limit = (
    Sex
    | Age
    | Level
    | Treatment
    | Offline
    | Days
    | Together
    | Alone
    | Never
    | Diseases
    | Units
    | Times
    | Insurance
)

RULES: Final[Mapping[type, str]] = {
    Sex: "knowledge.sex",
    Age: "knowledge.age",
    Level: "knowledge.institution_level",
    Treatment: "knowledge.way_of_treatment",
    Offline: "knowledge.internet_hospital",
    Days: "knowledge.days_of_supply",
    Together: "knowledge.charged_together",
    Alone: "knowledge.herbs_alone",
    Never: "knowledge.herbs_excluded",
    Diseases: "knowledge.disease_list",
    Units: "knowledge.frequency",
    Times: "knowledge.frequency",
    Insurance: "knowledge.insurance_kind",
}
"""The rule that checks each sort of limit."""


class Reason(Struct, frozen=True):
    """Why a point is or is not active, for people."""

    en: str
    zh: str

    def __str__(self) -> str:
        return f"{self.en}（{self.zh}）"


class Reading(Struct, frozen=True):
    """What a point's texts say: a limit that is checked, or none; and why."""

    limit: Limit | None
    reason: Reason

    @property
    def rule(self) -> str:
        """Id of the rule that checks the limit, empty where there is none."""
        return RULES[type(self.limit)] if self.limit is not None else ""
