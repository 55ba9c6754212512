"""The policy as one claim sees it: its area, its day, and how a looked-up value is cited."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from rules.benefit.model import BenefitScheme, Claim, Step, StepName
from rules.benefit.wording import Argument
from rules.packs import Bounds, Policy, Value

PREFIX: Final[dict[BenefitScheme, str]] = {
    "general": "outpatient",
    "chronic": "chronic",
    "two_disease": "two_disease",
}
"""Where the packs keep the values of each way of protection."""


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

    def named(self, path: str) -> tuple[str, str]:
        """What a path is called in Chinese and English."""
        parameter = self.policy.parameters()[path]
        return parameter.zh, parameter.en

    def missing(self, path: str) -> Step:
        """The step that says a value is missing and which document leaves it so."""
        status = self.policy.status(self.claim.area, path, self.claim.day)
        return Step(
            name="missing",
            wording=status if status != "set" else "absent",
            args=(self.named(path), path),
            path=path,
            reference=self.policy.why_open(self.claim.area, path, self.claim.day),
        )


def resting_on(
    found: Value,
    path: str,
    name: StepName,
    wording: str,
    *args: Argument,
    amount: int | None = None,
) -> Step:
    """A step that rests on one looked-up value and cites it."""
    return Step(
        name=name,
        wording=wording,
        args=args,
        amount=amount,
        path=path,
        reference=found.reference,
        clauses=found.clauses,
        filled=found.filled,
    )
