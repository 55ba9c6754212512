"""What a visit or a claim tells other keys: accounts, terminals, institutions, documents, stock.

Pure functions of the record as it now stands. A visit that was reversed tells the same facts again
with the time of its reversal, so a key that hears of it late ends in the same state.
"""

from collections.abc import Iterator
from typing import Final

from msgspec import structs

from events.codes import Scheme
from events.times import DAY
from rules.histories import keyed
from rules.histories.facts import Fact, day_key, is_traceable, month_key
from rules.histories.records import (
    Bill,
    Claim,
    Line,
    Move,
    Paper,
    Payback,
    Record,
    Refund,
    Swipe,
    Visit,
)

PHARMACY: Final = "2"
_DRUGS: Final = frozenset("XZT")
_GOODS: Final = _DRUGS | {"C"}
"""First letters of national codes of goods: western and Chinese drugs, slices, consumables."""
_ACUTE: Final = frozenset({Scheme.GENERAL, Scheme.PHARMACY, Scheme.EMERGENCY})
_PACKED: Final = frozenset("XZ")
"""Of drugs that are sold in packs with a trace code."""


def is_goods(line: Line) -> bool:
    """Whether a fee line sells drugs or goods, not a service (whose codes are digits)."""
    return line.code[:1] in _GOODS


def at_pharmacy(visit: Visit) -> bool:
    """Whether a visit was at a retail pharmacy."""
    return visit.kind == PHARMACY or (not visit.kind and visit.inst[:1] == "P")


def spread(record: Record, refunds: list[Refund], *, first: bool) -> Iterator[Fact]:
    """Facts that a person's changed record tells other keys.

    `refunds` are the person's reversals, `first` whether the record is new (not merely changed).
    """
    if isinstance(record, Visit):
        if first or record.rev_at:
            yield from _told(record)
        if record.rev_at or any(record.back):
            for refund in refunds:
                if record.setl_id in refund.targets or record.event_id in refund.targets:
                    payback = _payback(record, refund)
                    yield payback
                    if record.account or record.shared:
                        owner = record.owner or record.psn_no
                        yield Fact(keyed.ACCOUNT, owner, payback.record)
    elif isinstance(record, Claim) and record.bill:
        yield _claimed(record)


def _told(visit: Visit) -> Iterator[Fact]:
    for fact in _facts(visit):
        late = visit.rev_at - visit.time
        if late <= keyed.KEPT[fact.kind] * DAY:
            yield fact
        else:
            yield fact._replace(record=structs.replace(fact.record, rev_at=0))


def _facts(visit: Visit) -> Iterator[Fact]:
    pharmacy = at_pharmacy(visit)
    swipe = Swipe(
        visit.event_id,
        visit.time,
        visit.setl_id,
        visit.psn_no,
        visit.inst,
        visit.dev,
        visit.opter,
        visit.area,
        visit.insured_area,
        visit.scheme,
        visit.credential_type,
        visit.owner,
        visit.agent,
        visit.fee,
        visit.fund,
        visit.account,
        visit.shared,
        visit.cash,
        visit.balance,
        any(line.code[:1] in _DRUGS for line in visit.lines) or (pharmacy and not visit.lines),
        visit.rev_at,
        visit.served,
    )
    if visit.account or visit.shared:
        yield Fact(keyed.ACCOUNT, visit.owner or visit.psn_no, swipe)
    till = visit.dev or (visit.opter if pharmacy else "")
    if till:
        yield Fact(keyed.TERMINAL, day_key(f"{visit.inst}|{till}", visit.time), swipe)
    if pharmacy:
        yield Fact(keyed.INSTITUTION_DAY, day_key(visit.inst, visit.time), swipe)
    yield Fact(keyed.INSTITUTION_MONTH, month_key(visit.inst, visit.time), _bill(visit, pharmacy))
    if visit.bill:
        series = visit.bill.rpartition(":")[0]
        yield Fact(keyed.DOCUMENT, _bill_key(visit.bill), _paper(visit, series, "", visit.fee))
    sold: dict[str, list[int]] = {}
    for line in visit.lines:
        for trace in line.traces:
            if is_traceable(trace):
                flag = "split" if line.split else ""
                paper = _paper(visit, line.code, flag, line.amount // len(line.traces))
                yield Fact(keyed.DOCUMENT, f"trace|{trace}", paper)
        if pharmacy and is_goods(line) and not line.split:
            total = sold.setdefault(line.code, [0, 0])
            total[0] += line.quantity
            total[1] += line.amount
    for code, (quantity, amount) in sold.items():
        if quantity > 0:
            move = Move(
                visit.event_id,
                visit.time,
                -quantity,
                "settled",
                visit.setl_id,
                amount,
                visit.rev_at,
            )
            yield Fact(keyed.STOCK, f"{visit.inst}|{code}", move)


def _bill(visit: Visit, pharmacy: bool) -> Bill:
    drugs = untraced = amount = 0
    prescribed, doctor = False, ""
    for line in visit.lines:
        if line.rx or line.outside:
            prescribed = True
            doctor = doctor or line.doctor
        if line.code[:1] in _PACKED and line.quantity > 0 and not line.split:
            drugs += 1
            if not any(map(is_traceable, line.traces)):
                untraced += 1
                amount += line.amount
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
        pharmacy and drugs > 0 and (visit.fund or visit.pool) > 0 and visit.scheme in _ACUTE,
        visit.rev_at,
    )


def _bill_key(bill: str) -> str:
    return f"bill|{bill.rpartition(':')[2]}"


def _paper(visit: Visit, series: str, flag: str, amount: int) -> Paper:
    return Paper(
        visit.event_id,
        visit.time,
        visit.setl_id,
        visit.psn_no,
        visit.inst,
        "direct",
        flag,
        series,
        amount,
        visit.fund or visit.pool,
        visit.insured_area,
        visit.rev_at,
        visit.account or visit.shared,
    )


def _claimed(claim: Claim) -> Fact:
    paper = Paper(
        claim.event_id,
        claim.time,
        claim.claim_id,
        claim.psn_no,
        claim.inst,
        "manual",
        claim.bill_flag,
        claim.bill.rpartition(":")[0],
        claim.fee,
        claim.fund or claim.pool,
        claim.insured_area,
    )
    return Fact(keyed.DOCUMENT, _bill_key(claim.bill), paper)


def _payback(visit: Visit, refund: Refund) -> Fact:
    payback = Payback(
        refund.event_id,
        refund.time,
        visit.setl_id,
        visit.psn_no,
        visit.inst,
        visit.time,
        visit.account,
        visit.cash,
        visit.fund,
        refund.account,
        refund.cash,
        refund.fund,
        visit.event_id,
        visit.insured_area,
    )
    return Fact(keyed.INSTITUTION_MONTH, month_key(visit.inst, refund.time), payback)
