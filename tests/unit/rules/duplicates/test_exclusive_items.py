"""Groups of items that exclude each other, as a rule's parameters state them."""

from rules.duplicates.exclusive_items import exclusive

_STATED = [
    {
        "zh": "级别",
        "en": "grades",
        "sides": [{"codes": ["0011020"], "names": ["诊查费"], "unless": ["留观"]}],
    },
    {
        "zh": "包含",
        "en": "includes",
        "sides": [{"names": ["一般诊疗费"]}, {"codes": ["00110100001"]}],
    },
]


def test_items_find_their_groups_by_code_or_name() -> None:
    groups = exclusive(_STATED)
    assert groups.places("001102000010000", "") == ((0, 0),)
    assert groups.places("", "专家诊查费") == ((0, 0),)
    assert groups.places("", "门急诊留观诊查费") == ()
    assert groups.places("", "一般诊疗费") == ((1, 0),)
    assert groups.places("001101000010000", "挂号费") == ((1, 1),)
    assert groups.places("002501010150000", "血常规") == ()


def test_groups_are_read_once_for_each_list() -> None:
    assert exclusive(_STATED) is exclusive(_STATED)
    assert exclusive(list(_STATED)) is not exclusive(_STATED)
