"""Subjects are shown as people call them."""

import pytest

from alerts.desk.pages.places import subject_name
from alerts.desk.pages.wording import words
from rules.reference import EMPTY


@pytest.mark.parametrize(
    ("kind", "subject", "zh", "en"),
    [
        ("document", "trace|80038000100050000001", "追溯码 80038000100050000001", None),
        ("document", "bill|64060125:0000000001", "票据 64060125:0000000001", None),
        ("document", "trace|80038000100050000001", None, "trace code 80038000100050000001"),
        ("person", "P-0123456789abcdef", "P-0123456789abcdef", "P-0123456789abcdef"),
        ("terminal", "H64010000001|T01", "H64010000001|T01", "H64010000001|T01"),
    ],
)
def test_a_subject_has_no_mark_of_its_history(
    kind: str, subject: str, zh: str | None, en: str | None
) -> None:
    for language, expected in (("zh", zh), ("en", en)):
        if expected is not None:
            assert subject_name(EMPTY, words(language), kind, subject) == expected
