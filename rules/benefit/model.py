"""What goes into a benefit calculation and what comes out. Money is fen, days are day numbers."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final, Literal

from msgspec import Struct

from events.codes import tier
from events.local_codes import Scheme
from events.national_codes import HospLv
from rules.benefit.wording import Argument, in_chinese, in_english

BenefitScheme = Literal["general", "chronic", "two_disease"]
"""The three ways of outpatient protection that Sichuan's article 10 tells apart."""

BENEFIT_SCHEMES: Final[Mapping[str, BenefitScheme]] = {
    Scheme.GENERAL: "general",
    Scheme.PHARMACY: "general",
    Scheme.EMERGENCY: "general",
    Scheme.REGISTRATION: "general",
    Scheme.CHRONIC: "chronic",
    Scheme.TWO_DISEASE: "two_disease",
}
"""Way of protection by the scheme of a kind of treatment; others are not outpatient benefits."""

Level = Literal["tertiary", "secondary", "primary", "pharmacy"]

_LEVELS: Final[Mapping[int, Level]] = {3: "tertiary", 2: "secondary", 1: "primary"}


def level_of(hosp_lv: str, pharmacy: bool) -> Level | None:
    """Level of an institution for benefits; None where its grade is not known.

    `hosp_lv` is the national code, which is not in order of rank (12 is tertiary, 11 ungraded).
    Ungraded institutions are clinics and stations and count with the primary ones.
    """
    if pharmacy:
        return "pharmacy"
    if hosp_lv == HospLv.UNGRADED:
        return "primary"
    return _LEVELS.get(tier(hosp_lv))


class Claim(Struct, frozen=True, kw_only=True):
    """One settlement as the calculation needs it.

    `area` is where the person is insured and `treated_in` where they were treated (6 digits,
    empty for at home). `clct_way` is how they contribute (`full`, `low`, `pool_only`; empty counts
    as full). `pharmacy_pool_from` is the day the pharmacy joined, None if it has not. `in_policy`
    is what the catalogues leave after own-expense and first-pay parts; `cap_raise` what an approved
    application adds to the cap.
    """

    area: str
    day: int
    scheme: BenefitScheme
    in_policy: int
    retired: bool = False
    clct_way: str = ""
    hosp_lv: str = ""
    pharmacy: bool = False
    pharmacy_pool_from: int | None = None
    prescription: bool = False
    treated_in: str = ""
    filed: bool = False
    cap_raise: int = 0


StepName = Literal[
    "coverage", "year", "scope", "deductible", "ratio", "cap", "basic_cap", "payment", "missing"
]


class Step(Struct, frozen=True, kw_only=True):
    """One step of the explanation: what was done, with which numbers, by which article.

    The text is made from `wording` and `args` when `zh` or `en` is read.
    """

    name: StepName
    wording: str
    args: tuple[Argument, ...] = ()
    amount: int | None = None
    path: str = ""
    reference: str = ""
    clauses: tuple[str, ...] = ()
    filled: bool = False

    @property
    def zh(self) -> str:
        """The step in Chinese, money in yuan."""
        return in_chinese(self.wording, self.args)

    @property
    def en(self) -> str:
        """The step in English, money in yuan."""
        return in_english(self.wording, self.args)


class Benefit(Struct, frozen=True, kw_only=True):
    """A calculated benefit.

    `cap_used` is this settlement's use of the scheme's cap and `cap_left` what remains after it,
    None where the scheme has no cap to count. `unless` names parameters that are not known and
    could only matter if the year's payments came near the overall cap of basic insurance.
    """

    deductible_used: int
    ratio: Decimal
    fund_payment: int
    cap_used: int
    cap_left: int | None
    steps: tuple[Step, ...]
    covered: bool = True
    unless: tuple[str, ...] = ()

    @property
    def filled(self) -> tuple[str, ...]:
        """Parameters that an overlay filled in and the result rests on."""
        return tuple(step.path for step in self.steps if step.filled)

    @property
    def clauses(self) -> tuple[str, ...]:
        """All clauses the result rests on, in the order of the steps."""
        return tuple(dict.fromkeys(clause for step in self.steps for clause in step.clauses))


class Undetermined(Struct, frozen=True, kw_only=True):
    """A benefit that cannot be calculated because `paths` are open or absent.

    What is known stands all the same: `deductible_used` and `ratio` where they are certain, and
    `floor` and `ceiling`, between which the payment lies whatever the missing values turn out
    to be. More than the ceiling is too much under any filling.
    """

    paths: tuple[str, ...]
    floor: int
    ceiling: int
    steps: tuple[Step, ...]
    deductible_used: int | None = None
    ratio: Decimal | None = None
