"""One receipt paid twice: settled directly and claimed by hand, or claimed twice, by anyone.

A receipt is one where the numbers agree and the codes of the series do not contradict each
other. Numbers without a series repeat from place to place, so they need a second sign: the same
person, institution or total. A receipt that was cancelled (red) is no claim and takes earlier ones
of it along; one exchanged for paper comes twice and is paid once. One claim may be told again.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from msgspec import structs

from events.times import DAY
from rules.context import Context
from rules.findings import Finding, Verdict, found, judge
from rules.histories.facts import same_series
from rules.histories.keyed import DOCUMENT, Document
from rules.histories.records import EXCHANGED, RED, Paper
from rules.rule import Rule

KIND: Final = DOCUMENT
RECORDS: Final = (Paper,)
SUBJECT: Final = "document"
_MANUAL: Final = "manual"
_DIRECT: Final = "direct"
_ZH: Final = {_DIRECT: "直接结算", _MANUAL: "手工报销"}
_LAW: Final = "manual_claim.once_per_receipt"


def check(rule: Rule, context: Context, document: Document, changed: Paper) -> Iterator[Verdict]:
    """One matter a payment: that its receipt had been paid before."""
    if not document.key.startswith("bill|"):
        return
    digits = rule.at(changed.time)["unique_digits"]
    alone = len(document.key) - len("bill|") >= digits
    once, again = _once(document.papers)
    papers = _standing(once, alone=alone)
    since = (changed.time, changed.event_id)
    for paper in again:
        yield Verdict(paper.event_id, None)
    for at, paper in enumerate(papers):
        if changed.flag != RED and (paper.time, paper.event_id) < since:
            continue
        earlier = [other for other in papers[:at] if _one_receipt(other, paper, alone=alone)]
        if earlier or again:
            look = partial(_look, rule, context, document, paper)
            yield Verdict(paper.event_id, judge(paper, earlier, look) if earlier else None)


def _once(papers: Sequence[Paper]) -> tuple[Sequence[Paper], Sequence[Paper]]:
    """Every payment once, and what only tells a claim again: its first paid version counts."""
    counted: dict[tuple[str, str, str], Paper] = {}
    named = [
        ((paper.setl_id, paper.psn_no, paper.series.lstrip("0")), paper)
        for paper in papers
        if paper.via == _MANUAL and paper.flag not in (RED, EXCHANGED) and paper.setl_id
    ]
    for name, paper in named:
        if name not in counted or (paper.fund and not counted[name].fund):
            counted[name] = paper
    again = [paper for name, paper in named if counted[name] is not paper]
    return ([paper for paper in papers if paper not in again] if again else papers), again


def _standing(papers: Sequence[Paper], *, alone: bool) -> list[Paper]:
    """Payments in order of time, those before a red receipt of theirs taken back by it."""
    kept = [p for p in papers if p.via in (_DIRECT, _MANUAL) and p.flag not in (RED, EXCHANGED)]
    red = [paper for paper in papers if paper.flag == RED and paper.via == _MANUAL]
    return [_reddened(paper, red, alone=alone) for paper in kept] if red else kept


def _reddened(paper: Paper, red: Sequence[Paper], *, alone: bool) -> Paper:
    cancelled = min(
        (
            other.time
            for other in red
            if (other.time, other.event_id) > (paper.time, paper.event_id)
            and (_is_claim(other, paper) or _one_receipt(other, paper, alone=alone))
        ),
        default=0,
    )
    if not cancelled or 0 < paper.rev_at <= cancelled:
        return paper
    return structs.replace(paper, rev_at=cancelled)


def _is_claim(other: Paper, paper: Paper) -> bool:
    """Whether two papers are of one claim by its number."""
    return paper.via == _MANUAL and bool(paper.setl_id) and other.setl_id == paper.setl_id


def _one_receipt(other: Paper, paper: Paper, *, alone: bool) -> bool:
    """Whether two payments rest on one receipt; `alone`: its number needs no series."""
    series = same_series(other.series, paper.series)
    if series is False or (other.setl_id == paper.setl_id and paper.setl_id):
        return False
    sure = alone or series is True
    place = other.inst == paper.inst if other.inst and paper.inst else None
    total = other.amount == paper.amount
    person = other.psn_no == paper.psn_no
    if other.via == paper.via == _DIRECT:
        return sure and total and not (person and place)
    if sure:
        return person or total or place is not False
    if person:
        return total or place is True
    return total and place is not False


def _look(
    rule: Rule, context: Context, document: Document, paper: Paper, earlier: Sequence[Paper]
) -> Finding | None:
    horizon = paper.time - rule.at(paper.time)["years"] * 366 * DAY
    twice = [other for other in earlier if other.time >= horizon and _paid_twice(other, paper)]
    if not twice:
        return None
    law = context.law(paper.area, _LAW, paper.time)
    if law is None or not law.flag:
        return None
    first = twice[0]
    people = {other.psn_no for other in [*twice, paper]}
    direct = paper.via == first.via == _DIRECT
    return found(
        [*twice, paper],
        amount=_too_much(first, paper),
        involved=sum(other.fund + other.account for other in [*twice, paper]),
        area=paper.area,
        severity=2 if direct else None,
        assumed=(_LAW,) if law.filled else (),
        evidence={
            "receipt": f"{paper.series or first.series} {document.key.partition('|')[2]}".strip(),
            "first_way": first.via,
            "first_way_zh": _ZH[first.via],
            "first_institution": context.name_of(first.inst),
            "first_paid_at": first.time,
            "way": paper.via,
            "way_zh": _ZH[paper.via],
            "institution": context.name_of(paper.inst or first.inst),
            "paid_at": paper.time,
            "times": len(twice) + 1,
            "persons": len(people),
        },
    )


def _too_much(other: Paper, paper: Paper) -> int:
    """The money that the second payment should not have been, fen.

    Where the account paid part of a receipt and a claim the rest, only what is beyond the total.
    """
    claim, direct = (paper, other) if paper.via == _MANUAL else (other, paper)
    if claim.via != direct.via and not direct.fund:
        return min(paper.fund or paper.account, direct.account + claim.fund - direct.amount)
    return paper.fund or paper.account


def _paid_twice(other: Paper, paper: Paper) -> bool:
    """Whether insurance paid on both, more than once for one expense.

    A settlement without fund money is only the ground of a claim, unless account and claim
    together pay more than the receipt says.
    """
    if other.via == paper.via:
        return bool(other.fund + other.account) and bool(paper.fund + paper.account)
    claim, direct = (paper, other) if paper.via == _MANUAL else (other, paper)
    if not claim.fund:
        return False
    return direct.fund > 0 or direct.account + claim.fund > direct.amount
