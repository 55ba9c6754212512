"""One trace code in two valid settlements.

A trace code names one pack. Sold twice under insurance means goods that were never handed over,
bought back, or invented.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from events.times import DAY
from rules.context import Context
from rules.findings import Finding, Verdict, found, judge
from rules.histories.keyed import DOCUMENT, Document
from rules.histories.records import Paper
from rules.histories.series import before
from rules.rule import Rule

KIND: Final = DOCUMENT
RECORDS: Final = (Paper,)
SUBJECT: Final = "document"


def check(rule: Rule, context: Context, document: Document, changed: Paper) -> Iterator[Verdict]:
    """One matter a settlement: that its pack had been sold in an earlier valid one."""
    if not document.key.startswith("trace|"):
        return
    for paper in document.papers:
        if paper.via == "direct" and (paper.time, paper.event_id) >= (
            changed.time,
            changed.event_id,
        ):
            earlier = before(document.papers, paper)
            finding = judge(paper, earlier, partial(_look, rule, context, paper))
            yield Verdict(paper.event_id, finding)


def _look(rule: Rule, context: Context, paper: Paper, earlier: Sequence[Paper]) -> Finding | None:
    if paper.flag == "split":
        return None
    horizon = paper.time - rule.at(paper.time)["years"] * 366 * DAY
    returned = {other.setl_id for other in earlier if other.via == "return"}
    sold = [
        other
        for other in earlier
        if other.via == "direct"
        and other.flag != "split"
        and other.time >= horizon
        and other.setl_id != paper.setl_id
        and other.setl_id not in returned
    ]
    if not sold:
        return None
    first = sold[0]
    return found(
        [*sold, paper],
        amount=paper.amount,
        involved=paper.amount + sum(other.amount for other in sold),
        area=paper.area,
        evidence={
            "item": paper.series,
            "first_institution": context.name_of(first.inst),
            "first_sold_at": first.time,
            "institution": context.name_of(paper.inst),
            "sold_at": paper.time,
            "times": len(sold) + 1,
            "persons": len({other.psn_no for other in [*sold, paper]}),
        },
    )
