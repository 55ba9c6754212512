"""Credit points: a full account at the beginning of a year, and what each finding takes off it.

Confirmed alerts count by severity and by confirmed money, open ones by a small weight with a
ceiling, dismissed ones nothing. Every deduction is told with its reason, so that whoever is
assessed can recompute it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final, Literal

from msgspec import Struct

from rules.strict_yaml import DataFileError, Plain, read_mapping

Holder = Literal["institution", "person"]
Standing = Literal["confirmed", "open"]
_FILE: Final = Path(__file__).parent / "points.yaml"
_SEVERITIES: Final = (1, 2, 3)


class Scale(Struct, frozen=True):
    """What findings cost, points; money in fen."""

    full: Decimal
    confirmed: Mapping[int, Decimal]
    money_step: int
    money_points: Decimal
    money_most: Decimal
    open: Mapping[int, Decimal]
    open_most: Decimal
    grades: tuple[tuple[str, Decimal], ...]
    """Least points of each grade, best first."""
    not_persons: frozenset[str] = frozenset()
    """Families and rules about others' conduct, by which no person loses points."""

    def spares(self, finding: "Finding") -> bool:
        """Whether a finding costs nothing, though it names somebody."""
        concerned = {finding.rule_id, finding.rule_id.partition(".")[0]}
        return (
            finding.holder == "person"
            and not finding.named
            and not self.not_persons.isdisjoint(concerned)
        )


class Finding(Struct, frozen=True):
    """An alert that counts against somebody: `holder` and `subject` say whom.

    `amount` is the confirmed money of a confirmed one, fen; `case_id` empty without a case; `named`
    whether that case, which was confirmed, is about the subject.
    """

    holder: Holder
    subject: str
    alert_id: str
    rule_id: str
    severity: int
    standing: Standing
    amount: int = 0
    case_id: str = ""
    named: bool = False


class Deduction(Struct, frozen=True):
    """Points taken off, and why."""

    points: Decimal
    reason_zh: str
    reason_en: str
    alert_id: str = ""
    case_id: str = ""


class Account(Struct, frozen=True):
    """Somebody's points at a moment: what is left, its grade, and all deductions."""

    holder: Holder
    subject: str
    points: Decimal
    grade: str
    confirmed: int
    open: int
    amount: int
    deductions: tuple[Deduction, ...]


def accounts(findings: Iterable[Finding], scale: Scale) -> list[Account]:
    """The accounts of everybody with a finding that counts, by holder and subject."""
    by_subject: defaultdict[tuple[Holder, str], dict[str, Finding]] = defaultdict(dict)
    for finding in findings:
        if scale.spares(finding):
            continue
        by_subject[finding.holder, finding.subject][finding.alert_id] = finding
    return [
        _account(holder, subject, sorted(found.values(), key=_order), scale)
        for (holder, subject), found in sorted(by_subject.items())
    ]


def _order(finding: Finding) -> tuple[bool, int, str]:
    return (finding.standing != "confirmed", finding.severity, finding.alert_id)


def _account(holder: Holder, subject: str, found: list[Finding], scale: Scale) -> Account:
    confirmed = [finding for finding in found if finding.standing == "confirmed"]
    waiting = [finding for finding in found if finding.standing == "open"]
    amount = sum(finding.amount for finding in confirmed)
    deductions = [
        Deduction(
            scale.confirmed[finding.severity],
            f"查实：{finding.rule_id}，严重程度{finding.severity}",
            f"confirmed: {finding.rule_id}, severity {finding.severity}",
            finding.alert_id,
            finding.case_id,
        )
        for finding in confirmed
    ]
    deductions += _money(amount, scale)
    deductions += _suspicion(waiting, scale)
    left = max(Decimal(0), scale.full - sum((one.points for one in deductions), Decimal(0)))
    grade = next(name for name, least in scale.grades if left >= least)
    return Account(
        holder, subject, left, grade, len(confirmed), len(waiting), amount, tuple(deductions)
    )


def _money(amount: int, scale: Scale) -> list[Deduction]:
    if amount <= 0:
        return []
    steps = -(-amount // scale.money_step)
    points = min(scale.money_most, steps * scale.money_points)
    yuan = Decimal(amount).scaleb(-2)
    return [Deduction(points, f"查实金额{yuan:,}元", f"confirmed money {yuan:,} yuan")]


def _suspicion(waiting: list[Finding], scale: Scale) -> list[Deduction]:
    """One deduction a severity, and what exceeds the ceiling given back."""
    told: list[Deduction] = []
    for severity in _SEVERITIES:
        number = sum(finding.severity == severity for finding in waiting)
        if number:
            points = number * scale.open[severity]
            zh = f"未核实预警{number}条，严重程度{severity}"
            en = f"{number} open alerts of severity {severity}"
            told.append(Deduction(points, zh, en))
    over = sum((one.points for one in told), Decimal(0)) - scale.open_most
    if over > 0:
        told.append(Deduction(-over, "未核实预警扣分上限", "ceiling of open alerts"))
    return told


def read_scale(path: Path) -> Scale:
    """A scale of points. Raises DataFileError naming what is wrong."""
    raw = read_mapping(path)
    expected = {"full", "confirmed", "money", "open", "not_persons", "grades"}
    if raw.keys() != expected:
        raise DataFileError(f"{path}: found the keys {sorted(raw)}, expected {sorted(expected)}")
    money, waiting = _mapping(path, raw, "money"), _mapping(path, raw, "open")
    grades, spared = _mapping(path, raw, "grades"), raw["not_persons"]
    if not isinstance(spared, Sequence) or isinstance(spared, str):
        raise DataFileError(
            f"{path}: not_persons: found {spared!r}, expected a list of families and rules"
        )
    ordered = sorted(((name, _number(path, grades, name)) for name in grades), key=_least)
    if not ordered or ordered[-1][1] > 0:
        raise DataFileError(f"{path}: grades: expected one from 0 points on")
    return Scale(
        full=_number(path, raw, "full"),
        confirmed=_by_severity(path, _mapping(path, raw, "confirmed")),
        money_step=int(_number(path, money, "step_yuan") * 100),
        money_points=_number(path, money, "points"),
        money_most=_number(path, money, "most"),
        open=_by_severity(path, waiting),
        open_most=_number(path, waiting, "most"),
        grades=tuple(ordered),
        not_persons=frozenset(map(str, spared)),
    )


def _least(grade: tuple[str, Decimal]) -> Decimal:
    return -grade[1]


def _mapping(path: Path, raw: Mapping[str, Plain], name: str) -> Mapping[str, Plain]:
    found = raw[name]
    if not isinstance(found, Mapping):
        raise DataFileError(f"{path}: {name}: found {found!r}, expected keys and numbers")
    return found


def _number(path: Path, raw: Mapping[str, Plain], name: str) -> Decimal:
    found = raw.get(name)
    if isinstance(found, bool) or not isinstance(found, (int, Decimal)):
        raise DataFileError(f"{path}: {name}: found {found!r}, expected a number")
    return Decimal(found)


def _by_severity(path: Path, raw: Mapping[str, Plain]) -> dict[int, Decimal]:
    return {severity: _number(path, raw, str(severity)) for severity in _SEVERITIES}


@cache
def load_scale() -> Scale:
    """The scale that comes with fundwatch, read once."""
    return read_scale(_FILE)
