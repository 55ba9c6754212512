"""Fee lines of one settlement that repeat, or exclude, each other.

A line repeats another when everything that would tell two charges apart is equal: item, quantity,
amount, fee time, prescription, doctor, department, and no packs of their own. Lines exclude each
other when one charge includes the other or both grade the same act, by the groups in the
parameters; two doctors or two times are two acts.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from events.local_codes import Scheme
from events.times import MINUTE
from rules.context import Context
from rules.duplicates.exclusive_items import Exclusive, exclusive
from rules.duplicates.fee_lines import charged, is_consumable, is_goods, item, told
from rules.duplicates.neighbours import insured, paid
from rules.duplicates.packs import packs
from rules.findings import Finding, Verdict, found, judge
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Line, Visit
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit,)
SUBJECT: Final = "person"
_INPATIENT: Final = str(Scheme.INPATIENT)


def check(rule: Rule, context: Context, _: Person, visit: Visit) -> Iterable[Verdict]:
    """One matter a settlement."""
    lines = visit.lines
    if len(lines) < 2 or visit.scheme == _INPATIENT:
        return ()
    groups = exclusive(rule.at(visit.time)["exclusive"])
    if not (_two_grouped(groups, lines) or _repeats(lines)) or not insured(visit):
        return ()
    finding = judge(visit, (), partial(_look, rule, context, visit, groups))
    return (Verdict(visit.event_id, finding),) if finding is not None else ()


def _two_grouped(groups: Exclusive, lines: Sequence[Line]) -> bool:
    """Whether two lines hold items of any groups: a quick look."""
    outside, others = groups.outside, len(lines) - 2
    for line in lines:
        if outside.get(line.code) == line.name or not groups.places(line.code, line.name):
            if not others:
                return False
            others -= 1
    return True


def _repeats(lines: Sequence[Line]) -> bool:
    """Whether two lines have one code: a quick look."""
    codes: set[str] = set()
    for line in lines:
        if line.code in codes:
            return True
        codes.add(line.code)
    return False


def _look(
    rule: Rule, context: Context, visit: Visit, groups: Exclusive, _: Sequence[Visit]
) -> Finding | None:
    numbers = rule.at(visit.time)
    lines = charged(visit.lines)
    repeated = _repeated(lines)
    excluded = _excluded(numbers, groups, lines, {id(line) for line, _ in repeated})
    if not repeated and not excluded:
        return None
    wrong = [line for line, _ in (*repeated, *excluded)]
    amount = sum(line.amount for line in wrong)
    severities = [severity for _, severity in repeated] + [1] * len(excluded)
    return found(
        [visit],
        amount=min(amount, paid(visit)) or amount,
        involved=visit.fee,
        area=visit.insured_area,
        severity=min(severities),
        evidence={
            "institution": context.name_of(visit.inst),
            "settled_at": visit.time,
            "items": "、".join(dict.fromkeys(line.name or line.code for line in wrong)),
            "repeated": len(repeated),
            "excluded": len(excluded),
            "groups": list(dict.fromkeys(name for _, name in excluded)),
            "charged_fen": amount,
        },
    )


def _repeated(lines: Sequence[Line]) -> list[tuple[Line, int]]:
    """Lines that repeat an earlier one, with the severity of it."""
    seen: dict[Hashable, list[Line]] = {}
    repeated: list[tuple[Line, int]] = []
    for line in lines:
        alike = (
            item(line),
            line.quantity,
            line.amount,
            line.at,
            line.rx,
            line.doctor,
            line.department,
            line.days,
            line.split,
        )
        earlier = seen.setdefault(alike, [])
        sure = [severity for other in earlier if (severity := _same(other, line))]
        if sure:
            repeated.append((line, min(sure)))
        earlier.append(line)
    return repeated


def _same(line: Line, other: Line) -> int:
    """How surely two equal lines are one charge twice (a severity), 0 if they need not be."""
    if line.amount <= 0:
        return 0
    own, others = packs(line), packs(other)
    if own and others:
        return 0 if own.isdisjoint(others) else 1
    if line.serial and line.serial == other.serial:
        return 1
    if is_consumable(line):
        return 0
    return 1 if told(line.at) and not is_goods(line) else 2


def _excluded(
    numbers: Mapping[str, Any], groups: Exclusive, lines: Sequence[Line], skip: set[int]
) -> list[tuple[Line, str]]:
    """Lines that another line of the settlement excludes: of each pair the cheaper one."""
    places = [
        (line, place)
        for line in lines
        if line.amount > 0 and id(line) not in skip
        for place in groups.places(line.code, line.name)
    ]
    within = numbers["act_minutes"] * MINUTE
    excluded: dict[int, tuple[Line, str]] = {}
    for at, (line, (group, side)) in enumerate(places):
        for other, (other_group, other_side) in places[:at]:
            one_side = len(groups.groups[group].sides) == 1
            conflict = item(line) != item(other) if one_side else side != other_side
            if group != other_group or not conflict or other is line:
                continue
            if _one_act(line, other, within):
                cheaper = min((other, line), key=lambda one: one.amount)
                excluded[id(cheaper)] = (cheaper, groups.groups[group].zh)
    return list(excluded.values())


def _one_act(line: Line, other: Line, within: int) -> bool:
    """Whether nothing tells that two lines are of two acts: other doctor, department or hour."""
    return not (
        (line.doctor and other.doctor and line.doctor != other.doctor)
        or (line.department and other.department and line.department != other.department)
        or (told(line.at) and told(other.at) and abs(line.at - other.at) > within)
    )
