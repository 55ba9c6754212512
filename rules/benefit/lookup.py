"""The policy as one claim sees it: its area, its day, and how a looked-up value is cited."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from events.money import yuan
from rules.benefit.model import BenefitScheme, Claim, Step, StepName
from rules.packs import Bounds, Policy, Value

PREFIX: Final[dict[BenefitScheme, str]] = {
    "general": "outpatient",
    "chronic": "chronic",
    "two_disease": "two_disease",
}
"""Where the packs keep the values of each way of protection."""

_WHY_MISSING: Final = {
    "open": ("由统筹地区规定，尚未填入", "left to the pooling area and not filled in"),
    "repealed": ("已废止或已到期", "repealed or run out"),
    "absent": ("现有文件未作规定", "not said by any document"),
}


class Law(Struct, frozen=True):
    """The values that hold for one claim."""

    policy: Policy
    claim: Claim

    def at(self, path: str) -> Value | None:
        """The value of a path on the claim's day where the person is insured."""
        return self.policy.at(self.claim.area, path, self.claim.day)

    def flag(self, path: str) -> bool | None:
        """Yes or no, None where nothing is set."""
        found = self.at(path)
        return None if found is None else found.flag

    def first(self, paths: Sequence[str]) -> tuple[str, Value | None]:
        """The first path that is set; if none is, the first a document leaves open, or the last."""
        for path in paths:
            found = self.at(path)
            if found is not None:
                return path, found
        for path in paths:
            if self.policy.status(self.claim.area, path, self.claim.day) == "open":
                return path, None
        return paths[-1], None

    def bounds(self, path: str) -> Bounds:
        """Least and greatest value the law allows for a path that is not set."""
        found = self.policy.bounds(self.claim.area, path, self.claim.day)
        return found if found is not None else (None, None)

    def missing(self, path: str) -> Step:
        """The step that says a value is missing and which document leaves it so."""
        status = self.policy.status(self.claim.area, path, self.claim.day)
        zh, en = _WHY_MISSING.get(status, _WHY_MISSING["absent"])
        names = self.policy.parameters()[path]
        return Step(
            name="missing",
            zh=f"{names.zh}（{path}）{zh}",
            en=f"{names.en} ({path}): {en}",
            path=path,
            reference=self.policy.why_open(self.claim.area, path, self.claim.day),
        )


def resting_on(
    found: Value, path: str, name: StepName, zh: str, en: str, *, amount: int | None = None
) -> Step:
    """A step that rests on one looked-up value and cites it."""
    return Step(
        name=name,
        zh=zh,
        en=en,
        amount=amount,
        path=path,
        reference=found.reference,
        clauses=found.clauses,
        filled=found.filled,
    )


def shown(amount: int) -> str:
    """Fen as yuan with two decimals."""
    return str(yuan(amount))
