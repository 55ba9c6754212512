"""An institution's month: its settlements, and counts of how they were sent and what they hold."""

from collections.abc import Sequence
from typing import Final

from msgspec import structs

from events.codes import Scheme
from rules.histories.history import NOTHING, UNWRITTEN, History
from rules.histories.records import (
    PARTS_OFF,
    AnyRecord,
    Bill,
    Defect,
    Designation,
    Filling,
    Named,
    Payback,
    Record,
    Report,
    Scan,
)
from rules.histories.series import between, swap

DEFECTS: Final = 500
"""Defects of one sort that an institution's month remembers: the first ones."""
ASKS: Final = 16
"""Bit beside `RX_*` in `InstitutionMonth.named`: the pool paid for drugs outside chronic care."""


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
