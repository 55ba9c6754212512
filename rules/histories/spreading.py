"""What a visit or a claim tells other keys: accounts, terminals, institutions, documents, stock.

Pure functions of the record as it now stands. A visit that was reversed tells the same facts again
with the time of its reversal, so a key that hears of it late ends in the same state.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import structs

from events.times import DAY
from rules.histories import keyed
from rules.histories.bills import bill_of
from rules.histories.facts import (
    PRESCRIPTION_SIGNS,
    Fact,
    city_of,
    day_key,
    is_traceable,
    month_key,
    quarter_key,
)
from rules.histories.fund_sums import fund_back
from rules.histories.person import Person
from rules.histories.records import (
    Bill,
    Claim,
    Dispensed,
    Filling,
    Line,
    Move,
    Paper,
    Payback,
    Record,
    Refund,
    Script,
    Swipe,
    Told,
    Visit,
    Weekly,
)
from rules.histories.scripts import all_names, issued, named, own_numbers

PHARMACY: Final = "2"
_PHARMACY_CODE: Final = "P"
_DRUGS: Final = frozenset("XZT")
_GOODS: Final = _DRUGS | {"C"}
"""First letters of national codes of goods: western and Chinese drugs, slices, consumables."""


def is_goods(line: Line) -> bool:
    """Whether a fee line sells drugs or goods, not a service (whose codes are digits)."""
    return line.code[:1] in _GOODS


def at_pharmacy(visit: Visit) -> bool:
    """Whether a visit was at a retail pharmacy."""
    return visit.kind == PHARMACY or (not visit.kind and visit.inst[:1] == _PHARMACY_CODE)


def spread(record: Record, person: Person, *, first: bool) -> Sequence[Fact]:
    """Facts that a person's changed record tells other keys.

    `first` says whether the record is new (not merely changed).
    """
    if isinstance(record, Visit):
        if not (record.rev_at or any(record.back)):
            return _facts(record, person.scripts) if first else ()
        facts = _told(record, person.scripts) if first or record.rev_at else []
        for refund in person.refunds:
            if record.setl_id in refund.targets or record.event_id in refund.targets:
                payback = _payback(record, refund)
                facts.append(payback)
                if record.account or record.shared:
                    owner = record.owner or record.psn_no
                    facts.append(Fact(keyed.ACCOUNT, owner, payback.record))
        return facts
    if isinstance(record, Script):
        return _prescribed(record, person) if person.visits else ()
    return (_claimed(record),) if isinstance(record, Claim) and record.bill else ()


def _told(visit: Visit, scripts: Sequence[Script]) -> list[Fact]:
    """The facts; where a reversal came too late for a history, as if there were none."""
    return [_kept(fact, visit) for fact in _facts(visit, scripts)]


def _kept(fact: Fact, visit: Visit) -> Fact:
    late = visit.rev_at - visit.time > keyed.KEPT[fact.kind] * DAY
    if not late or isinstance(fact.record, Filling):
        return fact
    return Fact(fact.kind, fact.key, structs.replace(fact.record, rev_at=0))


def _prescribed(script: Script, person: Person) -> list[Fact]:
    """Sales of a prescription: to whoever issued it, and the bills that did not know who told."""
    known = all_names(person, own_numbers(script))
    others = [other for other in person.scripts if other.event_id != script.event_id]
    facts = []
    for visit in person.visits:
        if not at_pharmacy(visit) or not any(line.rx in known for line in visit.lines):
            continue
        if named(visit, person.scripts) != named(visit, others):
            packs = [_packs(line) for line in visit.lines]
            bill = bill_of(visit, packs, person.scripts, pharmacy=True)
            told = Fact(keyed.INSTITUTION_MONTH, month_key(visit.inst, visit.time), bill)
            facts.append(_kept(told, visit))
            facts += [_kept(told, visit) for told in _to_city(visit, bill)]
        facts += _fillings(visit, person.scripts)
    return facts


def _fillings(visit: Visit, scripts: Sequence[Script]) -> Iterator[Fact]:
    """A sale on hospitals' prescriptions, to the months of whoever issued them."""
    back = visit.rev_at
    for told in issued(visit, scripts):
        again = min(back, told[0].time) if back else told[0].time
        for script in told:
            filling = Filling(
                f"{script.event_id} {visit.event_id}",
                script.time,
                script.event_id,
                visit.event_id,
                visit.setl_id,
                visit.psn_no,
                visit.inst,
                script.rx or min(own_numbers(script)),
                script.doctor,
                visit.time,
                visit.insured_area,
                visit.scheme,
                visit.fee,
                visit.pool_paid,
                visit.account or visit.shared,
                back if script is told[0] else again,
            )
            month = month_key(script.inst, script.time)
            yield Fact(keyed.INSTITUTION_MONTH, month, filling)


def _facts(visit: Visit, scripts: Sequence[Script]) -> list[Fact]:
    inst, lines = visit.inst, visit.lines
    pharmacy = at_pharmacy(visit)
    packs = [_packs(line) for line in lines]
    bill = bill_of(visit, packs, scripts, pharmacy=pharmacy)
    drugs = tuple([line.code for line in lines if line.code[:1] in _DRUGS])
    goods = bool(drugs) or (pharmacy and not lines)
    swipe = Swipe(
        visit.event_id,
        visit.time,
        visit.setl_id,
        visit.psn_no,
        inst,
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
        goods,
        visit.rev_at,
        visit.served,
        visit.agent_no,
    )
    facts = [Fact(keyed.INSTITUTION_MONTH, month_key(inst, visit.time), bill)]
    if (bill.drugs or goods) and (bill.fund or bill.account):
        facts += _beside(visit, bill)
    if bill.asks:
        facts += _to_city(visit, bill)
    if visit.account or visit.shared:
        facts.append(Fact(keyed.ACCOUNT, visit.owner or visit.psn_no, swipe))
    till = visit.dev or (visit.opter if pharmacy else "")
    if till:
        facts.append(Fact(keyed.TERMINAL, day_key(f"{inst}|{till}", visit.time), swipe))
    if pharmacy:
        facts.append(Fact(keyed.INSTITUTION_DAY, day_key(inst, visit.time), swipe))
        if goods:
            dispensed = Dispensed(
                visit.event_id,
                visit.time,
                visit.setl_id,
                visit.psn_no,
                visit.insured_area,
                visit.fee,
                visit.fund + max(visit.account, visit.shared),
                drugs,
                visit.rev_at,
            )
            facts.append(Fact(keyed.SALES, month_key(inst, visit.time), dispensed))
        facts += _moves(visit)
        numbers = {line.rx for line in lines if len(line.rx) >= PRESCRIPTION_SIGNS}
        for number in numbers:
            facts.append(Fact(keyed.DOCUMENT, f"rx|{number}", _paper(visit, "", "", visit.fee)))
        if numbers and scripts:
            facts += _fillings(visit, scripts)
    if visit.bill:
        series, _, number = visit.bill.rpartition(":")
        facts.append(Fact(keyed.DOCUMENT, f"bill|{number}", _paper(visit, series, "", visit.fee)))
    for line, traces in zip(lines, packs, strict=True):
        if traces:
            flag = "split" if line.split else ""
            paper = _paper(visit, line.code, flag, line.amount // len(line.traces))
            facts += [Fact(keyed.DOCUMENT, f"trace|{trace}", paper) for trace in traces]
    return facts


def _beside(visit: Visit, bill: Bill) -> list[Fact]:
    """A settlement of drugs, for the institution's neighbours."""
    city = city_of(visit.inst)
    if not city or bill.pharmacy != (city[0] == _PHARMACY_CODE):
        return []
    weekly = Weekly(
        visit.event_id,
        visit.time,
        visit.setl_id,
        visit.inst,
        visit.insured_area,
        bill.pharmacy,
        visit.fee,
        bill.fund + bill.account,
        bill.drugs,
        bill.untraced < bill.drugs,
        visit.rev_at,
        bill.asks,
    )
    return [Fact(keyed.NEIGHBOURS, quarter_key(city, visit.time), weekly)]


def _to_city(visit: Visit, bill: Bill) -> list[Fact]:
    """A sale with pool money on a prescription, for the pharmacies of the city."""
    city = city_of(visit.inst)
    if not city.startswith(_PHARMACY_CODE) or bill.named is None or not bill.asks:
        return []
    told = Told(
        visit.event_id,
        visit.time,
        visit.setl_id,
        visit.inst,
        visit.insured_area,
        bill.named,
        visit.fee,
        visit.pool_paid,
        visit.rev_at,
    )
    return [Fact(keyed.NEIGHBOURS, quarter_key(city, visit.time), told)]


def _packs(line: Line) -> Sequence[str]:
    """The trace codes of a line that can identify a pack."""
    return [trace for trace in line.traces if is_traceable(trace)] if line.traces else ()


def _moves(visit: Visit) -> list[Fact]:
    """What a pharmacy's stock lost by a settlement, by drug."""
    sold: dict[str, tuple[int, int]] = {}
    for line in visit.lines:
        code = line.code
        if code[:1] in _GOODS and not line.split:
            quantity, amount = sold.get(code, (0, 0))
            sold[code] = quantity + line.quantity, amount + line.amount
    return [
        Fact(
            keyed.STOCK,
            f"{visit.inst}|{code}",
            Move(
                visit.event_id,
                visit.time,
                -quantity,
                "settled",
                visit.setl_id,
                amount,
                visit.rev_at,
            ),
        )
        for code, (quantity, amount) in sold.items()
        if quantity > 0
    ]


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
        fund_back(visit, refund),
        visit.event_id,
        visit.insured_area,
    )
    return Fact(keyed.INSTITUTION_MONTH, month_key(visit.inst, refund.time), payback)
