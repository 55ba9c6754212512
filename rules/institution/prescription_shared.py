"""One prescription filled for two people.

A prescription is one person's. Named by the settlements of two at pharmacies, it was lent, copied
or made up. Hospitals number their own prescriptions, so short numbers are compared within one
pharmacy only; a number that many people name is none.
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
    """One matter a settlement: that its prescription had been filled for somebody else."""
    kind, _, number = document.key.partition("|")
    if kind != "rx":
        return
    crowded = len({paper.psn_no for paper in document.papers}) > rule.at(changed.time)["persons"]
    for paper in document.papers:
        if crowded:
            yield Verdict(paper.event_id, None)
            continue
        look = partial(_look, rule, context, number, paper)
        yield Verdict(paper.event_id, judge(paper, before(document.papers, paper), look))


def _look(
    rule: Rule, context: Context, number: str, paper: Paper, earlier: Sequence[Paper]
) -> Finding | None:
    limits = rule.at(paper.time)
    anywhere = len(number) >= limits["national"]
    others = [
        other
        for other in earlier
        if other.psn_no != paper.psn_no
        and paper.time - other.time <= limits["days"] * DAY
        and (anywhere or other.inst == paper.inst)
    ]
    if not others:
        return None
    paid = paper.fund + paper.account
    return found(
        [*others, paper],
        amount=paid,
        involved=paper.amount,
        area=paper.area,
        evidence={
            "number": number,
            "first_institution": context.name_of(others[0].inst),
            "first_at": others[0].time,
            "institution": context.name_of(paper.inst),
            "settled_at": paper.time,
            "persons": len({one.psn_no for one in [*others, paper]}),
            "paid_fen": paid,
        },
    )
