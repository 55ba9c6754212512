"""How a settlement was sent, as bits: what was left empty, by which codes, with which costs.

Each is a fact about a sender and no defect by itself: an institution's month counts them, so that
rules can tell what is the exception there (`rules/data_quality/exceptions.py`). Where something is
not always asked for, another bit says that it was sent.

Sources: interface specification, 2102, 2203 and 2204 (mandatory fields; a line's costs are count
times price), national coding rules (staff), ICD-10 in its national editions, GB/T 15657-1995 and
-2021 (Chinese medicine).
"""

import re
from functools import lru_cache
from typing import Final

from events.identifiers import check_staff, is_placeholder
from events.local_codes import Scheme
from rules.histories.contradictions import is_staff_like
from rules.histories.records import Line, Visit

NO_INSURANCE: Final = 1
NO_PERSON_TYPE: Final = 2
NO_CREDENTIAL_TYPE: Final = 4
NO_VISIT_ID: Final = 8
NO_BEGIN: Final = 16
NO_DIAGNOSIS: Final = 32
NO_DOCTOR: Final = 64
"""No fee line names a physician."""
DIAGNOSED: Final = 128
SIGNED: Final = 256
"""Where a diagnosis, or a physician, is asked for: at hospitals and on prescriptions."""
OWN_STAFF: Final = 512
"""A physician is named by what is no national code, nor means to be one."""
NATIONAL_STAFF: Final = 1024
OTHER_DISEASE: Final = 2048
"""A diagnosis may be a code, but none of ICD-10 or of Chinese medicine."""
NATIONAL_DISEASE: Final = 4096
COSTS_OFF: Final = 8192
"""The costs of a line are not its count times its price."""
COSTS_HOLD: Final = 16384
NO_CREDENTIAL: Final = 32768
"""A kind of credential was sent, but not its number."""
CREDENTIAL: Final = 65536
NO_CERTIFICATE: Final = 131072
"""Neither a certificate of the person nor its kind was sent."""
NO_LINES: Final = 262144
LINES: Final = 524288
"""Fee lines, which are asked for outside stays."""
NO_FEE_TIME: Final = 1048576
"""A fee line does not say when its costs arose, or how many units it sells."""
NO_COUNT: Final = 2097152
LINED: Final = 4194304
"""Fee lines, of whatever visit."""

_WHOLE: Final = 1000
"""One unit, in thousandths."""
_FEN: Final = 100_000
"""One fen, in thousandths of a unit times ten-thousandths of a yuan."""
_ROUNDING: Final = 2 * _FEN
_STAY: Final = str(Scheme.INPATIENT)
_SLICES: Final = "T"
_SLICES_CHARGE: Final = "10"
_NATIONAL_DISEASE: Final = re.compile(
    r"\s*(?:[A-Z][0-9]{2}|[BZ][A-Z]+[0-9])", re.ASCII | re.IGNORECASE
).match
"""How codes begin: ICD-10, morphology and the Chinese medicine of 2021; that of 1995."""


def sent(visit: Visit, *, pharmacy: bool) -> int:
    """The bits of a settlement.

    A pharmacy is asked for diagnosis and physician only where it sells on a prescription.
    """
    bits = (
        (0 if visit.insurance else NO_INSURANCE)
        | (0 if visit.person_type else NO_PERSON_TYPE)
        | (0 if visit.credential_type else NO_CREDENTIAL_TYPE)
        | (0 if visit.mdtrt_id else NO_VISIT_ID)
        | (0 if visit.begin else NO_BEGIN)
    )
    if visit.credential_type:
        bits |= CREDENTIAL if visit.credential else NO_CREDENTIAL
    if not visit.certified:
        bits |= NO_CERTIFICATE
    if visit.scheme != _STAY:
        bits |= LINES if visit.lines else NO_LINES
    if visit.lines:
        bits |= LINED
    asked, last = not pharmacy, ""
    for line in visit.lines:
        if not line.at:
            bits |= NO_FEE_TIME
        if not line.quantity and line.amount:
            bits |= NO_COUNT
        doctor = line.doctor
        if doctor != last:
            last = doctor or last
            bits |= _staff(doctor)
        if pharmacy and (line.rx or line.outside):
            asked = True
        product, costs = line.quantity * line.price, line.amount * _FEN
        if product and costs:
            bits |= COSTS_HOLD if product == costs or not _costs_off(line) else COSTS_OFF
    if visit.signer and visit.signer != last:
        bits |= _staff(visit.signer)
    diagnosed = False
    for code in visit.diagnoses:
        if code:
            diagnosed, bits = True, bits | _disease(code)
    if asked:
        bits |= DIAGNOSED if diagnosed else NO_DIAGNOSIS
        if visit.lines:
            bits |= SIGNED if last else NO_DOCTOR
    return bits


@lru_cache(4096)
def _staff(code: str) -> int:
    """How a physician is named; what can be no code at all is told for itself."""
    if not code:
        return 0
    if check_staff(code) is None:
        return NATIONAL_STAFF
    wrong = is_placeholder(code) or is_staff_like(code) or not code.isascii()
    return 0 if wrong else OWN_STAFF


@lru_cache(8192)
def _disease(code: str) -> int:
    return NATIONAL_DISEASE if _NATIONAL_DISEASE(code) is not None else OTHER_DISEASE


def _costs_off(line: Line) -> bool:
    """Whether a line's costs are off by more than its price and its count are rounded or cut.

    The count of Chinese slices may be that of one dose, so that the costs are several times it.
    """
    quantity, price = abs(line.quantity), abs(line.price)
    slack = _ROUNDING + _last(price, 100) * quantity
    if quantity % _WHOLE:
        slack += _last(quantity, 100) * price
    amount, product = abs(line.amount) * _FEN, quantity * price
    if abs(product - amount) <= slack:
        return False
    if line.code[:1] != _SLICES and line.category != _SLICES_CHARGE:
        return True
    doses = round(amount / product)
    return doses < 1 or abs(doses * product - amount) > doses * slack


def _last(number: int, most: int) -> int:
    """What one in the last place is that a number fills, `most` at most."""
    unit = most
    while number % unit:
        unit //= 10
    return unit
