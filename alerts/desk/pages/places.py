"""Names of areas, institutions and subjects, where the reference data has them."""

from typing import Final

from alerts.alert import PERSONAL
from alerts.desk.pages.wording import Words
from rules.reference import Reference

_DIGITS: Final = 6
_DOCUMENTS: Final = ("bill", "trace")


def area_name(reference: Reference, code: str) -> str:
    """The name of an area, that of the nearest area above it, or the code."""
    padded = code.ljust(_DIGITS, "0")
    for known in (padded, f"{padded[:4]}00", f"{padded[:2]}0000"):
        found = reference.areas.get(known)
        if found is not None and found[0]:
            return found[0]
    return code


def institution_name(reference: Reference, code: str) -> str:
    """The name of an institution, or its code."""
    return reference.name_of(code)


def subject_name(reference: Reference, words: Words, subject_type: str, subject: str) -> str:
    """A subject as people call it: an institution by name, a terminal by where it stands, a
    document by what it is.

    Persons keep their pseudonym.
    """
    if subject_type in PERSONAL:
        return subject
    first, _, rest = subject.partition("|")
    if subject_type == "document" and first in _DOCUMENTS:
        return words(f"subject.{first}", thing=rest)
    name = reference.name_of(first)
    if rest and name != first:
        return words("subject.at", place=name, thing=rest)
    return name if not rest else subject
