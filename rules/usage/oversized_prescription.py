"""One prescription for too much money or with too many kinds of drugs."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from events.codes import Scheme
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Line, Visit
from rules.rule import Rule
from rules.usage.drugs import generic
from rules.usage.supply import prescribed_lines

KIND: Final = PERSON
RECORDS: Final = (Visit,)
SUBJECT: Final = "person"
_AMOUNT: Final = "usage.prescription_amount_max"
_KINDS: Final = "prescription.max_kinds"
_ORDINARY: Final = frozenset({Scheme.GENERAL, Scheme.PHARMACY, Scheme.EMERGENCY})
Limits = Mapping[str, Any]


def check(rule: Rule, context: Context, _: Person, visit: Visit) -> Iterable[Verdict]:
    """One matter a settlement: that its prescription is too large."""
    limits = rule.at(visit.time)
    if visit.fee < limits["least"] and len(visit.lines) < limits["least_lines"]:
        return ()
    return _verdicts(limits, context, visit)


def _verdicts(limits: Limits, context: Context, visit: Visit) -> Iterator[Verdict]:
    if visit.scheme not in _ORDINARY:
        return
    lines = prescribed_lines(visit)
    finding = _look(limits, context, visit, lines) if lines else None
    if finding is not None:
        yield Verdict(visit.event_id, withdrawn(finding) if visit.rev_at else finding)


def _look(limits: Limits, context: Context, visit: Visit, lines: list[Line]) -> Finding | None:
    amount = sum(line.in_scope or line.amount for line in lines)
    kinds = _kinds(limits, lines)
    most = context.law(visit.insured_area, _AMOUNT, visit.time)
    number = context.law(visit.insured_area, _KINDS, visit.time)
    too_dear = most is not None and amount > most.fen
    too_many = number is not None and kinds > int(str(number.value))
    if not too_dear and not too_many:
        return None
    zh = [text for text, holds in (("金额过大", too_dear), ("药品种类超标", too_many)) if holds]
    en = [text for text, holds in (("too dear", too_dear), ("too many kinds", too_many)) if holds]
    laws = ((_AMOUNT, most, too_dear), (_KINDS, number, too_many))
    return found(
        [visit],
        amount=amount - most.fen if too_dear and most is not None else 0,
        involved=amount,
        area=visit.insured_area,
        assumed=tuple(path for path, law, used in laws if used and law is not None and law.filled),
        evidence={
            "institution": context.name_of(visit.inst),
            "settled_at": visit.time,
            "why_zh": "、".join(zh),
            "why_en": " and ".join(en),
            "kinds": kinds,
            "drugs_fen": amount,
        },
    )


def _kinds(limits: Limits, lines: list[Line]) -> int:
    """Most kinds on one prescription; where none is named the settlement may hold two."""
    by_number: dict[str, set[str]] = {}
    for line in lines:
        by_number.setdefault(line.rx, set()).add(generic(line))
    unnamed = len(by_number.pop("", ()))
    named = max(map(len, by_number.values()), default=0)
    return max(named, unnamed // int(limits["prescriptions"]))
