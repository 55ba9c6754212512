"""What in a settlement belongs to a group of medical terms."""

from collections.abc import Mapping, Sequence
from typing import Any

from events.codes import Scheme
from events.times import day_of
from rules.context import Context
from rules.histories.records import Line, Visit
from rules.impersonation.terms import Wording, wording


def marks(context: Context, words: Wording, visit: Visit) -> dict[int, list[str]]:
    """The groups (by position) that a settlement touches, each with the names or codes that do.

    Lines that take others back, and lines that were taken back, do not count.
    """
    found: dict[int, list[str]] = {}
    known = words.lines
    for line in visit.lines:
        name = line.name or _catalogued(context, line, visit)
        groups = known.get((line.code, name))
        if groups is None:
            groups = words.of_line(line.code, name)
        if groups and _counts(line, visit):
            for group in groups:
                found.setdefault(group, []).append(name or line.code)
    for code in visit.diagnoses:
        for group in words.of_diagnosis(code):
            found.setdefault(group, []).append(code)
    if visit.disease:
        for group in words.of_disease(visit.disease):
            found.setdefault(group, []).append(visit.disease)
    return found


def may_touch(words: Wording, visit: Visit) -> bool:
    """Whether `marks` may find anything: a quick look at what was looked up before."""
    silent, diagnoses = words.silent, words.diagnoses
    for line in visit.lines:
        if silent.get(line.code) != line.name and words.may_hold(line.code, line.name):
            return True
    for code in visit.diagnoses:
        if diagnoses.get(code, True):
            return True
    return visit.disease != "" and bool(words.of_disease(visit.disease))


def in_maternity(visit: Visit, signs: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a settlement belongs to a pregnancy or a birth, where mother and child are one.

    `signs` is a group of terms that also names kinds of treatment and of insurance which say so.
    """
    words = wording(signs)
    return (
        visit.scheme == Scheme.MATERNITY
        or any(visit.med_type.startswith(tuple(sign["med_types"])) for sign in signs)
        or any(visit.insurance in sign["insurances"] for sign in signs)
        or any(words.of_diagnosis(code) for code in visit.diagnoses)
    )


def _catalogued(context: Context, line: Line, visit: Visit) -> str:
    entry = context.reference.item(line.code, day_of(visit.time))
    return entry.name if entry is not None else ""


def _counts(line: Line, visit: Visit) -> bool:
    if line.origin or line.amount < 0 or line.quantity < 0:
        return False
    return not line.serial or all(other.origin != line.serial for other in visit.lines)
