"""One prescription filled for two people, or for another than it was issued to.

A prescription is one person's. Named by the settlements of two at pharmacies, it was lent, copied
or made up; so it was where the platform issued it, under its own number, to somebody else. Whoever
it issued it to is in the right, whoever came first. Hospitals number their own prescriptions, so
short numbers are compared within one pharmacy only; a number that many people name is none.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from events.times import DAY
from rules.context import Context
from rules.findings import Finding, Verdict, found, judge
from rules.histories.keyed import DOCUMENT, Document
from rules.histories.records import ISSUED, Paper
from rules.histories.series import before
from rules.rule import Rule

KIND: Final = DOCUMENT
RECORDS: Final = (Paper,)
SUBJECT: Final = "document"


def check(rule: Rule, context: Context, document: Document, changed: Paper) -> Iterator[Verdict]:
    """One matter a settlement: that its prescription is or was filled for somebody else's."""
    kind, _, number = document.key.partition("|")
    if kind != "rx":
        return
    papers = [paper for paper in document.papers if paper.via != ISSUED]
    issued = [paper for paper in document.papers if paper.via == ISSUED]
    crowded = len({paper.psn_no for paper in papers}) > rule.at(changed.time)["persons"]
    for paper in papers:
        if crowded:
            yield Verdict(paper.event_id, None)
            continue
        look = partial(_look, rule, context, number, paper, issued)
        yield Verdict(paper.event_id, judge(paper, before(papers, paper), look))


def _look(
    rule: Rule,
    context: Context,
    number: str,
    paper: Paper,
    issued: Sequence[Paper],
    earlier: Sequence[Paper],
) -> Finding | None:
    owners = {one.psn_no for one in issued}
    if paper.psn_no in owners:
        return None
    limits = rule.at(paper.time)
    anywhere = len(number) >= limits["national"]
    others = [
        other
        for other in earlier
        if other.psn_no != paper.psn_no
        and paper.time - other.time <= limits["days"] * DAY
        and (anywhere or other.inst == paper.inst)
    ]
    how = ("配药", "filled")
    if not others:
        if len(owners) != 1:
            return None
        others, how = [issued[0]], ("开具", "issued")
    paid = paper.fund + paper.account
    return found(
        [*others, paper],
        amount=paid,
        involved=paper.amount,
        area=paper.area,
        severity=2 if anywhere or owners else 3,
        evidence={
            "number": number,
            "how_zh": how[0],
            "how_en": how[1],
            "first_institution": context.name_of(others[0].inst),
            "first_at": others[0].time,
            "institution": context.name_of(paper.inst),
            "settled_at": paper.time,
            "persons": len({one.psn_no for one in [*others, paper]}),
            "paid_fen": paid,
        },
    )
