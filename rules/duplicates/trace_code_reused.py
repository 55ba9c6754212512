"""One trace code in two valid settlements.

A trace code names one pack. Sold twice under insurance means goods that were never handed over,
bought back, or invented. An opened pack is sold in parts; but a pack that one institution sold
whole cannot be opened and sold in parts at another, nor the other way round.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from events.times import DAY, day_of
from rules.context import Context
from rules.duplicates.packs import is_barcode, is_weak
from rules.findings import Finding, Verdict, found, judge
from rules.histories.keyed import DOCUMENT, Document
from rules.histories.records import Paper
from rules.histories.series import before
from rules.rule import Rule

KIND: Final = DOCUMENT
RECORDS: Final = (Paper,)
SUBJECT: Final = "document"
_SOLD: Final = "direct"
_RETURNED: Final = "return"
_SPLIT: Final = "split"
_IN_PARTS: Final = 2
"""Severity where one of the sales was of an opened pack: it may have been told wrongly."""


def check(rule: Rule, context: Context, document: Document, changed: Paper) -> Iterator[Verdict]:
    """One matter a settlement: that its pack had been sold in an earlier valid one."""
    kind, _, trace = document.key.partition("|")
    if kind != "trace" or is_barcode(trace):
        return
    weak = is_weak(trace)
    most = rule.at(changed.time)["weak_uses"]
    product = weak and len({p.setl_id for p in document.papers if p.via == _SOLD}) > most
    since = (changed.time, changed.event_id)
    for paper in document.papers:
        if paper.via != _SOLD or (not weak and (paper.time, paper.event_id) < since):
            continue
        if product:
            yield Verdict(paper.event_id, None)
            continue
        earlier = before(document.papers, paper)
        look = partial(_look, rule, context, paper, weak=weak)
        yield Verdict(paper.event_id, judge(paper, earlier, look))


def _look(
    rule: Rule, context: Context, paper: Paper, earlier: Sequence[Paper], *, weak: bool
) -> Finding | None:
    horizon = paper.time - rule.at(paper.time)["years"] * 366 * DAY
    sold = [
        other
        for at, other in enumerate(earlier)
        if other.via == _SOLD
        and _contradict(other, paper, weak=weak)
        and other.time >= horizon
        and other.setl_id != paper.setl_id
        and not _came_back(other, earlier, at)
    ]
    if not sold:
        return None
    first = sold[0]
    opened = paper.flag == _SPLIT or all(other.flag == _SPLIT for other in sold)
    known = context.reference.item(paper.series, day_of(paper.time))
    return found(
        [*sold, paper],
        amount=paper.amount,
        involved=paper.amount + sum(other.amount for other in sold),
        area=paper.area,
        severity=_IN_PARTS if opened or weak else None,
        evidence={
            "item": known.name if known is not None and known.name else paper.series,
            "first_institution": context.name_of(first.inst),
            "first_sold_at": first.time,
            "institution": context.name_of(paper.inst),
            "sold_at": paper.time,
            "times": len(sold) + 1,
            "persons": len({other.psn_no for other in [*sold, paper]}),
        },
    )


def _contradict(other: Paper, paper: Paper, *, weak: bool) -> bool:
    """Whether a pack sold so in one settlement cannot have been sold so in the other."""
    opened, also = other.flag == _SPLIT, paper.flag == _SPLIT
    if not opened and not also:
        return True
    return opened != also and not weak and bool(other.inst) and other.inst != paper.inst


def _came_back(sale: Paper, series: Sequence[Paper], at: int) -> bool:
    """Whether the goods of the sale at a place of the series were returned after it.

    A return names its settlement; one that names none of this pack's means the institution's.
    """
    sales = {other.setl_id for other in series if other.via == _SOLD}
    return any(
        other.via == _RETURNED
        and (
            other.setl_id == sale.setl_id
            or (other.setl_id not in sales and other.inst == sale.inst)
        )
        for other in series[at + 1 :]
    )
