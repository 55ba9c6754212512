"""What a settlement's own data contradicts or leaves out, found when the event is read.

Nothing here is a breach by itself; `rules/data_quality` says what counts where. Sources: interface
specification 2102 and 2207 (identities between amounts, mandatory fields), GB 11643 (identity
numbers), the national coding rules. Identity numbers are looked at and not kept.
"""

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Final

from events.identifiers import (
    ItemKind,
    check_identity,
    check_institution,
    check_staff,
    is_placeholder,
    item_kind,
    sex_of,
)
from events.kinds import Settlement
from events.times import DAY, day_number, day_of
from rules.histories import keyed
from rules.histories.facts import Fact, month_key
from rules.histories.records import Defect, Visit

IDENTITY: Final = "identity"
CODING: Final = "coding"
AMOUNTS: Final = "amounts"
LATE: Final = "late"
MISSING: Final = "missing"
_CENT: Final = 2
"""Fen that an identity may be off: rounding of parts."""
_RESIDENT_CARD: Final = "01"
_SEXES: Final = frozenset("12")
_NUMBERLIKE: Final = re.compile(r"\d{15,19}|\d{17}[Xx]", re.ASCII).fullmatch
_OWN_ACCOUNT: Final = "310200"
_OTHERS: Final = frozenset({"999900", "999997"})
_INPATIENT: Final = ("2304", "2305")
_EARLY: Final = 10 * 60
"""Seconds that clocks may differ."""
_MESSAGE: Final = 30
_KNOWN: Final = 1 << 16


def contradictions(event: Settlement, visit: Visit) -> tuple[str, ...]:
    """Everything wrong with a settlement's data, each as `sort.kind`; usually nothing."""
    found = _amounts(event, visit)
    if event.psn_cert_type == _RESIDENT_CARD and event.certno:
        found += _identity(event.certno, event.brdy, event.gend)
    found += _institution(visit.inst)
    if not (visit.med_type and visit.insurance and visit.credential_type and visit.lines):
        found += _missing(visit)
    latest = visit.begin
    earliest = visit.time
    for line in visit.lines:
        found += _codes(line.code, line.doctor)
        at = line.at
        if at:
            latest = max(latest, at)
            earliest = min(earliest, at)
    if latest > visit.time + _EARLY:
        found += ("late.before",)
    if visit.time - earliest > DAY and event.infno[:4] not in _INPATIENT and _outpatient(visit):
        found += ("late.fees",)
    if len(visit.event_id) == _MESSAGE and _sent_late(visit):
        found += ("late.message",)
    return found


def defects(event: Settlement, visit: Visit) -> Iterator[Fact]:
    """Facts for the institution's month, one for each sort of defect; usually none."""
    found = contradictions(event, visit)
    if not found:
        return
    sorts: dict[str, list[str]] = {}
    for name in dict.fromkeys(found):
        sort, _, kind = name.partition(".")
        sorts.setdefault(sort, []).append(kind)
    month = month_key(visit.inst, visit.time)
    for sort, kinds in sorts.items():
        days = _days(visit) if sort == LATE else 0
        defect = Defect(
            visit.event_id,
            visit.time,
            sort,
            tuple(sorted(kinds)),
            visit.setl_id,
            visit.area,
            visit.insured_area,
            days,
        )
        yield Fact(keyed.INSTITUTION_MONTH, f"{month}|{sort}", defect)


def _amounts(e: Settlement, visit: Visit) -> tuple[str, ...]:
    """Identities between amounts; those of the fund are looked at with and without account money.

    `*_apart` holds only if account money is counted inside the fund's sum, as some provinces do.
    """
    fee, fund, account, cash = visit.fee, visit.fund, visit.account, visit.cash
    if fee <= 0:
        return ()
    found: tuple[str, ...] = ()
    own = visit.person_part or account + cash
    if fund or own:
        off = fee - fund - own - visit.hospital_part
        if not -_CENT <= off <= _CENT:
            within = abs(fee - fund - cash - visit.hospital_part) <= _CENT and account
            found += ("amounts.total_apart",) if within else ("amounts.total",)
    if visit.person_part and (account or cash):
        off = visit.person_part - account - cash
        if not -_CENT <= off <= _CENT:
            within = abs(visit.person_part - cash) <= _CENT
            found += ("amounts.person_apart",) if within else ("amounts.person",)
    if account and visit.shared > account:
        found += ("amounts.shared",)
    parts = (
        e.hifp_pay
        + e.cvlserv_pay
        + e.hifes_pay
        + e.hifmi_pay
        + e.hifob_pay
        + e.hifdm_pay
        + e.maf_pay
        + e.oth_pay
    )
    if parts:
        off = fund - parts
        if not -_CENT <= off <= _CENT:
            within = account and abs(off - account) <= _CENT
            found += ("amounts.fund_apart",) if within else ("amounts.fund",)
    lines = visit.lines
    if lines:
        off = fee - sum([line.amount for line in lines])
        if not -_CENT <= off <= _CENT:
            found += ("amounts.lines",)
    if e.setldetail:
        found += _detail(e, visit)
    return found


def _detail(e: Settlement, visit: Visit) -> tuple[str, ...]:
    """Whether the funds' parts sum to what the funds paid, or the account paid too."""
    funds = account = 0
    for part in e.setldetail:
        if part.fund_pay_type == _OWN_ACCOUNT:
            account += part.fund_payamt
        elif part.fund_pay_type not in _OTHERS:
            funds += part.fund_payamt
    if abs(funds - visit.fund) <= _CENT or not funds:
        return ()
    if visit.account and abs(funds - visit.fund - visit.account) <= _CENT:
        return ()
    return (
        ("amounts.detail_apart",)
        if abs(funds + account - visit.fund) <= _CENT
        else ("amounts.detail",)
    )


@lru_cache(_KNOWN)
def _identity(number: str, born: date | None, sex: str) -> tuple[str, ...]:
    """What contradicts an identity number; what does not look like one (masked) says nothing."""
    if _NUMBERLIKE(number) is None:
        return ()
    number = number.upper()
    problem = check_identity(number)
    if problem is not None and problem.code != "old":
        return (f"identity.{problem.code}",)
    if problem is not None:
        number = f"{number[:6]}19{number[6:]}0"
    found: tuple[str, ...] = ()
    if born is not None and number[6:14] != born.strftime("%Y%m%d"):
        found += ("identity.birth",)
    if sex in _SEXES and sex_of(number) != sex:
        found += ("identity.sex",)
    return found


@lru_cache(_KNOWN)
def _institution(code: str) -> tuple[str, ...]:
    return () if check_institution(code) is None else ("coding.institution",)


@lru_cache(_KNOWN)
def _codes(item: str, doctor: str) -> tuple[str, ...]:
    """What is wrong with the item's and the physician's code of a fee line."""
    found: tuple[str, ...] = ()
    if not item:
        found += ("missing.item",)
    else:
        kind = item_kind(item)
        if kind is ItemKind.PLACEHOLDER:
            found += ("coding.placeholder",)
        elif kind is ItemKind.UNKNOWN:
            found += ("coding.item",)
    if doctor and check_staff(doctor) is not None:
        found += ("coding.placeholder",) if is_placeholder(doctor) else ("coding.staff",)
    return found


def _missing(visit: Visit) -> tuple[str, ...]:
    """Mandatory fields of the interface that were left empty."""
    return tuple(
        f"missing.{name}"
        for name, value in (
            ("med_type", visit.med_type),
            ("insutype", visit.insurance),
            ("mdtrt_cert_type", visit.credential_type),
            ("feedetail", visit.lines),
        )
        if not value
    )


def _outpatient(visit: Visit) -> bool:
    """Whether the way of treatment is no stay, whose fees lie days back."""
    return visit.med_type[:1] != "2" and visit.med_type != "52"


def _sent(event_id: str) -> int | None:
    """Day number in a message id built as the interface says, or None."""
    digits = event_id[12:20]
    if event_id[0] not in "HPC" or not event_id[1:26].isdigit():
        return None
    try:
        return day_number(date(int(digits[:4]), int(digits[4:6]), int(digits[6:])))
    except ValueError:
        return None


def _sent_late(visit: Visit) -> bool:
    sent = _sent(visit.event_id)
    return sent is not None and sent - day_of(visit.time) > 1


def _days(visit: Visit) -> int:
    """The most days that lie between what happened and its settlement or report."""
    earliest = min((line.at for line in visit.lines if line.at), default=visit.time)
    sent = _sent(visit.event_id) if len(visit.event_id) == _MESSAGE else None
    late = sent - day_of(visit.time) if sent is not None else 0
    return max((visit.time - earliest) // DAY, late, 0)
