"""Records: what histories remember of an event, and how records reach other keys.

Times are epoch seconds, days are day numbers (`events.times`), money is fen, quantities are
thousandths of a unit. Every record names the event it comes from, so that a record delivered
again changes nothing. A record that was taken back carries `rev_at`, the time of its reversal;
the copy with the earliest reversal wins, so delivery order does not matter.

One module, because the records are one vocabulary that every history and rule shares.
"""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

RED: Final = "1"
EXCHANGED: Final = "2"


PARTS_HOLD: Final = 1
PARTS_OFF: Final = 2
"""Own expense, what is above price limits, what is paid first and the in-policy costs are the
total of a settlement (`Visit.parts`), or are not."""
ACCOUNT_APART: Final = 1
ACCOUNT_INSIDE: Final = 2
"""Account money is kept apart from the funds' sum of a settlement, or was counted inside."""
RX_NAMED: Final = 1
"""A sale names a prescription; the other bits say who told of it (`Named.by`)."""
RX_OWN: Final = 2
"""The pharmacy that sells on it, without a national code of who signed it."""
RX_HOSPITAL: Final = 4
RX_OTHERWISE: Final = 8
"""A pharmacy, of another city or with a code of who signed it that is not of its city."""
RX_SIGNED: Final = 32
"""The pharmacy that sells on it, with the national code of a physician of its city."""
RX_NEIGHBOUR: Final = 64
"""Another pharmacy of the city of the one that sells on it, without such a code or with the
national code of a physician of the city."""
PACKS_WHOLE: Final = 1
PACKS_SHORT: Final = 2
"""A line of several packs carried a code for each, or fewer (`Scan.packs`)."""
ISSUED: Final = "issued"
"""How a prescription comes to its document, before anybody fills it (`Paper.via`)."""


class Line(Struct, frozen=True, gc=False, array_like=True):
    """One fee line of a visit."""

    code: str
    name: str
    quantity: int
    amount: int
    price: int
    """Ten-thousandths of a yuan."""
    days: int
    at: int
    rx: str
    serial: str
    origin: str
    """Serial of the line this one takes back (`init_feedetl_sn`)."""
    doctor: str
    department: str
    level: str
    category: str
    split: bool
    consent: str
    approved: str
    in_scope: int
    listed: int
    traces: tuple[str, ...] = ()
    outside: bool = False
    """Whether it fills a prescription from outside (`rx_circ_flag`)."""


class Record(Struct, frozen=True, gc=False, array_like=True, tag=True):
    """What every record has."""

    event_id: str
    time: int


class Visit(Record, frozen=True, gc=False, array_like=True, tag=True):
    """A settlement, as the person's history remembers it."""

    psn_no: str
    setl_id: str
    mdtrt_id: str
    inst: str
    dev: str
    opter: str
    area: str
    insured_area: str
    scheme: str
    med_type: str
    disease: str
    begin: int
    sex: str
    birth_day: int
    person_type: str
    insurance: str
    credential_type: str
    credential: str
    """Keyed digest of the credential number, never the number itself."""
    card: str
    agent: bool
    owner: str
    """Owner of a shared account; empty when the person's own money or none was used."""
    bill: str
    fee: int
    fund: int
    pool: int
    account: int
    shared: int
    cash: int
    balance: int | None
    in_scope: int
    own_expense: int
    deductible: int
    ratio: int
    """Ten-thousandths."""
    other_funds: int
    """What the sender tells apart from the pool; nothing where it tells the funds' sum alone."""
    hospital_part: int
    person_part: int
    level: str
    kind: str
    """`fixmedins_type` as sent or as the reference data has it."""
    diagnoses: tuple[str, ...]
    lines: tuple[Line, ...]
    flags: tuple[str, ...] = ()
    """What the sender's data itself contradicts, found when the event was read."""
    rev_at: int = 0
    rev_id: str = ""
    back: tuple[int, int, int, int] = (0, 0, 0, 0)
    """What went back so far: fund, account, shared account, cash."""
    served: str = ""
    """Who or what settled it (`opter_type`): 1 a clerk, 2 a kiosk, 3 a mobile device."""
    agent_no: str = ""
    """Keyed digest of the agent's identity number (`agnter_certno`), where one was sent."""
    signer: str = ""
    """Physician of the main diagnosis (`dise_dor_no`)."""
    parts: int = 0
    """Whether own expense and in-policy costs make up the total: `PARTS_*`, 0 if not told."""
    certified: bool = True
    """Whether a certificate, or its kind, was sent."""
    account_in: int = 0
    """`ACCOUNT_*`, as the amounts themselves show it; 0 where they do not.

    What they show to be the account's is no part of `fund`, or `other_funds`, any more.
    """

    @property
    def pool_paid(self) -> int:
        """What the pool paid, fen; the funds' sum only where the sender tells no parts of it.

        Rules ask `rules.pool.pool_of`, which knows how the area counts account money.
        """
        return self.pool or self.fund - self.other_funds


class Refund(Record, frozen=True, gc=False, array_like=True, tag=True):
    """A reversal as reported, kept with the person until its settlement is known, and after."""

    targets: tuple[str, ...]
    """Settlement ids, or event ids, that it may mean."""
    mdtrt_id: str
    inst: str
    infno: str
    fund: int
    account: int
    shared: int
    cash: int
    reason: str


class Stay(Record, frozen=True, gc=False, array_like=True, tag=True):
    """An admission (`begins`) or a discharge."""

    begins: bool
    mdtrt_id: str
    inst: str
    area: str
    diagnoses: tuple[str, ...]
    way: str
    rev_at: int = 0


class Check(Record, frozen=True, gc=False, array_like=True, tag=True):
    """A credential or face check."""

    inst: str
    dev: str
    credential_type: str
    credential: str
    result: str


class Status(Record, frozen=True, gc=False, array_like=True, tag=True):
    """A report of the person's insurance and survival."""

    insurance: str
    person_type: str
    state: str
    survival: str
    death_day: int | None
    sex: str
    birth_day: int
    contribution: str
    begin_day: int | None
    end_day: int | None
    area: str = ""
    """Area of the insurance (`insuplc_admdvs`)."""


class Benefit(Record, frozen=True, gc=False, array_like=True, tag=True):
    """A chronic- or special-disease entitlement registered or cancelled."""

    action: str
    scheme: str
    med_type: str
    disease: str
    begin_day: int | None
    end_day: int | None
    accredited: str
    raise_amount: int
    approver: str
    inst: str
    area: str = ""
    """Area of the insurance (`insuplc_admdvs`)."""


class Permit(Record, frozen=True, gc=False, array_like=True, tag=True):
    """A filing (备案) registered or cancelled."""

    action: str
    kind: str
    begin_day: int | None
    end_day: int | None
    to_area: str
    inst: str


class Claim(Record, frozen=True, gc=False, array_like=True, tag=True):
    """A manual reimbursement."""

    claim_id: str
    inst: str
    area: str
    insured_area: str
    scheme: str
    disease: str
    begin: int
    end: int
    bill: str
    bill_flag: str
    fee: int
    fund: int
    pool: int
    in_scope: int
    reason: str
    materials: tuple[str, ...]
    opter: str
    rechecker: str
    psn_no: str


class Script(Record, frozen=True, gc=False, array_like=True, tag=True):
    """An electronic prescription or a change of its state."""

    rx: str
    inst: str
    doctor: str
    disease: str
    valid_until: int
    state: str
    used: str
    lines: tuple[Line, ...]
    number: str = ""
    """The institution's own number (`rxno`), where `rx` is the platform's (`hi_rxno`)."""


class Swipe(Record, frozen=True, gc=False, array_like=True, tag=True):
    """A settlement as accounts, terminals and institutions remember it."""

    setl_id: str
    psn_no: str
    inst: str
    dev: str
    opter: str
    area: str
    insured_area: str
    scheme: str
    credential_type: str
    owner: str
    agent: bool
    fee: int
    fund: int
    account: int
    shared: int
    cash: int
    balance: int | None
    goods: bool
    """Whether drugs were sold, whose sale is reported; consumables and services need not be.

    A pharmacy that sends no fee lines is taken to have sold drugs.
    """
    rev_at: int = 0
    served: str = ""
    """As for the visit."""
    agent_no: str = ""
    """As for the visit."""


class Payback(Record, frozen=True, gc=False, array_like=True, tag=True):
    """A reversal as the institution's month remembers it, with the settlement it undid."""

    setl_id: str
    psn_no: str
    inst: str
    paid_at: int
    account_paid: int
    cash_paid: int
    fund_paid: int
    account_back: int
    cash_back: int
    fund_back: int
    settlement_event: str
    insured_area: str


class Packs(Struct, frozen=True, gc=False, array_like=True):
    """Fee lines of several whole packs of a drug that carry trace codes."""

    lines: int
    short: int
    """How many of them carry fewer codes than packs, and what the packs without one cost."""
    short_amount: int


class OwnLines(Struct, frozen=True, gc=False, array_like=True):
    """Fee lines that say that they are of own expense (`chrgitm_lv` 03)."""

    lines: int
    unsaid: int
    """How many of them do not say whether somebody consented, and what they cost."""
    unsaid_amount: int


class Named(Struct, frozen=True, gc=False, array_like=True):
    """The prescription that a pharmacy's sale names."""

    number: str
    by: int
    """Who told of it to the person's history: `RX_*`."""
    told: str
    """The first event by which the pharmacy itself did."""


class Bill(Record, frozen=True, gc=False, array_like=True, tag=True):
    """A settlement as the institution's month remembers it."""

    setl_id: str
    psn_no: str
    insured_area: str
    scheme: str
    pharmacy: bool
    fee: int
    fund: int
    account: int
    own_expense: int
    begin: int
    diagnosis: str
    """The main diagnosis."""
    drugs: int
    """Fee lines of drugs that carry trace codes: whole packs, no slices, no consumables."""
    untraced: int
    """How many of them came without a traceable code, and what they cost."""
    untraced_amount: int
    prescribed: bool
    """Whether a line names a prescription or says that it fills one from outside."""
    doctor: str
    """Who prescribed, as the first line with a prescription says."""
    asks: bool
    """Whether the pool paid for drugs at a pharmacy outside chronic care."""
    rev_at: int = 0
    sent: int = 0
    """How it was sent, as bits (`rules.histories.sending`)."""
    packs: Packs | None = None
    """Of lines of several packs that carry trace codes; None where there are none."""
    parts: int = 0
    """As for the visit."""
    named: Named | None = None
    """The prescription it names; at pharmacies only."""
    own: OwnLines | None = None
    """Of lines of own expense, outside pharmacies and emergencies; None where there are none."""
    deductible: int = 0
    """What it counts towards the deductible, fen."""


class Dispensed(Record, frozen=True, gc=False, array_like=True, tag=True):
    """A pharmacy's settlement of drugs, whose sale its stock system has to report."""

    setl_id: str
    psn_no: str
    insured_area: str
    fee: int
    money: int
    """What funds and accounts paid."""
    codes: tuple[str, ...]
    """Codes of the drugs; none where no fee lines were sent."""
    rev_at: int = 0


class Goods(Record, frozen=True, gc=False, array_like=True, tag=True):
    """A sale of goods as reported (3505)."""

    setl_id: str
    """The settlement it belongs to; empty where none is named, as of sales for cash."""
    inst: str
    returned: bool
    """Always false; earlier versions told returns (3506) as well."""
    code: str = ""
    """The drug, where no settlement is named."""


class Report(Record, frozen=True, gc=False, array_like=True, tag=True):
    """That an institution reported stock on a day: one for each day, whatever it reported."""


class Scan(Record, frozen=True, gc=False, array_like=True, tag=True):
    """That an institution settled drugs with trace codes on one of a month's last days, told to
    the two months after it: one for each day, and each word on lines of several packs."""

    packs: int = 0
    """What lines of several packs carried, `PACKS_*`; 0 where nothing is said of any."""


class Ledger(Record, frozen=True, gc=False, array_like=True, tag=True):
    """That a pharmacy reported stock in a quarter, told to its neighbours: one for all reports."""

    inst: str


class Weekly(Record, frozen=True, gc=False, array_like=True, tag=True):
    """A settlement of drugs with insurance money, told to an institution's neighbours.

    They keep the first one of each week.
    """

    setl_id: str
    inst: str
    insured_area: str
    pharmacy: bool
    fee: int
    paid: int
    """Fund and account money, fen."""
    drugs: int
    """Fee lines of drugs that carry trace codes; none where no fee lines were sent."""
    traced: bool
    """Whether any of them was sent with one."""
    rev_at: int = 0
    asks: bool = False
    """As for the bill; not told by messages of earlier versions."""


class Told(Record, frozen=True, gc=False, array_like=True, tag=True):
    """A pharmacy's sale with pool money on a prescription, and who told of that, for its city."""

    setl_id: str
    inst: str
    insured_area: str
    named: Named
    fee: int
    fund: int
    rev_at: int = 0


class Paper(Record, frozen=True, gc=False, array_like=True, tag=True):
    """A use of a receipt, a prescription or a trace code; or the issue of a prescription."""

    setl_id: str
    psn_no: str
    inst: str
    via: str
    """`direct`, `manual`, `return` or `issued`."""
    flag: str
    """State of an electronic receipt, or `split` for goods sold from an opened pack."""
    series: str
    """Code of the receipt's series, or of the item that carries the trace code."""
    amount: int
    """Total of the receipt, or the pack's part of its fee line."""
    fund: int
    area: str
    rev_at: int = 0
    account: int = 0


class Filling(Record, frozen=True, gc=False, array_like=True, tag=True):
    """A pharmacy's sale on a hospital's prescription, as the month of whoever issued that knows it.

    Of all that a hospital told of one prescription the first counts. The others carry its time as
    `rev_at`: they are no issue. `time` is when the prescription was told of.
    """

    script: str
    """The event that told of the prescription, and the one that sold on it."""
    sale: str
    setl_id: str
    psn_no: str
    seller: str
    number: str
    doctor: str
    sold_at: int
    insured_area: str
    scheme: str
    """The sale's."""
    fee: int
    pool: int
    account: int
    rev_at: int = 0


class Move(Record, frozen=True, gc=False, array_like=True, tag=True):
    """A movement of one drug in one institution's stock; `quantity` is positive inward."""

    quantity: int
    via: str
    """`settled`, `purchase`, `opening`, `return`, `transfer`, `loss` or `sale`; `sold` is a report
    of the sale, or negative of the return, for a settlement: what that already took is no movement
    more."""
    setl_id: str
    amount: int
    """Of what was settled its costs, fen; of what was sold a unit's price, ten-thousandths."""
    rev_at: int = 0


class Grant(Record, frozen=True, gc=False, array_like=True, tag=True):
    """Family sharing of an account granted or revoked."""

    action: str
    user: str
    relation: str
    user_area: str
    owner_area: str
    channel: str
    commitment: str


class Credit(Record, frozen=True, gc=False, array_like=True, tag=True):
    """Account income."""

    amount: int
    month: str
    base: int
    person_type: str
    kind: str
    area: str


class Payout(Record, frozen=True, gc=False, array_like=True, tag=True):
    """A lump sum paid from an account, or its transfer."""

    amount: int
    reason: str
    proof: str
    opter: str
    rechecker: str
    approver: str
    area: str


class Premium(Record, frozen=True, gc=False, array_like=True, tag=True):
    """A premium paid from an account."""

    amount: int
    product: str
    beneficiary: str
    relation: str
    area: str


class Designation(Record, frozen=True, gc=False, array_like=True, tag=True):
    """An institution's designation from a day on."""

    state: str
    begin_day: int | None
    end_day: int | None
    services: tuple[str, ...]


class Defect(Record, frozen=True, gc=False, array_like=True, tag=True):
    """What is wrong with an event's own data, of one sort, as its institution's month knows it."""

    sort: str
    """`identity`, `coding`, `amounts`, `late`, `missing` or `ledger`."""
    kinds: tuple[str, ...]
    setl_id: str
    area: str
    insured_area: str
    days: int = 0
    """Days between what happened and its settlement or report, where that is what is wrong."""
    what: str = ""
    """Item codes that are wrong, where that is what is wrong."""


class Encounter(Record, frozen=True, gc=False, array_like=True, tag=True):
    """A settlement as the anomaly models remember it with its institution and its physician."""

    psn_no: str
    inst: str
    till: str
    """The terminal, else who operated it, else empty."""
    doctor: str
    kind: str
    level: str
    area: str
    fee: int
    fund: int
    account: int
    """Own and shared account together."""
    cash: int
    lines: int
    inpatient: bool
    part: bytes = b""
    """What the person's history said about it: float32 features (`detectors.features`)."""
    rev_at: int = 0
    setl_id: str = ""


AnyRecord = (
    Visit
    | Refund
    | Stay
    | Check
    | Status
    | Benefit
    | Permit
    | Claim
    | Script
    | Swipe
    | Payback
    | Bill
    | Goods
    | Dispensed
    | Report
    | Scan
    | Paper
    | Filling
    | Move
    | Grant
    | Credit
    | Payout
    | Premium
    | Designation
    | Defect
    | Encounter
    | Ledger
    | Weekly
    | Told
)

SERIES: Final[Mapping[type, str]] = {
    Benefit: "benefits",
    Bill: "bills",
    Check: "checks",
    Claim: "claims",
    Credit: "credits",
    Defect: "defects",
    Designation: "designations",
    Dispensed: "dispensed",
    Encounter: "encounters",
    Filling: "fillings",
    Goods: "goods",
    Grant: "grants",
    Ledger: "ledgers",
    Move: "moves",
    Paper: "papers",
    Payback: "paybacks",
    Payout: "payouts",
    Permit: "permits",
    Premium: "premiums",
    Refund: "refunds",
    Report: "reports",
    Scan: "scans",
    Script: "scripts",
    Status: "statuses",
    Stay: "stays",
    Swipe: "swipes",
    Told: "sales",
    Visit: "visits",
    Weekly: "weeks",
}
"""How the series of a sort of record is called, in every history that keeps it."""
