"""Text that a spreadsheet must not take for a formula.

Names, notes and messages may come from anybody. A cell that begins as a formula could run when
the file is opened; it gets an apostrophe before it, as OWASP advises against CSV injection.
"""

from typing import Final

_BEGINNINGS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")
_APOSTROPHE: Final = "'"


def neutral(text: str) -> str:
    """The text, after an apostrophe where it begins like a formula or with white space before one.

    Control characters, which neither XML nor a spreadsheet can hold, become spaces.
    """
    clean = "".join(one if one >= " " or one in "\t\r\n" else " " for one in text)
    begins = clean.lstrip(" \u00a0\u3000")[:1]
    return _APOSTROPHE + clean if begins and begins in _BEGINNINGS else clean
