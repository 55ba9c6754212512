"""What the name of goods tells: goods no fund may pay, medical goods, or neither.

The words are parameters of the rule, one text with a space between words.
"""

import re
from functools import lru_cache
from typing import Final

_MANY: Final = 65536
_HAN: Final = re.compile(r"[\u4e00-\u9fff]")
_IN_BRACKETS: Final = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]")


@lru_cache(64)
def _pattern(words: str) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(words.split(), key=len, reverse=True))))


@lru_cache(_MANY)
def tells(name: str, words: str) -> str:
    """The first of the words found in a name, or an empty text."""
    found = _pattern(words).search(name) if name else None
    return found[0] if found is not None else ""


def is_unlike(name: str, other: str) -> bool:
    """Whether two Chinese names, brackets apart, have not a single character in common."""
    signs, others = (set(_HAN.findall(_IN_BRACKETS.sub("", text))) for text in (name, other))
    return bool(signs and others) and signs.isdisjoint(others)
