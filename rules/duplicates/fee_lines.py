"""Fee lines compared: which stand, which name the same item, which stem from one act.

Kept apart from the rules because several of them ask the same of two lines: is it the same
charge, told twice, or are these two charges that look alike?
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from events.times import DAY, HOUR
from rules.duplicates.packs import packs
from rules.histories.records import Line

_CONSULTATION_CATEGORIES: Final = frozenset({"02", "12", "13"})
_GOODS: Final = frozenset({"X", "Z", "T", "C"})
"""First signs of the codes of drugs, herbal slices and consumables."""
_GOODS_CATEGORIES: Final = frozenset({"08", "09", "10", "11"})
_CONSULTATION_CODES: Final = ("001101", "001102")
_CONSULTATION_WORDS: Final = re.compile("诊查费|诊察费|挂号费|一般诊疗费")
_MIDNIGHT: Final = 16 * HOUR
"""Where midnight of China Standard Time falls in a day of epoch seconds."""

Pairs = Sequence[tuple[Line, Line]]


def item(line: Line) -> str:
    """What a line charges: its national code, else its name."""
    return line.code or line.name


def is_consultation(line: Line) -> bool:
    """Whether a line is for registration or consultation, which every visit is charged anew.

    By `med_chrgitm_type` (02, 12, 13), by the national price items 1101 and 1102, or by name.
    """
    if line.category in _CONSULTATION_CATEGORIES or line.code.startswith(_CONSULTATION_CODES):
        return True
    return _CONSULTATION_WORDS.search(line.name) is not None


def is_goods(line: Line) -> bool:
    """Whether a line sells drugs or consumables, by code, `med_chrgitm_type` or trace code."""
    return line.code[:1] in _GOODS or line.category in _GOODS_CATEGORIES or bool(line.traces)


def is_consumable(line: Line) -> bool:
    """Whether a line sells a consumable, by code or `med_chrgitm_type`."""
    return line.code[:1] == "C" or line.category == "08"


def charged(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines with an item that no other line of the settlement takes back.

    A line takes another back when it is negative, or names it in `init_feedetl_sn`.
    """
    for line in lines:
        if line.origin or line.amount < 0 or line.quantity < 0 or not (line.code or line.name):
            break
    else:
        # Nearly always: no line takes another back.
        return lines
    serials = {line.serial for line in lines}
    standing: list[Line] = []
    backward: list[Line] = []
    for line in lines:
        named = line.origin in serials and line.origin not in ("", line.serial)
        if named or line.amount < 0 or line.quantity < 0:
            backward.append(line)
        elif line.code or line.name:
            standing.append(line)
    for line in backward:
        _take_back(standing, line)
    return standing


def _take_back(standing: list[Line], back: Line) -> None:
    for at, line in enumerate(standing):
        named = back.origin and line.serial == back.origin
        equal = item(line) == item(back) and abs(back.amount) == line.amount
        if named or (not back.origin and equal):
            del standing[at]
            return


def matched(
    first: Sequence[Line], second: Sequence[Line], alike: Callable[[Line, Line], bool]
) -> Pairs:
    """Pairs of lines of one item that are alike; each line is used once, in order."""
    left = list(second)
    pairs: list[tuple[Line, Line]] = []
    for line in first:
        name = item(line)
        for at, other in enumerate(left):
            if name == (other.code or other.name) and alike(line, other):
                pairs.append((line, other))
                del left[at]
                break
    return pairs


def same_lines(first: Sequence[Line], second: Sequence[Line]) -> bool:
    """Whether two settlements charge the same items, quantities and amounts."""
    if len(first) != len(second):
        return False
    own, others = list(map(_charge, first)), list(map(_charge, second))
    return own == others or sorted(own) == sorted(others)


def _charge(line: Line) -> tuple[str, int, int]:
    return item(line), line.quantity, line.amount


def told(moment: int) -> bool:
    """Whether a time tells more than its day: times of day are often left at midnight."""
    return moment != 0 and moment % DAY != _MIDNIGHT


def one_act(numbers: Mapping[str, Any], line: Line, other: Line, gap: int) -> bool:
    """Whether two lines of one item stem from one act, `gap` seconds apart as settled.

    One fee time to the second, one serial number long enough to be unique, one pack, or one
    prescription within half of what it supplies (a long prescription is filled again later).
    `numbers` holds the rule's `serial_digits`, `rx_digits` and `rx_days`.
    """
    if line.at == other.at and told(line.at):
        return True
    if line.serial == other.serial and len(line.serial) >= numbers["serial_digits"]:
        return True
    if line.traces and other.traces and not _apart_packs(line, other):
        return True
    if line.rx != other.rx or len(line.rx) < numbers["rx_digits"]:
        return False
    supplied = min([days for days in (line.days, other.days) if days > 0], default=0)
    return gap < (supplied * DAY // 2 if supplied else numbers["rx_days"] * DAY)


def _apart_packs(line: Line, other: Line) -> bool:
    """Whether no pack is on both of two lines."""
    return set(line.traces).isdisjoint(other.traces) or packs(line).isdisjoint(packs(other))


def apart(line: Line, other: Line) -> bool:
    """Whether two lines of one item are known to be two acts: other packs or prescriptions."""
    own, others = packs(line), packs(other)
    if own and others and own.isdisjoint(others):
        return True
    return bool(line.rx and other.rx and line.rx != other.rx)
