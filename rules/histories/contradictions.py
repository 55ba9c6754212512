"""What a settlement's own data contradicts or leaves out, found when the event is read.

Nothing here is a breach by itself; `rules/data_quality` says what counts where. Sources: interface
specification 2102 and 2207 (identities between amounts, mandatory fields), GB 11643 (identity
numbers), the national coding rules. Identity numbers are looked at and not kept.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
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
from events.times import DAY, day_number, day_of, day_start
from rules.histories import keyed
from rules.histories.facts import Fact, month_key
from rules.histories.records import ACCOUNT_INSIDE, Defect, Visit

IDENTITY: Final = "identity"
CODING: Final = "coding"
AMOUNTS: Final = "amounts"
LATE: Final = "late"
MISSING: Final = "missing"
LEDGER: Final = "ledger"
"""A report of stock sent days after the movement."""
_CENT: Final = 2
"""Fen that an identity may be off: rounding of parts."""
_RESIDENT_CARD: Final = "01"
_SEXES: Final = frozenset("12")
_NUMBERLIKE: Final = re.compile(r"\d{15,19}|\d{17}[Xx]", re.ASCII).fullmatch
_CONSUMABLE: Final = re.compile(r"C\d{14,27}", re.ASCII).fullmatch
"""Consumables are sent by class, by generic name or by model, so their codes differ in length."""
_STAFF: Final = re.compile(r"(?:HY|HJ|D|N)\d{9,}", re.ASCII).fullmatch
_FOR_OWN_EXPENSE: Final = frozenset({"NMLC999", "NDPB999"})
_DISEASE: Final = re.compile(
    r"(?=[^0-9]*[0-9])(?=[^A-Z]*[A-Z])[A-Z0-9.+*/!-]+", re.ASCII | re.IGNORECASE
).fullmatch
"""Signs that codes of diseases are made of, of ICD-10 in its versions and of Chinese medicine."""
_OWN_ACCOUNT: Final = "310200"
_OTHERS: Final = frozenset({"999900", "999997"})
_INPATIENT: Final = ("2304", "2305")
_EARLY: Final = 10 * 60
"""Seconds that clocks may differ."""
MESSAGE: Final = 30
"""Signs of a message id that is built as the interface says."""
_SHOWN: Final = 400
_KNOWN: Final = 1 << 16


_sound: set[str] = set()
"""Institution, item and staff codes met before and found right; emptied when it grows too far."""
_diseases: set[str] = set()
"""Codes of diseases met before and found possible; emptied likewise."""
_people: dict[str, tuple[date | None, str]] = {}
"""Birth date and sex with which an identity number was found right; emptied likewise."""

_days_named: dict[str, int] = {}
"""Day numbers of `YYYYMMDD`."""


def contradictions(event: Settlement, visit: Visit) -> tuple[str, ...]:
    """Everything wrong with a settlement's data, each as `sort.kind`; usually nothing."""
    found: tuple[str, ...] = ()
    number = event.certno
    if (
        number
        and event.psn_cert_type == _RESIDENT_CARD
        and _people.get(number) != (event.brdy, event.gend)
    ):
        found += _identity(number, event.brdy, event.gend)
    if visit.inst not in _sound:
        found += _institution(visit.inst)
    lines, time = visit.lines, visit.time
    if not (visit.med_type and (visit.credential_type or not visit.credential)) or (
        event.psn_cert_type and not number
    ):
        found += _missing(event, visit)
    soonest, latest = time - DAY, time + _EARLY
    if visit.begin > latest:
        found += ("late.before",)
    for code in visit.diagnoses:
        if code not in _diseases:
            found += _diagnosis(code)
    if visit.signer and visit.signer not in _sound:
        found += _doctor(visit.signer)
    amount = 0
    for line in lines:
        amount += line.amount
        if line.code not in _sound or (line.doctor and line.doctor not in _sound):
            own = not (line.in_scope or (visit.fund and not visit.in_scope))
            if own and line.code in _FOR_OWN_EXPENSE:
                own = not _counted_in(visit)
            found += _codes(line.code, line.doctor, own=own)
        if line.at and not soonest <= line.at <= latest:
            found += _timed(event, visit, line.at)
    if len(visit.event_id) == MESSAGE and _sent_late(visit):
        found += ("late.message",)
    if visit.fee > 0:
        off = visit.fee - amount
        if lines and not -_CENT <= off <= _CENT:
            found += ("amounts.lines",)
        found += _amounts(event, visit)
    return found


def defects(event: Settlement, visit: Visit) -> Iterable[Fact]:
    """Facts for the institution's month, one for each sort of defect; usually none."""
    found = contradictions(event, visit)
    return _told(visit, found) if found else ()


def _told(visit: Visit, found: tuple[str, ...]) -> Iterator[Fact]:
    sorts: dict[str, list[str]] = {}
    for name in dict.fromkeys(found):
        sort, _, kind = name.partition(".")
        sorts.setdefault(sort, []).append(kind)
    month = month_key(visit.inst, visit.time)
    for sort, kinds in sorts.items():
        days = _days(visit) if sort == LATE else 0
        what = _what(visit, kinds) if sort == CODING else ""
        defect = Defect(
            visit.event_id,
            visit.time,
            sort,
            tuple(sorted(kinds)),
            visit.setl_id,
            visit.area,
            visit.insured_area,
            days,
            what,
        )
        yield Fact(keyed.INSTITUTION_MONTH, f"{month}|{sort}", defect)


def _amounts(e: Settlement, visit: Visit) -> tuple[str, ...]:
    """Identities between amounts; those of the fund are looked at with and without account money.

    `*_apart` holds only if account money is counted inside the fund's sum, as some provinces do:
    one of them says so of all the sums.
    """
    fee, fund, account, cash = visit.fee, +e.fund_pay_sumamt, visit.account, visit.cash
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
    if visit.in_scope > fee + _CENT:
        found += ("amounts.scope",)
    if visit.other_funds or visit.account_in == ACCOUNT_INSIDE:
        found += _funds(e, visit)
    if e.setldetail:
        found += _detail(e, visit)
    return _once(found) if len(found) > 1 else found


def _once(found: tuple[str, ...]) -> tuple[str, ...]:
    """The kinds, of those that say that account money is counted inside only the first."""
    inside = [kind for kind in found if kind.endswith("_apart")]
    return tuple([kind for kind in found if kind not in inside[1:]])


def _funds(e: Settlement, visit: Visit) -> tuple[str, ...]:
    """Whether the funds sum to what they paid together, where it was not the pool alone."""
    others = (e.cvlserv_pay, e.hifes_pay, e.hifmi_pay, e.hifob_pay, e.hifdm_pay, e.maf_pay)
    parts = visit.pool + sum(others) + e.oth_pay
    off = e.fund_pay_sumamt - parts
    if not parts or -_CENT <= off <= _CENT:
        return ()
    within = visit.account and abs(off - visit.account) <= _CENT
    return ("amounts.fund_apart",) if within else ("amounts.fund",)


def _detail(e: Settlement, visit: Visit) -> tuple[str, ...]:
    """Whether the funds' parts sum to what the funds paid, or the account paid too."""
    fund = e.fund_pay_sumamt
    funds = account = others = 0
    for part in e.setldetail:
        kind = part.fund_pay_type
        if kind == _OWN_ACCOUNT:
            account += part.fund_payamt
        elif kind in _OTHERS:
            others += part.fund_payamt
        else:
            funds += part.fund_payamt
    if not funds or any(abs(total - fund) <= _CENT for total in (funds, funds + others)):
        return ()
    if visit.account and abs(funds - fund - visit.account) <= _CENT:
        return ()
    return (
        ("amounts.detail_apart",) if abs(funds + account - fund) <= _CENT else ("amounts.detail",)
    )


def _identity(number: str, born: date | None, sex: str) -> tuple[str, ...]:
    """What contradicts an identity number; what does not look like one (masked) says nothing."""
    found = _identity_wrong(number.upper(), born, sex) if _NUMBERLIKE(number) is not None else ()
    if not found:
        if len(_people) >= _KNOWN:
            _people.clear()
        _people[number] = (born, sex)
    return found


def _identity_wrong(number: str, born: date | None, sex: str) -> tuple[str, ...]:
    problem = check_identity(number)
    if problem is not None:
        if problem.code != "old":
            return (f"identity.{problem.code}",)
        number = f"{number[:6]}19{number[6:]}0"
    found: tuple[str, ...] = ()
    if born is not None and number[6:14] != born.strftime("%Y%m%d"):
        found += ("identity.birth",)
    if sex in _SEXES and sex_of(number) != sex:
        found += ("identity.sex",)
    return found


def _remember(code: str) -> None:
    if len(_sound) >= _KNOWN:
        _sound.clear()
    _sound.add(code)


def _institution(code: str) -> tuple[str, ...]:
    if check_institution(code) is not None:
        return ("coding.institution",)
    _remember(code)
    return ()


def _diagnosis(code: str) -> tuple[str, ...]:
    """Whether a diagnosis can be no code at all; which codes there are is not asked."""
    if code and _DISEASE(code.strip()) is None:
        return ("coding.diagnosis",)
    if len(_diseases) >= _KNOWN:
        _diseases.clear()
    _diseases.add(code)
    return ()


def _codes(item: str, doctor: str, *, own: bool) -> tuple[str, ...]:
    """What is wrong with the item's and the physician's code of a fee line.

    The national placeholders are there for what the person pays all of (`own`).
    """
    found: tuple[str, ...] = ()
    kind = item_kind(item)
    if not item:
        found += ("missing.item",)
    elif kind is ItemKind.PLACEHOLDER:
        found += () if own and item in _FOR_OWN_EXPENSE else ("coding.placeholder",)
    elif kind is ItemKind.UNKNOWN and _CONSUMABLE(item) is None:
        found += ("coding.item",)
    else:
        _remember(item)
    return found + _doctor(doctor) if doctor else found


def _counted_in(visit: Visit) -> bool:
    """Whether more is in policy than everything but the placeholders' lines costs."""
    own = sum(line.amount for line in visit.lines if line.code in _FOR_OWN_EXPENSE)
    return 0 < visit.fee < own + visit.in_scope - _CENT


def _doctor(code: str) -> tuple[str, ...]:
    """What is wrong with a physician's code; an institution's own number is left to its month."""
    if check_staff(code) is None:
        _remember(code)
        return ()
    if is_placeholder(code):
        return ("coding.placeholder",)
    if not code.isascii():
        return ("coding.name",)
    return ("coding.staff",) if is_staff_like(code) else ()


def is_staff_like(code: str) -> bool:
    """Whether a text means to be a national staff code; any other is an institution's number."""
    return _STAFF(code) is not None


def _missing(event: Settlement, visit: Visit) -> tuple[str, ...]:
    """Fields left empty that nothing can be judged without, or whose companion was sent.

    What a sender leaves out altogether is its convention; `sending` tells what it sends at times.
    """
    return tuple(
        f"missing.{name}"
        for name, missing in (
            ("med_type", not visit.med_type),
            ("mdtrt_cert_type", bool(visit.credential) and not visit.credential_type),
            ("certno", bool(event.psn_cert_type) and not event.certno),
        )
        if missing
    )


def _what(visit: Visit, kinds: list[str]) -> str:
    """The malformed item codes of a settlement, which the reference data may know all the same."""
    if "item" not in kinds:
        return ""
    wrong = [
        line.code
        for line in visit.lines
        if line.code and item_kind(line.code) is ItemKind.UNKNOWN and _CONSUMABLE(line.code) is None
    ]
    return " ".join(dict.fromkeys(wrong))[:_SHOWN]


def _timed(event: Settlement, visit: Visit, at: int) -> tuple[str, ...]:
    """What is wrong with a fee of another day; a stay is settled at its end."""
    if at > visit.time:
        return ("late.before",)
    stay = event.infno[:4] in _INPATIENT or not _outpatient(visit)
    return () if stay else ("late.fees",)


def _outpatient(visit: Visit) -> bool:
    """Whether the way of treatment is no stay, whose fees lie days back."""
    return visit.med_type[:1] != "2" and visit.med_type != "52"


def sent_day(event_id: str) -> int | None:
    """Day number in a message id built as the interface says, or None."""
    if event_id[0] not in "HPC" or not event_id[1:26].isdigit():
        return None
    digits = event_id[12:20]
    day = _days_named.get(digits)
    if day is None:
        try:
            day = day_number(date(int(digits[:4]), int(digits[4:6]), int(digits[6:])))
        except ValueError:
            return None
        if len(_days_named) >= _KNOWN:
            _days_named.clear()
        _days_named[digits] = day
    return day


def _sent_late(visit: Visit) -> bool:
    sent = sent_day(visit.event_id)
    return sent is not None and day_start(sent) > visit.time + DAY


def _days(visit: Visit) -> int:
    """The most days that lie between what happened and its settlement or report."""
    earliest = min((line.at for line in visit.lines if line.at), default=visit.time)
    sent = sent_day(visit.event_id) if len(visit.event_id) == MESSAGE else None
    late = sent - day_of(visit.time) if sent is not None else 0
    return max((visit.time - earliest) // DAY, late, 0)
