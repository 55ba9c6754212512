"""Whether the outpatient pool pays at all: ways of contributing, pharmacies, care away from home.

Applies to general outpatient pooling. Chronic and two-disease benefit hang on a registered
entitlement instead, which is checked by rules of its own.
"""

from typing import Final, Literal

from msgspec import Struct

from events.times import date_of, day_number
from rules.benefit.lookup import Law, resting_on
from rules.benefit.model import Step
from rules.packs import Value

_WAYS: Final = {"full": "足额缴费", "low": "较低费率缴费", "pool_only": "单建统筹"}
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
        return Coverage(
            "not_covered",
            (
                resting_on(
                    found,
                    path,
                    "coverage",
                    f"参保人{_WAYS[way]}，不享受普通门诊统筹待遇",
                    f"contributes at `{way}`, which gives no general outpatient benefit",
                ),
            ),
        )
    return Coverage(
        "covered",
        (
            resting_on(
                found,
                path,
                "coverage",
                f"参保人{_WAYS[way]}，享受普通门诊统筹待遇",
                f"contributes at `{way}`, which gives the general outpatient benefit",
            ),
        ),
    )


def _pharmacy(law: Law) -> Coverage:
    claim = law.claim
    begins, path = law.at("pharmacy.pool_from"), "pharmacy.pool_from"
    if begins is None:
        return _open(law, path)
    if claim.day < day_number(begins.date):
        return _refused(
            begins,
            path,
            f"{begins.date}起才可支付定点零售药店费用",
            f"pharmacies may be paid from {begins.date} only",
        )
    steps: list[Step] = []
    path = "pharmacy.joined_required"
    joined = law.at(path)
    if joined is not None and joined.flag:
        since = claim.pharmacy_pool_from
        if since is None or claim.day < since:
            return _refused(
                joined,
                path,
                "该药店当日未纳入门诊统筹",
                "the pharmacy had not joined outpatient pooling on that day",
            )
        steps.append(
            resting_on(
                joined,
                path,
                "coverage",
                f"该药店自{date_of(since)}起纳入门诊统筹",
                f"the pharmacy joined outpatient pooling on {date_of(since)}",
            )
        )
    path = "pharmacy.prescription_required"
    required = law.at(path)
    if claim.prescription:
        return Coverage("covered", tuple(steps))
    if required is not None and required.flag:
        return _refused(
            required,
            path,
            "无外配处方，统筹基金不予支付",
            "no external prescription, so the pool pays nothing",
        )
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
        return _refused(
            begins,
            path,
            f"异地普通门诊自{begins.date}起才纳入支付",
            f"general outpatient care away from home is paid from {begins.date} only",
        )
    filing = law.at("offsite.filing_required")
    if filing is not None and filing.flag and not law.claim.filed:
        return _refused(
            filing,
            "offsite.filing_required",
            "未办理异地就医备案",
            "no filing for care away from home",
        )
    return Coverage(
        "covered",
        (
            resting_on(
                begins,
                path,
                "coverage",
                f"异地普通门诊自{begins.date}起纳入支付，与本地费用合并累计",
                f"care away from home is paid since {begins.date} and adds to the same sums",
            ),
        ),
    )


def _open(law: Law, path: str) -> Coverage:
    return Coverage("open", (law.missing(path),), (path,))


def _refused(found: Value, path: str, zh: str, en: str) -> Coverage:
    return Coverage("not_covered", (resting_on(found, path, "coverage", zh, en),))
