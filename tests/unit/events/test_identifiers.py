from datetime import date, datetime

import pytest

from events.identifiers import (
    ItemKind,
    TraceStrength,
    area_of_institution,
    birth_date_of,
    check_area,
    check_identity,
    check_institution,
    check_item,
    check_message_id,
    check_receipt,
    check_staff,
    check_trace,
    check_uscc,
    is_identity,
    is_pharmacist,
    is_physician,
    is_placeholder_item,
    is_placeholder_receipt,
    item_kind,
    message_id,
    sex_of,
    trace_strength,
    upgrade_identity,
    uscc_check_sign,
)
from events.times import CST

# The example in GB 11643, made for print.
STANDARD = "11010519491231002X"


def code(problem: object) -> str:
    return getattr(problem, "code", "")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (STANDARD, ""),
        ("", "empty"),
        (STANDARD.lower(), "format"),
        (STANDARD + "\n", "format"),
        ("\u0661" * 18, "format"),
        ("110105491231002", "old"),
        ("990105194912310021", "check_digit"),
        ("190105194912310021", "area"),
        ("110105194913310021", "birth_date"),
        ("110105194912310021", "check_digit"),
    ],
)
def test_identity_numbers(text: str, problem: str) -> None:
    assert code(check_identity(text)) == problem
    assert is_identity(text) is (problem == "")


def test_a_problem_does_not_carry_the_identity_number() -> None:
    problem = check_identity("110105194912310021")
    assert problem is not None
    assert "19491231" not in repr(problem)


def test_identity_numbers_tell_birth_and_sex_also_in_the_old_form() -> None:
    assert birth_date_of(STANDARD) == birth_date_of("110105491231002") == date(1949, 12, 31)
    assert sex_of(STANDARD) == sex_of("110105491231002") == "2"
    assert sex_of("not a number") == "0"
    assert birth_date_of("") is None
    assert upgrade_identity("110105491231002") == STANDARD
    assert upgrade_identity("a123") == "A123"


def test_unified_social_credit_codes() -> None:
    first = "91110000600037341"
    assert code(check_uscc(first + uscc_check_sign(first))) == ""
    assert code(check_uscc(first + "0")) == "check_digit"
    assert code(check_uscc("9111000060003734IL")) == "format"
    assert code(check_uscc("")) == "empty"


def test_institutions_staff_and_areas() -> None:
    assert code(check_institution("H64010000017")) == ""
    assert area_of_institution("P64010000017") == "640100"
    assert code(check_institution("X64010000017")) == "format"
    assert code(check_institution("H99010000017")) == "area"
    assert area_of_institution("H1") == ""
    assert code(check_area("640100")) == code(check_area("430299")) == ""
    assert code(check_area("990100")) == code(check_area("6401")) == "format"
    assert code(check_staff("D640100000017")) == code(check_staff("HY640100000017")) == ""
    assert code(check_staff("640100000017")) == "format"
    assert is_physician("D640100000017")
    assert not is_physician("HY640100000017")
    assert is_pharmacist("HJ640100000017")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("XA01AAA001A001010100001", ItemKind.WESTERN),
        ("ZA01AAA0001010100001", ItemKind.PATENT),
        ("T000000017", ItemKind.SLICE),
        ("001101000010000", ItemKind.SERVICE),
        ("C0101010010000100001", ItemKind.CONSUMABLE),
        ("C01010100100001000010000001", ItemKind.CONSUMABLE),
        ("NMLC999", ItemKind.PLACEHOLDER),
        ("NDPB999", ItemKind.PLACEHOLDER),
        ("000000000000000", ItemKind.PLACEHOLDER),
        ("无", ItemKind.PLACEHOLDER),
        ("", ItemKind.PLACEHOLDER),
        ("XA01AAA001A00101010000", ItemKind.UNKNOWN),
        ("XA01AAA001A001010100001\n", ItemKind.UNKNOWN),
    ],
)
def test_items(text: str, kind: ItemKind) -> None:
    assert item_kind(text) is kind
    assert is_placeholder_item(text) is (kind is ItemKind.PLACEHOLDER)
    bad = kind in (ItemKind.PLACEHOLDER, ItemKind.UNKNOWN)
    assert (check_item(text) is not None) is bad


@pytest.mark.parametrize(
    ("text", "strength", "problem"),
    [
        ("81234500067890000017", TraceStrength.STRONG, ""),
        ("71234500067890000017", TraceStrength.WEAK, "doubtful"),
        ("(01)06901234500017(21)AB7", TraceStrength.WEAK, "doubtful"),
        ("88888888888888888888", TraceStrength.NONE, "placeholder"),
        ("00000000000000000000", TraceStrength.NONE, "placeholder"),
        ("01234567890123456789", TraceStrength.NONE, "placeholder"),
        ("拆零", TraceStrength.NONE, "placeholder"),
        ("null", TraceStrength.NONE, "placeholder"),
        ("虚拟码0000000123456", TraceStrength.NONE, "format"),
        ("abcdefghijkl", TraceStrength.NONE, "format"),
        ("8123", TraceStrength.NONE, "format"),
        ("9" + "17" * 80, TraceStrength.NONE, "format"),
        ("", TraceStrength.NONE, "empty"),
    ],
)
def test_trace_codes(text: str, strength: TraceStrength, problem: str) -> None:
    assert trace_strength(text) is strength
    assert code(check_trace(text)) == problem


def test_receipts() -> None:
    assert code(check_receipt("64060124", "0012345071")) == ""
    assert code(check_receipt("", "24642000000012345071")) == ""
    assert code(check_receipt("", "0012345071")) == "format"
    assert code(check_receipt("6406", "0012345071")) == "format"
    assert code(check_receipt("64060124", "A012345071")) == "format"
    assert code(check_receipt("64060124", "0000000000")) == "placeholder"
    assert code(check_receipt("64060124", "")) == "empty"
    assert [is_placeholder_receipt("", text) for text in ("无", "1", "99999999", "00123450")] == [
        True,
        True,
        True,
        False,
    ]


def test_message_ids_tell_institution_and_time() -> None:
    parts = message_id("H64010000017202403051208590001")
    assert parts is not None
    assert parts.fixmedins_code == "H64010000017"
    assert parts.sent == datetime(2024, 3, 5, 12, 8, 59, tzinfo=CST)
    assert parts.sequence == "0001"
    assert code(check_message_id("H64010000017202413051208590001")) == "format"
    assert code(check_message_id("")) == "empty"
