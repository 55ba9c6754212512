"""Receipts on both sides of a claim."""

import pytest

from rules.duplicates.claims import one_receipt


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("64060124:0012345678", "64060124:0012345678", True),
        ("64060124:0012345678", ":0012345678", True),
        ("64060124:0012345678", "64060123:0012345678", False),
        ("64060124:0012345678", "64060124:0012345679", False),
        ("64060124:0012345678", "", None),
        ("", "", None),
    ],
)
def test_receipts_agree_contradict_or_tell_nothing(
    one: str, other: str, expected: bool | None
) -> None:
    assert one_receipt(one, other) is expected
