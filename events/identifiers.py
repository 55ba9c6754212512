"""Formats and check digits of the identifiers in events.

`check_*` returns None for a good identifier and otherwise one of the fixed `Problem`s, so a hot
path allocates nothing; `is_*` says the same as a bool. A problem never carries the identifier
itself: identity numbers must not reach logs. An identifier with a problem is a data-quality
finding, not fraud.
Sources: GB 11643 (identity numbers), GB 32100 (unified social credit codes), GB/T 2260 (areas),
the national medical-insurance coding rules, interface specification 2102, 3503A and 3505A.
"""

import re
from datetime import date, datetime
from enum import StrEnum
from operator import mul
from typing import Final, NamedTuple

from msgspec import Struct

from events.times import CST


class Problem(Struct, frozen=True, gc=False):
    """What is wrong with an identifier: a short code, the Chinese text, what is expected."""

    code: str
    zh: str
    expected: str


class ItemKind(StrEnum):
    """What a `med_list_codg` stands for."""

    WESTERN = "western"
    PATENT = "patent"
    SLICE = "slice"
    SERVICE = "service"
    CONSUMABLE = "consumable"
    PLACEHOLDER = "placeholder"
    UNKNOWN = "unknown"


class TraceStrength(StrEnum):
    """How far a drug trace code can be relied on as the identity of one package."""

    STRONG = "strong"
    WEAK = "weak"
    NONE = "none"


class MessageId(NamedTuple):
    """The parts of a 30-character `msgid`."""

    fixmedins_code: str
    sent: datetime
    sequence: str


_EMPTY: Final = Problem("empty", "为空", "a value")
_ID_FORMAT: Final = Problem("format", "身份证号码格式不符", "17 digits and a digit or X")
_ID_AREA: Final = Problem("area", "身份证号码地区码不存在", "a province code of GB/T 2260")
_ID_BIRTH: Final = Problem("birth_date", "身份证号码出生日期不存在", "a calendar date")
_ID_CHECK: Final = Problem("check_digit", "身份证号码校验位不符", "check digit of GB 11643")
_ID_OLD: Final = Problem("old", "15位旧身份证号码", "18 characters")
_USCC_FORMAT: Final = Problem("format", "统一社会信用代码格式不符", "18 characters of GB 32100")
_USCC_CHECK: Final = Problem("check_digit", "统一社会信用代码校验位不符", "GB 32100")
_INSTITUTION: Final = Problem("format", "定点医药机构编码格式不符", "H or P and 11 digits")
_INSTITUTION_AREA: Final = Problem("area", "定点医药机构编码区划不存在", "an area after H or P")
_STAFF: Final = Problem("format", "医保人员编码格式不符", "D, N, HY or HJ and 12 digits")
_ITEM: Final = Problem("format", "医保目录编码格式不符", "a national item code")
_PLACEHOLDER: Final = Problem("placeholder", "占位编码", "a real code")
_TRACE: Final = Problem("format", "追溯码格式不符", "20 digits beginning with 8")
_TRACE_WEAK: Final = Problem("doubtful", "追溯码格式可疑", "20 digits beginning with 8")
_RECEIPT: Final = Problem("format", "票据号码格式不符", "8-digit code and 10-digit number, or 20")
_AREA: Final = Problem("format", "医保区划格式不符", "6 digits beginning with a province code")
_MSGID: Final = Problem("format", "报文ID格式不符", "institution, yyyyMMddHHmmss, 4 characters")

_PROVINCES: Final = frozenset(
    str(code)
    for first, last in (
        (11, 15),
        (21, 23),
        (31, 37),
        (41, 46),
        (50, 54),
        (61, 66),
        (71, 71),
        (81, 83),
    )
    for code in range(first, last + 1)
)
_PERMANENT_RESIDENT: Final = "9"

_IDENTITY: Final = re.compile(r"[1-9]\d{16}[\dX]", re.ASCII).fullmatch
_IDENTITY_OLD: Final = re.compile(r"[1-9]\d{14}", re.ASCII).fullmatch
_IDENTITY_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY_CHECKS: Final = "10X98765432"
_ASCII_ZERO: Final = 48
_ASCII_EXCESS: Final = _ASCII_ZERO * sum(_IDENTITY_WEIGHTS)

_USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC: Final = re.compile(rf"[{_USCC_ALPHABET}]{{2}}\d{{6}}[{_USCC_ALPHABET}]{{10}}").fullmatch
_USCC_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_USCC_VALUES: Final = {sign: value for value, sign in enumerate(_USCC_ALPHABET)}

_INSTITUTION_CODE: Final = re.compile(r"[HP]\d{11}", re.ASCII).fullmatch
_STAFF_CODE: Final = re.compile(r"(?:D|N|HY|HJ)\d{12}", re.ASCII).fullmatch
_ITEM_KINDS: Final = tuple(
    (kind, re.compile(pattern, re.ASCII).fullmatch)
    for kind, pattern in (
        (ItemKind.WESTERN, r"X[A-Z]\d\d[A-Z]{3}\d{3}[A-Z]\d{12}"),
        (ItemKind.PATENT, r"Z[A-Z]\d\d[A-Z]{3}\d{13}"),
        (ItemKind.SERVICE, r"\d{15}"),
        (ItemKind.CONSUMABLE, r"C\d{19}(?:\d{7})?"),
        (ItemKind.SLICE, r"T\d{9}"),
    )
)
_ITEM_PLACEHOLDERS: Final = frozenset({"NMLC999", "NDPB999"})
_TRACE_STRONG: Final = re.compile(r"8\d{19}", re.ASCII).fullmatch
_TRACE_LIKE: Final = re.compile(r"[!-~]{10,100}", re.ASCII).fullmatch
_TRACE_DIGITS: Final = 6
_RECEIPT_CODE: Final = re.compile(r"\d{8}|\d{10}|\d{12}", re.ASCII).fullmatch
_RECEIPT_NUMBER: Final = re.compile(r"\d{8}|\d{10}|\d{20}", re.ASCII).fullmatch
_DIGITAL_INVOICE: Final = 20
_AREA_CODE: Final = re.compile(r"\d{6}", re.ASCII).fullmatch
_MESSAGE_ID: Final = re.compile(r"([HP]\d{11})(\d{14})(\w{4})", re.ASCII).fullmatch

_STATUS_TEXT: Final = (
    "NULL NONE NIL NA N/A NAN UNKNOWN UNDEFINED TEST DEFAULT VIRTUAL 无 无码 无追溯码 没有 暂无 空"
    " 未知 未采集 未扫码 未上传 拆零 已拆零 拆零药品 虚拟 虚拟码 不详 测试 免采集 免扫 无法采集"
)
_STATUS_WORDS: Final = frozenset(_STATUS_TEXT.split())
_STATUS_PARTS: Final = re.compile(r"[\u4e00-\u9fff]|VIRTUAL|NULL|XUNI")
_RUNS: Final = "01234567890123456789012345678901234567890"
_RUNS_DOWN: Final = _RUNS[::-1]


def is_placeholder(text: str) -> bool:
    """Whether a text stands for "nothing": a status word, one repeated sign, or a counted run."""
    trimmed = text.strip()
    if not trimmed.strip(trimmed[:1]) or trimmed.upper() in _STATUS_WORDS:
        return True
    return len(trimmed) > 3 and (trimmed in _RUNS or trimmed in _RUNS_DOWN)


def identity_check_digit(first17: str) -> str:
    """Check digit (0-9 or X) of the first 17 digits of an identity number."""
    total = sum(map(mul, _IDENTITY_WEIGHTS, first17.encode())) - _ASCII_EXCESS
    return _IDENTITY_CHECKS[total % 11]


def check_identity(text: str) -> Problem | None:
    """Check an 18-character identity number, also a foreign permanent resident's (9...)."""
    if not text:
        return _EMPTY
    if _IDENTITY(text) is None:
        return _ID_OLD if _IDENTITY_OLD(text) is not None else _ID_FORMAT
    if text[0] != _PERMANENT_RESIDENT and text[:2] not in _PROVINCES:
        return _ID_AREA
    if birth_date_of(text) is None:
        return _ID_BIRTH
    return None if identity_check_digit(text[:17]) == text[17] else _ID_CHECK


def is_identity(text: str) -> bool:
    """Whether `check_identity` finds nothing."""
    return check_identity(text) is None


def birth_date_of(identity: str) -> date | None:
    """Birth date in an identity number of 18 (or 15) characters, or None."""
    digits = identity[6:14] if len(identity) == 18 else "19" + identity[6:12]
    if len(digits) != 8 or not (digits.isascii() and digits.isdigit()):
        return None
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
    return born if 1850 <= born.year <= 2100 else None


def sex_of(identity: str) -> str:
    """`gend` code in an identity number: "1" male, "2" female, "0" where it cannot be told."""
    sign = identity[16:17] if len(identity) == 18 else identity[14:15]
    if not (sign.isascii() and sign.isdigit()):
        return "0"
    return "1" if int(sign) % 2 else "2"


def upgrade_identity(text: str) -> str:
    """The 18-character form of a 15-digit identity number; anything else in upper case."""
    if _IDENTITY_OLD(text) is None:
        return text.upper()
    longer = f"{text[:6]}19{text[6:]}"
    return longer + identity_check_digit(longer)


def check_staff(text: str) -> Problem | None:
    """Check a code of a physician (D), nurse (N), pharmacist (HY) or technician (HJ)."""
    if not text:
        return _EMPTY
    return None if _STAFF_CODE(text) is not None else _STAFF


def is_physician(text: str) -> bool:
    """Whether a staff code is a physician's."""
    return text.startswith("D") and _STAFF_CODE(text) is not None


def is_pharmacist(text: str) -> bool:
    """Whether a staff code is a pharmacist's or technician's."""
    return text.startswith("H") and _STAFF_CODE(text) is not None


def uscc_check_sign(first17: str) -> str:
    """Check sign of the first 17 signs of a unified social credit code."""
    total = sum(map(mul, _USCC_WEIGHTS, map(_USCC_VALUES.__getitem__, first17)))
    return _USCC_ALPHABET[-total % 31]


def check_uscc(text: str) -> Problem | None:
    """Check a unified social credit code."""
    if not text:
        return _EMPTY
    if _USCC(text) is None:
        return _USCC_FORMAT
    return None if uscc_check_sign(text[:17]) == text[17] else _USCC_CHECK


def check_area(text: str) -> Problem | None:
    """Check an area: 6 digits, also the own codes of provinces (xx9900) and cities (xxxx99)."""
    if not text:
        return _EMPTY
    return None if _AREA_CODE(text) is not None and text[:2] in _PROVINCES else _AREA


def is_area(text: str) -> bool:
    """Whether `check_area` finds nothing."""
    return check_area(text) is None


def check_institution(text: str) -> Problem | None:
    """Check a designated institution's code: H or P, its area, 5 digits."""
    if not text:
        return _EMPTY
    if _INSTITUTION_CODE(text) is None:
        return _INSTITUTION
    return None if text[1:3] in _PROVINCES else _INSTITUTION_AREA


def is_institution(text: str) -> bool:
    """Whether `check_institution` finds nothing."""
    return check_institution(text) is None


def area_of_institution(text: str) -> str:
    """The area inside an institution's code, or an empty string."""
    return text[1:7] if _INSTITUTION_CODE(text) is not None else ""


def item_kind(text: str) -> ItemKind:
    """What kind of item a national code stands for."""
    if text in _ITEM_PLACEHOLDERS:
        return ItemKind.PLACEHOLDER
    for kind, matches in _ITEM_KINDS:
        if matches(text) is not None:
            return ItemKind.PLACEHOLDER if len(set(text)) == 1 else kind
    return ItemKind.PLACEHOLDER if is_placeholder(text) else ItemKind.UNKNOWN


def check_item(text: str) -> Problem | None:
    """Check a national item code (`med_list_codg`)."""
    if not text:
        return _EMPTY
    kind = item_kind(text)
    if kind is ItemKind.PLACEHOLDER:
        return _PLACEHOLDER
    return _ITEM if kind is ItemKind.UNKNOWN else None


def is_placeholder_item(text: str) -> bool:
    """Whether an item code only fills the field (NMLC999, NDPB999, zeros, nothing)."""
    return item_kind(text) is ItemKind.PLACEHOLDER


def trace_strength(text: str) -> TraceStrength:
    """How far a trace code identifies a package.

    STRONG: 20 digits beginning with 8. WEAK: other signs that may be a code of another maker.
    NONE: virtual codes, status words and fillers, which are not codes at all and never repeat
    in a way that means anything.
    """
    if _TRACE_STRONG(text) is not None:
        return TraceStrength.NONE if len(set(text)) == 1 else TraceStrength.STRONG
    if _TRACE_LIKE(text) is None or is_placeholder(text) or _STATUS_PARTS.search(text.upper()):
        return TraceStrength.NONE
    digits = sum(map(str.isdigit, text))
    return TraceStrength.WEAK if digits >= _TRACE_DIGITS else TraceStrength.NONE


def check_trace(text: str) -> Problem | None:
    """Check a trace code; a weak one is "doubtful"."""
    if _TRACE_STRONG(text) is not None and len(set(text)) > 1:
        return None
    if not text:
        return _EMPTY
    if trace_strength(text) is TraceStrength.WEAK:
        return _TRACE_WEAK
    return _PLACEHOLDER if is_placeholder(text) else _TRACE


def is_placeholder_receipt(bill_code: str, bill_no: str) -> bool:
    """Whether a receipt's code and number cannot identify a receipt."""
    number = bill_no.strip()
    if len(number) < 4 or is_placeholder(number):
        return True
    # What has such a number at its end repeats no sign and counts no run.
    return bill_code != "" and f"{bill_code.lstrip()}{number}".upper() in _STATUS_WORDS


def check_receipt(bill_code: str, bill_no: str) -> Problem | None:
    """Check code and number of a fiscal or tax receipt; a digital invoice has a number only."""
    if not bill_no:
        return _EMPTY
    if is_placeholder_receipt(bill_code, bill_no):
        return _PLACEHOLDER
    if not bill_code and len(bill_no) != _DIGITAL_INVOICE:
        return _RECEIPT
    if bill_code and _RECEIPT_CODE(bill_code) is None:
        return _RECEIPT
    return None if _RECEIPT_NUMBER(bill_no) is not None else _RECEIPT


def message_id(text: str) -> MessageId | None:
    """The parts of a `msgid`, or None where it is not built as the interface says."""
    parts = _MESSAGE_ID(text)
    if parts is None:
        return None
    institution, when, sequence = parts.groups()
    try:
        sent = datetime.strptime(when, "%Y%m%d%H%M%S").replace(tzinfo=CST)
    except ValueError:
        return None
    return MessageId(institution, sent, sequence)


def check_message_id(text: str) -> Problem | None:
    """Check a `msgid`."""
    if not text:
        return _EMPTY
    return None if message_id(text) is not None else _MSGID
