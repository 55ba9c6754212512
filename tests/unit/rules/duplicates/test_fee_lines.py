"""Fee lines: what stands, what stems from one act, which codes name a pack."""

import pytest

from events.times import DAY
from rules.duplicates.fee_lines import apart, charged, matched, one_act, same_lines
from rules.duplicates.packs import is_barcode, packs
from rules.histories.records import Line

_NUMBERS = {"serial_digits": 8, "rx_digits": 6, "rx_days": 7}
_NOON = 1_709_265_600
"""2024-03-01T12:00:00+08:00."""
_MIDNIGHT = _NOON - DAY // 2
_PACK, _OTHER_PACK = "81234567890123456701", "81234567890123456702"


def line(
    *,
    code: str = "XC08CAA001A001010100001",
    quantity: int = 1000,
    amount: int = 3000,
    days: int = 0,
    at: int = 0,
    rx: str = "",
    serial: str = "",
    origin: str = "",
    split: bool = False,
    traces: tuple[str, ...] = (),
) -> Line:
    return Line(
        code, "", quantity, amount, 0, days, at, rx, serial, origin,
        "", "", "", "", split, "", "", 0, 0, traces,
    )  # fmt: skip


def test_a_linked_line_takes_back_the_one_it_names() -> None:
    kept, gone = line(serial="1"), line(serial="2")
    back = line(serial="3", origin="2", quantity=-1000, amount=-3000)
    assert charged([kept, gone, back]) == [kept]


def test_a_negative_line_without_link_takes_back_an_equal_one() -> None:
    dear, cheap = line(amount=5000), line(amount=3000)
    assert charged([dear, cheap, line(quantity=-1000, amount=-3000)]) == [dear]


def test_a_line_that_names_itself_takes_nothing_back() -> None:
    own = line(serial="1", origin="1")
    assert charged([own]) == [own]


def test_a_line_without_code_and_name_charges_nothing_known() -> None:
    assert charged([line(code="")]) == []


def test_one_line_is_matched_once() -> None:
    one, two, three = line(), line(), line()
    assert matched([one, two], [three], lambda a, b: a.amount == b.amount) == [(one, three)]


def test_order_of_lines_makes_no_other_charge() -> None:
    cheap, dear = line(amount=3000), line(amount=5000)
    assert same_lines([cheap, dear], [dear, cheap])
    assert not same_lines([cheap, dear], [dear, dear])


@pytest.mark.parametrize(
    ("first", "second", "gap", "expected"),
    [
        (line(at=_NOON), line(at=_NOON), 20 * DAY, True),
        (line(at=_MIDNIGHT), line(at=_MIDNIGHT), 0, False),
        (line(at=_NOON), line(at=_NOON + 1), 0, False),
        (line(serial="64010000001"), line(serial="64010000001"), DAY, True),
        (line(serial="1"), line(serial="1"), DAY, False),
        (line(traces=(_PACK,)), line(traces=(_PACK,)), DAY, True),
        (line(traces=(_PACK,), split=True), line(traces=(_PACK,), split=True), DAY, False),
        (line(traces=("0" * 20,)), line(traces=("0" * 20,)), DAY, False),
        (line(rx="CF000001"), line(rx="CF000001"), 6 * DAY, True),
        (line(rx="CF000001"), line(rx="CF000001"), 8 * DAY, False),
        (line(rx="CF000001", days=28), line(rx="CF000001", days=28), 13 * DAY, True),
        (line(rx="CF000001", days=7), line(rx="CF000001", days=7), 6 * DAY, False),
        (line(rx="1"), line(rx="1"), 0, False),
    ],
)
def test_what_makes_two_lines_one_act(first: Line, second: Line, gap: int, expected: bool) -> None:
    assert one_act(_NUMBERS, first, second, gap) is expected


def test_other_packs_and_prescriptions_are_other_acts() -> None:
    assert apart(line(traces=(_PACK,)), line(traces=(_OTHER_PACK,)))
    assert apart(line(rx="CF000001"), line(rx="CF000002"))
    assert not apart(line(rx="CF000001"), line())
    assert not apart(line(traces=(_PACK,)), line())


def test_a_barcode_names_no_pack() -> None:
    assert is_barcode("6901234567892")
    assert not is_barcode("6901234567893")
    assert not is_barcode(_PACK)
    assert packs(line(traces=("6901234567892", _PACK))) == {_PACK}
