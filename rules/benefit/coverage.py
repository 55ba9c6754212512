"""Whether the outpatient pool pays at all: ways of contributing, pharmacies, care away from home.

Applies to general outpatient pooling. Chronic and two-disease benefit hang on a registered
entitlement instead, which is checked by rules of its own.
"""

from typing import Final, Literal

from msgspec import Struct

from events.times import date_of, day_number
from rules.benefit.lookup import Law, resting_on
from rules.benefit.model import Step
from rules.benefit.wording import Argument
from rules.packs import Value

_WAYS: Final = frozenset({"full", "low", "pool_only"})
_PROVINCE, _CITY = 2, 4


class Coverage(Struct, frozen=True):
    """`open` where it hangs on values that are missing, which `missing` then names."""

    status: Literal["covered", "not_covered", "open"]
    steps: tuple[Step, ...] = ()
    missing: tuple[str, ...] = ()


def coverage(law: Law) -> Coverage:
    """Go through the conditions; the first that fails decides, and missing ones are collected."""
    if law.claim.scheme != "general":
        return Coverage("covered")
    checks = [_contribution(law)]
    if law.claim.pharmacy:
        checks.append(_pharmacy(law))
    if _away(law):
        checks.append(_offsite(law))
    failed = next((check for check in checks if check.status == "not_covered"), None)
    if failed is not None:
        return failed
    missing = tuple(path for check in checks for path in check.missing)
    steps = tuple(step for check in checks for step in check.steps)
    return Coverage("open" if missing else "covered", steps, missing)


def _contribution(law: Law) -> Coverage:
    way = law.claim.clct_way or "full"
    if way not in _WAYS:
        way = "full"
    path = f"outpatient.benefit.{way}"
    found = law.at(path)
    if found is None or found.text == "separate":
        return _open(law, path)
    if found.text == "none":
        return _refused(found, path, "way_pays_nothing", way)
    return Coverage("covered", (resting_on(found, path, "coverage", "way_pays", way),))


def _pharmacy(law: Law) -> Coverage:
    claim = law.claim
    begins, path = law.at("pharmacy.pool_from"), "pharmacy.pool_from"
    if begins is None:
        return _open(law, path)
    if claim.day < day_number(begins.date):
        return _refused(begins, path, "pharmacies_later", begins.date)
    steps: list[Step] = []
    path = "pharmacy.joined_required"
    joined = law.at(path)
    if joined is not None and joined.flag:
        since = claim.pharmacy_pool_from
        if since is None or claim.day < since:
            return _refused(joined, path, "pharmacy_not_joined")
        steps.append(resting_on(joined, path, "coverage", "pharmacy_joined", date_of(since)))
    path = "pharmacy.prescription_required"
    required = law.at(path)
    if claim.prescription:
        return Coverage("covered", tuple(steps))
    if required is not None and required.flag:
        return _refused(required, path, "no_prescription")
    if law.policy.status(claim.area, path, claim.day) == "open":
        return _open(law, path)
    return Coverage("covered", tuple(steps))


def _away(law: Law) -> bool:
    """Whether the care was outside what the area counts as home."""
    claim = law.claim
    found = law.at("offsite.region")
    length = _PROVINCE if found is not None and found.text == "province" else _CITY
    return bool(claim.treated_in) and claim.treated_in[:length] != claim.area[:length]


def _offsite(law: Law) -> Coverage:
    path = "offsite.outpatient_from"
    begins = law.at(path)
    if begins is None:
        return _open(law, path)
    if law.claim.day < day_number(begins.date):
        return _refused(begins, path, "offsite_later", begins.date)
    filing = law.at("offsite.filing_required")
    if filing is not None and filing.flag and not law.claim.filed:
        return _refused(filing, "offsite.filing_required", "offsite_not_filed")
    return Coverage("covered", (resting_on(begins, path, "coverage", "offsite_paid", begins.date),))


def _open(law: Law, path: str) -> Coverage:
    return Coverage("open", (law.missing(path),), (path,))


def _refused(found: Value, path: str, wording: str, *args: Argument) -> Coverage:
    return Coverage("not_covered", (resting_on(found, path, "coverage", wording, *args),))
