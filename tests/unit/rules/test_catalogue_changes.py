"""When a drug is certain to have left the catalogue."""

from datetime import date
from pathlib import Path

import pytest

from events.times import day_number
from rules.reference import Reference, read_reference

_GONE = "XA11DBB301A001010200001"
_END = "2023-12-31"
_KEPT = [{"med_list_codg": f"XA0{number}BCB10{number}A001010100001"} for number in range(1, 9)]
_NEW = {"med_list_codg": "XA11DBB302A001010200002", "begndate": "2024-01-01"}


def _reference(*rows: dict[str, str]) -> Reference:
    ended = {"med_list_codg": _GONE, "begndate": "2020-01-01", "enddate": _END}
    return read_reference((), [ended, *_KEPT, *rows], (), (), Path("catalogue.csv"))


def _left(reference: Reference, on: str, code: str = _GONE, most: float = 0.1) -> int | None:
    return reference.left(code, day_number(date.fromisoformat(on)), most)


def test_a_drug_has_left_on_the_day_after_its_last() -> None:
    reference = _reference(_NEW)
    assert _left(reference, _END) is None
    assert _left(reference, "2024-01-01") == day_number(date.fromisoformat(_END))


@pytest.mark.parametrize(
    "row",
    [
        {"med_list_codg": f"{_GONE[:10]}B001010200009"},
        {"med_list_codg": _GONE, "begndate": "2025-01-01"},
    ],
)
def test_another_row_of_the_generic_leaves_it_open(row: dict[str, str]) -> None:
    assert _left(_reference(_NEW, row), "2024-06-01") is None


def test_a_catalogue_that_was_not_kept_says_nothing() -> None:
    assert _left(_reference(), "2024-06-01") is None
    later = {**_NEW, "begndate": "2024-07-01"}
    assert _left(_reference(later), "2024-06-01") is None
    assert _left(_reference(_NEW), "2024-06-01", most=0.09) is None


def test_codes_unknown_and_items_that_are_no_drugs_say_nothing() -> None:
    item = {"med_list_codg": "001102000010000", "enddate": _END}
    reference = _reference(_NEW, item)
    assert _left(reference, "2024-06-01", f"{_GONE[:10]}A001010200077") is None
    assert _left(reference, "2024-06-01", item["med_list_codg"]) is None
