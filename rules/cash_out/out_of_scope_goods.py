"""Account or pool money for wellness, fitness and daily goods, openly or disguised.

Looks at each fee line: the catalogue excludes it; it hides behind a placeholder code; or its name
tells of other goods than its code. Such lines are in breach as far as account and pool money
exceed what the other lines cost, so goods paid in cash are left alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from events.identifiers import is_placeholder_item
from events.times import day_of
from rules.cash_out.words import is_unlike, tells
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.digests import pseudonym
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Line, Visit
from rules.reference import EXCLUDED, CatalogueEntry
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit,)
SUBJECT: Final = "person"
_DRUG: Final = frozenset("XZT")
_SURE: Final = 1
_LIKELY: Final = 2


class Suspicion(NamedTuple):
    """Why a fee line is out of scope, and how sure that is."""

    severity: int
    zh: str
    en: str


class Suspect(NamedTuple):
    """A fee line and what is wrong with it."""

    line: Line
    why: Suspicion


_OPEN: Final = Suspicion(_SURE, "目录外排除项目", "excluded by the catalogue")
_TELLING: Final = Suspicion(_SURE, "占位编码，名称为非医保范围商品", "placeholder, telling name")
_HIDDEN: Final = Suspicion(_LIKELY, "占位编码", "placeholder code")
_DISGUISED: Final = Suspicion(_LIKELY, "名称与编码不符，疑为串换", "name and code disagree")


@lru_cache(8192)
def _is_placeholder(code: str) -> bool:
    return is_placeholder_item(code)


def check(rule: Rule, context: Context, person: Person, visit: Visit) -> Iterable[Verdict]:
    """One matter a settlement: its lines that account and pool must not pay."""
    if not (visit.account or visit.fund or visit.shared):
        return ()
    reference, day = context.reference, day_of(visit.time)
    suspects: list[Suspect] = []
    limits: Mapping[str, Any] = rule.at(visit.time)
    for line in visit.lines:
        item = reference.item(line.code, day)
        if (
            item is not None
            and item.name == line.name
            and item.scope != EXCLUDED
            and not _is_placeholder(line.code)
        ):
            continue
        why = _why(limits, item, line)
        if why is not None:
            suspects.append(Suspect(line, why))
    if not suspects:
        return ()
    finding = _look(limits, context, person, visit, suspects)
    return (Verdict(visit.event_id, withdrawn(finding) if visit.rev_at else finding),)


def _why(limits: Mapping[str, Any], item: CatalogueEntry | None, line: Line) -> Suspicion | None:
    """What is wrong with a line, None where nothing is."""
    if item is not None and item.scope == EXCLUDED:
        return _OPEN
    name = line.name
    told = "" if tells(name, limits["unless"]) else tells(name, limits["never"])
    if _is_placeholder(line.code):
        if told:
            return _TELLING
        return _HIDDEN if line.code.strip() and not tells(name, limits["medical"]) else None
    known = item.name if item is not None else ""
    if known and known in name:
        return None
    if told and told not in known:
        return _DISGUISED
    if item is None or line.code[:1] not in _DRUG:
        return None
    told = tells(name, limits["no_drug"])
    if told and told not in known:
        return _DISGUISED
    return _DISGUISED if is_unlike(name, known) and not tells(name, limits["medical"]) else None


def _look(
    limits: Mapping[str, Any],
    context: Context,
    person: Person,
    visit: Visit,
    suspects: Sequence[Suspect],
) -> Finding | None:
    """The finding, unless the other lines cost what account and pool paid."""
    lines = [suspect.line for suspect in suspects]
    amount = sum(_amount(visit, line) for line in lines)
    others = sum(line.amount for line in visit.lines) - sum(line.amount for line in lines)
    paid = visit.fund + max(visit.account, visit.shared)
    if visit.fee:
        paid = min(paid, max(visit.fee - visit.cash, 0))
    breach = min(amount, paid - max(visit.fee - amount, others))
    if breach <= limits["tolerance"]:
        return None
    severity = min(suspect.why.severity for suspect in suspects)
    why = next(suspect.why for suspect in suspects if suspect.why.severity == severity)
    return found(
        [visit],
        amount=breach,
        involved=visit.fee,
        area=visit.insured_area,
        severity=severity,
        evidence={
            "institution": context.name_of(visit.inst),
            "settled_at": visit.time,
            "items": [line.name or line.code for line in lines],
            "codes": [line.code for line in lines],
            "why_zh": why.zh,
            "why_en": why.en,
            "goods_fen": amount,
            "account_paid_fen": visit.account,
            "fund_paid_fen": visit.fund,
            "breach_fen": breach,
            "person": pseudonym(person.key),
        },
    )


def _amount(visit: Visit, line: Line) -> int:
    """What a line costs; where it does not say, price times quantity, or all if it is alone."""
    if line.amount:
        return line.amount
    if line.price and line.quantity:
        return line.price * line.quantity // 100_000
    return visit.fee if len(visit.lines) == 1 else 0
