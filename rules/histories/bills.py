"""Settlements to bills: what an institution's month remembers of one, and what later months do."""

from collections.abc import Sequence
from typing import Final

from events.codes import Scheme
from events.times import day_of, day_start, months_from
from rules.histories import keyed
from rules.histories.facts import Fact, is_traceable
from rules.histories.records import (
    PACKS_SHORT,
    PACKS_WHOLE,
    Bill,
    Line,
    OwnLines,
    Packs,
    Scan,
    Script,
    Visit,
)
from rules.histories.scripts import named
from rules.histories.sending import sent

_ACUTE: Final = frozenset({Scheme.GENERAL, Scheme.PHARMACY, Scheme.EMERGENCY})
_PACKED: Final = frozenset("XZ")
"""Of drugs that are sold in packs with a trace code."""
_PACK: Final = 1000
"""One pack, in thousandths."""
_OWN_LEVEL: Final = "03"
_LAST_DAYS: Final = 10
"""A month's last days, whose scanning later months are told of."""


def bill_of(
    visit: Visit, packs: Sequence[Sequence[str]], scripts: Sequence[Script], *, pharmacy: bool
) -> Bill:
    """The bill of a visit.

    `packs` are the trace codes of each line that can identify a pack, `scripts` the prescriptions
    that the platform told of its person.
    """
    drugs = untraced = amount = several = short = short_amount = 0
    own = unsaid = unsaid_amount = 0
    prescribed, doctor = False, ""
    for line, traces in zip(visit.lines, packs, strict=True):
        if line.rx or line.outside:
            prescribed = True
            doctor = doctor or line.doctor
        if line.level == _OWN_LEVEL and line.amount > 0 and line.in_scope <= 0:
            own += 1
            if not line.consent:
                unsaid += 1
                unsaid_amount += line.amount
        if line.code[:1] in _PACKED and line.quantity > 0 and not line.split:
            drugs += 1
            if not traces:
                untraced += 1
                amount += line.amount
            elif (number := _several(line)) > 0:
                several += 1
                lacking = number - len(set(traces))
                if lacking > 0:
                    short += 1
                    short_amount += line.amount * lacking // number
    if own and (pharmacy or visit.scheme == Scheme.EMERGENCY):
        own = 0
    return Bill(
        visit.event_id,
        visit.time,
        visit.setl_id,
        visit.psn_no,
        visit.insured_area,
        visit.scheme,
        pharmacy,
        visit.fee,
        visit.fund or visit.pool,
        visit.account or visit.shared,
        visit.own_expense,
        visit.begin,
        visit.diagnoses[0] if visit.diagnoses else "",
        drugs,
        untraced,
        amount,
        prescribed,
        doctor,
        pharmacy and drugs > 0 and _asks(visit),
        visit.rev_at,
        sent(visit, pharmacy=pharmacy),
        Packs(several, short, short_amount) if several else None,
        visit.parts,
        named(visit, scripts) if pharmacy and prescribed else None,
        OwnLines(own, unsaid, unsaid_amount) if own else None,
        max(visit.deductible, 0),
    )


def _asks(visit: Visit) -> bool:
    """Whether the pool surely paid for what must be prescribed.

    A sum that may be the account's alone, of amounts that do not show it, is no word of the pool.
    """
    if visit.pool_paid <= 0 or visit.scheme not in _ACUTE:
        return False
    account = max(visit.account, visit.shared)
    return bool(visit.pool or visit.account_in) or visit.pool_paid != account


def _several(line: Line) -> int:
    """How many packs a line of several whole ones sells, else 0."""
    return line.quantity // _PACK if line.quantity > _PACK and not line.quantity % _PACK else 0


def scanned(visit: Visit) -> list[Fact]:
    """Word to the two next months that an institution sends trace codes, on a month's last days.

    Also whether for each of several packs. The records are the same for all settlements of a day,
    so that one of each is kept.
    """
    day = day_of(visit.time)
    _, second, third = months_from(day)
    if months_from(day + _LAST_DAYS)[0] != second:
        return []
    told = _scanned(visit)
    begin = day_start(day)
    words = [
        Scan(f"scan {begin} {packs}" if packs else f"scan {begin}", begin, packs)
        for packs in sorted(told - {0} or told)
    ]
    return [
        Fact(keyed.INSTITUTION_MONTH, f"{visit.inst}|{month}", word)
        for word in words
        for month in (second, third)
    ]


def _scanned(visit: Visit) -> set[int]:
    """What lines with trace codes say of several packs, `PACKS_*`; 0 of those that say nothing."""
    told = set()
    for line in visit.lines:
        traces = {trace for trace in line.traces if is_traceable(trace)}
        if traces:
            packed = line.code[:1] in _PACKED and not line.split
            number = _several(line) if packed else 0
            told.add((PACKS_WHOLE if len(traces) >= number else PACKS_SHORT) if number else 0)
    return told
