"""The histories, one struct a kind, and how each takes up a record.

`take` adds a record and returns the records that rules must look at again, or None when the record
was known and nothing changed. Retention is in days of event time: `KEPT` says how long a record is
remembered and how late a reversal may come and still be applied.

One module, because the kinds of history are one list that states, workers and rules go by.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any, Final, NoReturn, SupportsIndex, TypeVar

from msgspec import Struct, field, structs

from events.codes import Scheme
from events.times import DAY, day_of, day_start, year_bounds
from rules.histories.fund_sums import fund_back
from rules.histories.records import (
    PARTS_OFF,
    RX_HOSPITAL,
    RX_OTHERWISE,
    SERIES,
    AnyRecord,
    Benefit,
    Bill,
    Check,
    Claim,
    Credit,
    Defect,
    Designation,
    Dispensed,
    Encounter,
    Filling,
    Goods,
    Grant,
    Ledger,
    Move,
    Named,
    Paper,
    Payback,
    Payout,
    Permit,
    Premium,
    Record,
    Refund,
    Report,
    Scan,
    Script,
    Status,
    Stay,
    Swipe,
    Told,
    Visit,
    Weekly,
)
from rules.histories.series import between, put, swap
from rules.histories.tallies import file_in, returned

R = TypeVar("R", bound=Record)

PERSON: Final = "person"
ACCOUNT: Final = "account"
TERMINAL: Final = "terminal"
INSTITUTION: Final = "institution"
INSTITUTION_DAY: Final = "institution_day"
INSTITUTION_MONTH: Final = "institution_month"
DOCUMENT: Final = "document"
STOCK: Final = "stock"
PLACE: Final = "place"
PHYSICIAN: Final = "physician"
SALES: Final = "sales"
NEIGHBOURS: Final = "neighbours"

KEPT: Final[dict[str, int]] = {
    PERSON: 400,
    ACCOUNT: 400,
    INSTITUTION: 400,
    STOCK: 3 * 366,
    TERMINAL: 45,
    INSTITUTION_DAY: 45,
    INSTITUTION_MONTH: 3 * 366,
    DOCUMENT: 3 * 366,
    PLACE: 100,
    PHYSICIAN: 100,
    SALES: 100,
    NEIGHBOURS: 200,
}
"""Days a record is remembered, by kind of history: receipts and trace codes three years.

With persons and accounts the rest of the calendar year before comes to it (`oldest_kept`).
"""
_BY_YEAR: Final = (PERSON, ACCOUNT)

MOST: Final[dict[str, int]] = {
    PERSON: 2000,
    ACCOUNT: 2000,
    INSTITUTION: 2000,
    STOCK: 5000,
    TERMINAL: 5000,
    INSTITUTION_DAY: 20000,
    INSTITUTION_MONTH: 200_000,
    DOCUMENT: 200,
    PLACE: 1_000_000,
    PHYSICIAN: 20_000,
    SALES: 100_000,
    NEIGHBOURS: 1_000_000,
}
"""Most records of one sort that one key remembers; beyond it the oldest are forgotten."""

DEFECTS: Final = 500
"""Defects of one sort that an institution's month remembers: the first ones."""


ASKS: Final = 16
"""Bit beside `RX_*` in `InstitutionMonth.named`: the pool paid for drugs outside chronic care."""


class _Nothing(list[Any]):
    """A series in which nothing has been put yet: one for all, and it stays empty.

    Most series of most histories are empty, and an empty list takes as much room as ten numbers.
    """

    def append(self, _: object) -> NoReturn:
        """Refuse."""
        raise TypeError("a series is begun by History.put")

    def insert(self, _: SupportsIndex, __: object) -> NoReturn:
        """Refuse."""
        raise TypeError("a series is begun by History.put")


class _Unwritten(dict[Any, Any]):
    """What was raised or counted where nothing was: one for all, and it stays empty."""

    def __setitem__(self, _: object, __: object) -> NoReturn:
        """Refuse."""
        raise TypeError("a mapping of a history is begun by whoever writes to it first")


NOTHING: Final = _Nothing()
UNWRITTEN: Final = _Unwritten()


class Standing(Struct, array_like=True, gc=False):
    """What is known of an alert that this key has raised."""

    digest: int
    revision: int
    time: int
    withdrawn: bool = False


class History(Struct, gc=False):
    """What every history has: its key and the alerts it has raised, by rule and matter."""

    key: str
    standing: dict[str, Standing] = UNWRITTEN

    def take(self, record: AnyRecord) -> Sequence[Record] | None:
        """Take up a record; return what rules must look at again, None if it was known."""
        name = SERIES[type(record)]
        series: list[AnyRecord] | None = getattr(self, name, None)
        if series:
            if series[-1].time < record.time:
                series.append(record)
                return (record,)
        elif series is NOTHING:
            setattr(self, name, [record])
            return (record,)
        elif series is None:
            raise TypeError(f"{type(self).__name__} does not keep {type(record).__name__}")
        kept = put(series, record)
        return (kept,) if kept is not None else None

    def put(self, name: str, record: R) -> R | None:
        """Put a record into a series; see `rules.histories.series.put`."""
        series: list[R] = getattr(self, name)
        if series is NOTHING:
            setattr(self, name, [record])
            return record
        return put(series, record)

    def stand(self, matter: str, known: Standing) -> None:
        """Write down what is known of an alert that this key has raised."""
        if self.standing is UNWRITTEN:
            self.standing = {}
        self.standing[matter] = known

    def parts(self) -> tuple[list[Record], ...]:
        """The series of this history."""
        found = (getattr(self, name) for name in self.__struct_fields__)
        return tuple(part for part in found if isinstance(part, list))


_ASIDE: Final = (Stay, Check, Script, Payout, Permit)
"""Records of a person that say nothing of what settlements used of the year's benefits."""


class Person(History, gc=False):
    """One insured person, keyed by `psn_no`."""

    visits: list[Visit] = NOTHING
    refunds: list[Refund] = NOTHING
    stays: list[Stay] = NOTHING
    checks: list[Check] = NOTHING
    statuses: list[Status] = NOTHING
    benefits: list[Benefit] = NOTHING
    permits: list[Permit] = NOTHING
    claims: list[Claim] = NOTHING
    scripts: list[Script] = NOTHING
    payouts: list[Payout] = NOTHING
    course: object = None
    """What rules have worked out of the settlements so far, for themselves; never stored. It is
    gone as soon as anything changes but a settlement that is added at the end."""

    def take(self, record: AnyRecord) -> Sequence[Record] | None:
        """Take up a record; a reversal changes what it takes back."""
        if isinstance(record, Visit):
            taken = self.put("visits", record)
            if taken is None:
                return None
            if self.visits[-1] is not taken:
                self.course = None
            if self.refunds:
                taken = self._refunded(taken)
            return (taken,)
        if not isinstance(record, _ASIDE):
            self.course = None
        if isinstance(record, Refund):
            if self.put("refunds", record) is None:
                return None
            changed: list[Record] = [record]
            meant = [visit for visit in self.visits if _means(record, visit)]
            changed += map(self._refunded, meant)
            self._cancel_stays(record, changed)
            return changed
        if isinstance(record, Stay):
            return self._take_stay(record)
        return History.take(self, record)

    def _refunded(self, visit: Visit) -> Visit:
        """The visit with what its reversals, all known ones in time order, gave back."""
        back = [0, 0, 0, 0]
        reversed_at, reversed_by = 0, ""
        paid = visit.fund + visit.account + visit.cash
        for refund in self.refunds:
            if not _means(refund, visit):
                continue
            amounts = (fund_back(visit, refund), refund.account, refund.shared, refund.cash)
            back = [sum(pair) for pair in zip(back, amounts, strict=True)]
            whole = not any(amounts) or back[0] + back[1] + back[3] >= paid
            if whole and not reversed_at:
                reversed_at, reversed_by = max(refund.time, visit.time), refund.event_id
        changed = structs.replace(
            visit,
            rev_at=reversed_at,
            rev_id=reversed_by,
            back=(back[0], back[1], back[2], back[3]),
        )
        swap(self.visits, changed)
        return changed

    def _take_stay(self, stay: Stay) -> Sequence[Record] | None:
        cancelled = min(
            (r.time for r in self.refunds if _cancels(r, stay) and r.time >= stay.time), default=0
        )
        if cancelled:
            stay = structs.replace(stay, rev_at=cancelled)
        taken = self.put("stays", stay)
        return (taken,) if taken is not None else None

    def _cancel_stays(self, refund: Refund, changed: list[Record]) -> None:
        for stay in self.stays:
            if _cancels(refund, stay) and refund.time >= stay.time:
                cancelled = self.put("stays", structs.replace(stay, rev_at=refund.time))
                if cancelled is not None:
                    changed.append(cancelled)


def _means(refund: Refund, visit: Visit) -> bool:
    return visit.setl_id in refund.targets or visit.event_id in refund.targets


def _cancels(refund: Refund, stay: Stay) -> bool:
    """An admission is taken back by a 2601 that names its message."""
    return stay.begins and stay.event_id in refund.targets


class Account(History, gc=False):
    """One personal account, keyed by its owner's `psn_no`."""

    swipes: list[Swipe] = NOTHING
    grants: list[Grant] = NOTHING
    credits: list[Credit] = NOTHING
    payouts: list[Payout] = NOTHING
    premiums: list[Premium] = NOTHING
    statuses: list[Status] = NOTHING
    """Reports on how contributions are paid, on the owner's survival and the insurance's state."""
    paybacks: list[Payback] = NOTHING


class Terminal(History, gc=False):
    """One terminal on one day, keyed by institution, device and day."""

    swipes: list[Swipe] = NOTHING


class InstitutionDay(History, gc=False):
    """One institution on one day: its settlements."""

    swipes: list[Swipe] = NOTHING

    def take(self, record: AnyRecord) -> Sequence[Record] | None:
        """Take up a record; goods sold are those that an earlier version told each day."""
        return None if isinstance(record, Goods) else History.take(self, record)


GOODS_DAYS: Final = 5
"""Days after a settlement within which its sale may be reported: closed for four days."""
NIGHT: Final = 1
"""Days after a settlement that nobody asks for its sale: many are reported in the night after."""


class Sales(History, gc=False):
    """One pharmacy's month: its settlements of drugs, and the sales its stock system reported.

    Of the reports it keeps what they say together: which settlement was sold when, on which days
    sales were reported, and what was sold for no settlement.
    """

    dispensed: list[Dispensed] = NOTHING
    waiting: dict[str, Dispensed] = UNWRITTEN
    """Settlements without a sale, by settlement id and by event id: a report may name either."""
    sold: dict[str, int] = UNWRITTEN
    """When the first sale for a settlement was reported, by what the report names."""
    counts: dict[int, list[int]] = UNWRITTEN
    """By day number: settlements of drugs, and how many of them have a sale."""
    days: dict[int, int] = UNWRITTEN
    """When the first sale of a day was reported, by day number, whatever for."""
    last: int = 0
    """The last of these days."""
    linked: int = 0
    """The last day on which a sale was reported for a settlement."""
    loose: dict[str, list[int]] = UNWRITTEN
    """Days on which a drug was sold for no settlement, by code."""

    def take(self, record: AnyRecord) -> Sequence[Record] | None:
        """Take up a record; there is nothing to look at before sales of later days are reported."""
        if self.counts is UNWRITTEN:
            self.waiting, self.sold, self.counts = {}, {}, {}
            self.days, self.loose = {}, {}
        if isinstance(record, Goods):
            return self._take_goods(record)
        if not isinstance(record, Dispensed):
            raise TypeError(f"sales do not keep {type(record).__name__}")
        kept = self.put("dispensed", record)
        if kept is None:
            return None
        day = day_of(kept.time)
        if kept is record:
            count = self.counts.setdefault(day, [0, 0])
            count[0] += 1
            too_late = day_start(day + GOODS_DAYS + 1)
            if any(self.sold.get(name, too_late) < too_late for name in _named(kept)):
                count[1] += 1
            else:
                self.waiting.update(dict.fromkeys(_named(kept), kept))
        elif kept.event_id in self.waiting:
            self.waiting.update(dict.fromkeys(_named(kept), kept))
        return (kept,) if day < self.last - NIGHT else ()

    def _take_goods(self, goods: Goods) -> Sequence[Record] | None:
        day, name = day_of(goods.time), goods.setl_id
        look = day not in self.days
        new = goods.time < self.days.get(day, goods.time + 1)
        if new:
            self.days[day] = goods.time
            self.last = max(self.last, day)
        if not name:
            days = self.loose.setdefault(goods.code, [])
            if day not in days:
                days.append(day)
                new = True
        else:
            if day > self.linked:
                self.linked = day
                new = look = True
            if goods.time < self.sold.get(name, goods.time + 1):
                self.sold[name] = goods.time
                new, look = True, self._link(name, day) or look
        if not new:
            return None
        return (goods,) if look or day < self.last else ()

    def _link(self, name: str, day: int) -> bool:
        """A sale reported on a day; whether its settlement could be missed by then."""
        found = self.waiting.get(name)
        if found is None or day > (bought := day_of(found.time)) + GOODS_DAYS:
            return False
        for known in _named(found):
            self.waiting.pop(known, None)
        self.counts[bought][1] += 1
        return bought < self.last - NIGHT


def _named(settled: Dispensed) -> Sequence[str]:
    """What a report may call a settlement."""
    return (settled.setl_id, settled.event_id) if settled.setl_id else (settled.event_id,)


class InstitutionMonth(History, gc=False):
    """One institution in one month: what it settled and paid back, on what designation.

    Defects of the data it sent stand apart, in one such history for each sort of them.
    """

    paybacks: list[Payback] = NOTHING
    bills: list[Bill] = NOTHING
    designations: list[Designation] = NOTHING
    reports: list[Report] = NOTHING
    scans: list[Scan] = NOTHING
    defects: list[Defect] = NOTHING
    """The first ones; what comes after `DEFECTS` others adds nothing."""
    drugs: int = 0
    """Of all bills not taken back: fee lines of drugs that carry trace codes."""
    untraced: int = 0
    """How many of them came without one."""
    several: int = 0
    """Fee lines of several packs that carry trace codes, and those that carry too few."""
    short: int = 0
    asked: int = 0
    """Sales for which the pool paid a pharmacy outside chronic care."""
    answered: int = 0
    """How many of them name a prescription."""
    paid: int = 0
    """Settlements with pool money or at a hospital, their fees and own expense (fen)."""
    paid_fee: int = 0
    paid_own: int = 0
    stays: list[Bill] = NOTHING
    """The bills of stays in hospital, once more."""
    filled: list[Bill] = NOTHING
    """The bills of a pharmacy that name who prescribed, once more."""
    signers: dict[str, int] = UNWRITTEN
    """How many of these, not taken back, each physician signed."""
    sent: dict[int, int] = UNWRITTEN
    """How many settlements were sent how: a count for each set of bits (`sending`) but none."""
    named: dict[int, int] = UNWRITTEN
    """How many sales with insurance money, not taken back, name a prescription that who told of:
    a count for each set of `RX_*` bits, with `ASKS` where the pool paid for drugs."""
    own_lines: int = 0
    """Lines of own expense at a hospital, and those that do not say whether somebody consented."""
    own_unsaid: int = 0
    parted: int = 0
    """Settlements that tell own expense and in-policy costs; how many do not add up."""
    parted_off: int = 0
    sent_any: int = 0
    """The bits that any settlement was sent with, and those that all were."""
    sent_all: int = -1
    fillings: list[Filling] = NOTHING
    """Sales elsewhere on prescriptions that it issued in this month."""

    def take(self, record: AnyRecord) -> Sequence[Record] | None:
        """Take up a record; of settlements some sums are kept."""
        if isinstance(record, Bill):
            return self._take_bill(record)
        if isinstance(record, Defect):
            return self._take_defect(record)
        return History.take(self, record)

    def _take_bill(self, record: Bill) -> Sequence[Record] | None:
        known = [
            known
            for known in (
                between(self.bills, record.time, record.time)
                if record.rev_at or record.named is not None
                else ()
            )
            if known.event_id == record.event_id
        ]
        stood = bool(known) and not known[0].rev_at
        told = self._tell(known[0], record) if known and record.named is not None else None
        bill = self.put("bills", record)
        if bill is None:
            return (told,) if told is not None else None
        if not known:
            self._note(bill.sent)
        if bill.parts and not known:
            self.parted += 1
            self.parted_off += bill.parts == PARTS_OFF
        if bill.scheme == Scheme.INPATIENT:
            self.put("stays", record)
        if bill.pharmacy and bill.doctor:
            self.put("filled", record)
        if stood:
            self._count(bill, -1)
        elif not bill.rev_at:
            self._count(bill, 1)
        return (bill,)

    def _note(self, sent: int) -> None:
        """Count how a settlement was sent."""
        self.sent_all &= sent
        if sent:
            if self.sent is UNWRITTEN:
                self.sent = {}
            self.sent[sent] = self.sent.get(sent, 0) + 1
            self.sent_any |= sent

    def _tell(self, known: Bill, record: Bill) -> Bill | None:
        """Take up who else told of the prescription that a settlement names; None if nobody."""
        before, now = known.named, record.named
        if before is None or now is None:
            return None
        told = min(filter(None, (before.told, now.told)), default="")
        both = Named(now.number, before.by | now.by, told)
        if both == before:
            return None
        bill = structs.replace(known, named=both)
        swap(self.bills, bill)
        if bill.scheme == Scheme.INPATIENT:
            swap(self.stays, bill)
        if bill.doctor:
            swap(self.filled, bill)
        if not known.rev_at:
            self._name(known, -1)
            self._name(bill, 1)
        return bill

    def _name(self, bill: Bill, sign: int) -> None:
        if bill.named is not None and (bill.fund or bill.account):
            if self.named is UNWRITTEN:
                self.named = {}
            by = bill.named.by | (ASKS if bill.asks else 0)
            self.named[by] = self.named.get(by, 0) + sign

    def _count(self, bill: Bill, sign: int) -> None:
        if bill.named is not None:
            self._name(bill, sign)
        if bill.own is not None:
            self.own_lines += sign * bill.own.lines
            self.own_unsaid += sign * bill.own.unsaid
        if bill.drugs:
            self.drugs += sign * bill.drugs
            self.untraced += sign * bill.untraced
            if bill.packs is not None:
                self.several += sign * bill.packs.lines
                self.short += sign * bill.packs.short
        if bill.fund > 0 or not bill.pharmacy:
            self.paid += sign
            self.paid_fee += sign * bill.fee
            self.paid_own += sign * bill.own_expense
        if bill.asks:
            self.asked += sign
            self.answered += sign * bill.prescribed
        if bill.pharmacy and bill.doctor:
            if self.signers is UNWRITTEN:
                self.signers = {}
            self.signers[bill.doctor] = self.signers.get(bill.doctor, 0) + sign

    def _take_defect(self, record: Defect) -> Sequence[Record] | None:
        full = len(self.defects) >= DEFECTS
        if full and (self.defects[-1].time, self.defects[-1].event_id) < (
            record.time,
            record.event_id,
        ):
            return None
        defect = self.put("defects", record)
        if defect is None:
            return None
        del self.defects[DEFECTS:]
        return (defect,)


_WEEK: Final = 7
TOLD_SALES: Final = 20_000
"""Sales on prescriptions in a city and quarter up to which they are kept: of more, the pharmacies
have enough of their own to tell what is the exception there."""


class Neighbours(History, gc=False):
    """The pharmacies, or the hospitals, of one pooling city in one quarter: who of them does what.

    Of an institution's settlements it keeps the first one of each week.
    """

    weeks: dict[str, list[Weekly]] = UNWRITTEN
    """Settlements of drugs by institution, a week one, in the order of their times."""
    ledgers: dict[str, int] = UNWRITTEN
    """Pharmacies that reported stock, with the time of the record that says so."""
    scanners: dict[str, int] = UNWRITTEN
    """Institutions that sent a trace code, with the time of the first settlement that did."""
    sales: dict[str, Told] = UNWRITTEN
    """Sales with pool money on prescriptions, by event id, unless there are too many."""
    unheard: dict[str, Told] = UNWRITTEN
    """Those of them whose prescription nobody told of but the pharmacy itself."""
    heard: dict[str, int] = UNWRITTEN
    """How many of them each pharmacy has on prescriptions of hospitals."""
    lengths: dict[int, int] = UNWRITTEN
    """How many of these prescriptions have numbers of how many signs."""
    first: int = 0
    """Times of the first and the last of these sales."""
    last: int = 0
    full: bool = False
    """Whether there are so many of them that none is kept any more."""

    def take(self, record: AnyRecord) -> Sequence[Record] | None:
        """Take up a record; what adds nothing is not remembered."""
        if isinstance(record, Told):
            return self._take_told(record)
        if isinstance(record, Ledger):
            if record.inst in self.ledgers:
                return None
            if self.ledgers is UNWRITTEN:
                self.ledgers = {}
            self.ledgers[record.inst] = record.time
            return (record,)
        if not isinstance(record, Weekly):
            raise TypeError(f"neighbours do not keep {type(record).__name__}")
        scans = record.traced and record.time < self.scanners.get(record.inst, record.time + 1)
        if scans:
            if self.scanners is UNWRITTEN:
                self.scanners = {}
            self.scanners[record.inst] = record.time
        kept = self._keep(record)
        return (record if kept is None else kept,) if scans or kept is not None else None

    def _take_told(self, record: Told) -> Sequence[Record] | None:
        """A sale, or who else told of its prescription, or its reversal."""
        if self.full:
            return None
        if self.sales is UNWRITTEN:
            self.sales, self.unheard, self.heard, self.lengths = {}, {}, {}, {}
            self.first = record.time
        before = self.sales.get(record.event_id)
        if before is not None:
            record = _both(before, record)
            if record == before:
                return None
            self._hear(before, -1)
        elif len(self.sales) >= TOLD_SALES:
            self.full = True
            self.sales, self.unheard, self.heard, self.lengths = {}, {}, {}, {}
            return (record,)
        self.sales[record.event_id] = record
        self._hear(record, 1)
        self.first = min(self.first, record.time)
        self.last = max(self.last, record.time)
        return (record,)

    def _hear(self, sale: Told, sign: int) -> None:
        if sale.named.by & RX_HOSPITAL:
            signs = len(sale.named.number)
            self.heard[sale.inst] = self.heard.get(sale.inst, 0) + sign
            self.lengths[signs] = self.lengths.get(signs, 0) + sign
        elif sale.named.by & RX_OTHERWISE:
            return
        elif sign > 0:
            self.unheard[sale.event_id] = sale
        else:
            del self.unheard[sale.event_id]

    def _keep(self, record: Weekly) -> Weekly | None:
        """Put a settlement into its week if it is the first one there; as it now stands."""
        if self.weeks is UNWRITTEN:
            self.weeks = {}
        series = self.weeks.setdefault(record.inst, [])
        at = bisect_left(series, _week(record), key=_week)
        if at == len(series) or _week(series[at]) != _week(record):
            series.insert(at, record)
            return record
        known = series[at]
        if (known.time, known.event_id) != (record.time, record.event_id):
            if (known.time, known.event_id) < (record.time, record.event_id):
                return None
            series[at] = record
            return record
        if not record.rev_at or 0 < known.rev_at <= record.rev_at:
            return None
        series[at] = structs.replace(known, rev_at=record.rev_at)
        return series[at]


def _both(one: Told, other: Told) -> Told:
    """A sale with what two messages of it tell."""
    first, second = one.named, other.named
    told = min(filter(None, (first.told, second.told)), default="")
    gone = min(filter(None, (one.rev_at, other.rev_at)), default=0)
    named = Named(second.number, first.by | second.by, told)
    return structs.replace(one, named=named, rev_at=gone)


def _week(record: Weekly) -> int:
    return day_of(record.time) // _WEEK


class Institution(History, gc=False):
    """One institution's designation over time."""

    designations: list[Designation] = NOTHING


class Document(History, gc=False):
    """One receipt or one trace code."""

    papers: list[Paper] = NOTHING

    def take(self, record: AnyRecord) -> Sequence[Record] | None:
        """Take up a use; there is nothing to look at before the second."""
        kept = History.take(self, record)
        return kept if kept is None or len(self.papers) > 1 else ()


SUPPLIED_DAYS: Final = 60
"""Days after a settlement within which more of its sale may be reported."""
_PER_FEN: Final = 100
"""Ten-thousandths of a yuan in a fen; and percent in a whole."""
_UNIT: Final = 1000
_SAME_PRICE: Final = 2
"""Percent by which two prices of one unit may differ: costs are rounded to fen."""


class Stock(History, gc=False):
    """One drug in one institution's stock."""

    moves: list[Move] = NOTHING
    openings: list[Move] = NOTHING
    """Stock-takings; the first one says what was there before the ledger began."""
    net: int = 0
    """Sum of all moves not taken back, thousandths, stock-takings apart."""
    supplied: bool = False
    """Whether the institution has ever reported this drug coming in."""
    sold: list[Move] = NOTHING
    """Sales and returns reported for settlements."""
    short: list[Move] = NOTHING
    """What was settled and of which less was reported as sold, at the same price a unit."""
    gone: int = 0
    """Sum of all moves that were taken back, thousandths: they had counted until then."""

    def take(self, record: AnyRecord) -> Sequence[Record] | None:
        """Take up a movement; nothing to look at before anything is known to have come in."""
        if not isinstance(record, Move):
            raise TypeError(f"stock does not keep {type(record).__name__}")
        if record.via == "opening":
            counted = self.put("openings", record)
            self.supplied = True
            return (counted,) if counted is not None else None
        if record.via == "sold":
            return self._take_sold(record)
        known = [
            move
            for move in (between(self.moves, record.time, record.time) if record.rev_at else ())
            if move.event_id == record.event_id
        ]
        kept = self.put("moves", record)
        if kept is None:
            return None
        if not kept.rev_at:
            self.net += kept.quantity
        elif not known:
            self.gone += kept.quantity
        elif not known[0].rev_at:
            self.net -= kept.quantity
            self.gone += kept.quantity
        self.supplied = self.supplied or kept.quantity > 0
        if self.sold and kept.via == "settled":
            self._compare(kept)
        return (kept,) if self.supplied or self.short else ()

    def _take_sold(self, record: Move) -> Sequence[Record] | None:
        kept = self.put("sold", record)
        if kept is None:
            return None
        reach = SUPPLIED_DAYS * DAY
        for move in reversed(between(self.moves, kept.time - reach, kept.time + reach)):
            if move.via == "settled" and kept.setl_id in (move.setl_id, move.event_id):
                self._compare(move)
                break
        return (kept,)

    def _compare(self, settled: Move) -> None:
        """Note down whether less was reported as sold for a settlement than it charged."""
        reach = SUPPLIED_DAYS * DAY
        names = (settled.setl_id, settled.event_id)
        near = between(self.sold, settled.time - reach, settled.time + reach)
        reports = [report for report in near if report.setl_id in names]
        if any(known.event_id == settled.event_id for known in self.short):
            self.short = [known for known in self.short if known.event_id != settled.event_id]
        if is_part(settled, reports):
            self.put("short", settled)


def is_part(settled: Move, reports: Sequence[Move]) -> bool:
    """Whether these reports are of fewer units than were settled, and of no other unit.

    What came back says nothing: it may be an exchange, or a refund in parts.
    """
    sold = sum([report.quantity for report in reports])
    if not 0 < sold < -settled.quantity or any(report.quantity < 0 for report in reports):
        return False
    price = settled.amount * _PER_FEN * _UNIT // -settled.quantity
    return all(abs(report.amount - price) * _PER_FEN <= _SAME_PRICE * price for report in reports)


class Place(History, gc=False):
    """One institution, or one physician wherever working, as the anomaly models remember it.

    Besides the settlements in their order it keeps them by person, terminal and physician, and
    exact sums by day (`rules.histories.tallies`) of the whole, each terminal and each physician.
    """

    encounters: list[Encounter] = NOTHING
    people: dict[str, list[Encounter]] = field(default_factory=dict)
    tills: dict[str, list[Encounter]] = field(default_factory=dict)
    doctors: dict[str, list[Encounter]] = field(default_factory=dict)
    tallies: dict[str, dict[int, list[int]]] = field(default_factory=dict)
    """Sums by day number, by unit: empty for the whole, `t|` and `d|` with terminal, physician."""
    memo: dict[tuple[str, int], tuple[float, ...]] = field(default_factory=dict)
    """What was worked out of the days before a day; empty again when one of them changes."""
    latest: int = 0
    """The latest day with a settlement."""

    def take(self, record: AnyRecord) -> Sequence[Record] | None:
        """Take up a settlement, or the news of its reversal."""
        if not isinstance(record, Encounter):
            return History.take(self, record)
        before = next(
            (
                known
                for known in between(self.encounters, record.time, record.time)
                if known.event_id == record.event_id
            ),
            None,
        )
        kept = self.put("encounters", record)
        if before is not None and before.part != record.part:
            # The person's history has learned of something earlier: what was told last counts.
            kept = structs.replace(before if kept is None else kept, part=record.part)
            swap(self.encounters, kept)
        if kept is None:
            return None
        if before:
            returned(self.tallies, before, -1)
        else:
            file_in(self, kept)
        returned(self.tallies, kept, 1)
        day = day_of(kept.time)
        if day < self.latest or before or kept.rev_at:
            self.memo.clear()
        elif day > self.latest:
            self._pass(day)
        return (kept,)

    def _pass(self, day: int) -> None:
        """A new day: what is older than the retention goes."""
        self.latest = day
        self.memo.clear()
        oldest = day_start(day - KEPT[PLACE])
        if not self.encounters or self.encounters[0].time >= oldest - 7 * DAY:
            return
        for filed in (self.people, self.tills, self.doctors):
            for name in [name for name, known in filed.items() if known[-1].time < oldest]:
                del filed[name]
            for known in filed.values():
                if known[0].time < oldest:
                    del known[: bisect_left(known, oldest, key=_time)]
        for days in self.tallies.values():
            for old in [one for one in days if one < day - KEPT[PLACE]]:
                del days[old]


def _time(record: Record) -> int:
    return record.time


KINDS: Final[dict[str, type[History]]] = {
    PERSON: Person,
    ACCOUNT: Account,
    TERMINAL: Terminal,
    INSTITUTION: Institution,
    INSTITUTION_DAY: InstitutionDay,
    INSTITUTION_MONTH: InstitutionMonth,
    DOCUMENT: Document,
    STOCK: Stock,
    PLACE: Place,
    PHYSICIAN: Place,
    SALES: Sales,
    NEIGHBOURS: Neighbours,
}


LASTING: Final = (Status, Benefit, Permit, Grant, Designation, Payout)
"""What holds until told otherwise is not forgotten by age: an authorisation granted years ago is
one still."""


def oldest_kept(kind: str, now: int) -> int:
    """Event time (epoch seconds) before which nothing of a kind is remembered at another one.

    Persons and accounts are forgotten by calendar years: what is left of a year must not be taken
    for the whole, where its first settlements used the deductible.
    """
    oldest = now - KEPT[kind] * DAY
    return year_bounds(day_of(oldest))[0] if kind in _BY_YEAR else oldest


def forget(history: History, kind: str, now: int) -> int:
    """Drop records older than the kind's retention, and the oldest beyond its bound.

    What is `LASTING` has no retention, only a bound.

    `now` is the key's latest event time. Returns how many were dropped only because of the bound.
    """
    oldest = oldest_kept(kind, now)
    crowded, dropped = 0, False
    for series in history.parts():
        keep_from = 0
        lasting = bool(series) and isinstance(series[0], LASTING)
        while not lasting and keep_from < len(series) and series[keep_from].time < oldest:
            keep_from += 1
        surplus = len(series) - keep_from - MOST[kind]
        if surplus > 0:
            crowded += surplus
            keep_from += surplus
        if keep_from:
            del series[:keep_from]
            dropped = True
    for matter in [name for name, known in history.standing.items() if known.time < oldest]:
        del history.standing[matter]
        dropped = True
    if dropped and isinstance(history, Person):
        history.course = None
    return crowded
