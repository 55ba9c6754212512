"""The pages made from code and data are those that stand in `docs/`."""

import pytest

from events.kinds import KINDS, Diagnosis, FeeLine, FundPayment
from rules.strict_yaml import read_mapping
from streams.documents import DOCS, FIELDS, PAGES


@pytest.mark.parametrize("name", PAGES)
def test_page_is_current(name: str) -> None:
    """Run `python -m streams.documents` after a change."""
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name]()


def test_no_meaning_without_field() -> None:
    """A meaning whose field is gone is a slip."""
    structs = (*KINDS.values(), FundPayment, Diagnosis, FeeLine)
    known = {name for struct in structs for name in struct.__struct_fields__}
    assert read_mapping(FIELDS).keys() - known == set()
