"""Settlements: lines are priced, the benefit computed, the rest paid, the event written.

The amounts hold to the fen: `medfee_sumamt = fund_pay_sumamt + psn_part_amt`, `psn_part_amt =
acct_pay + psn_cash_pay`, and own-expense, over-limit, prior own part and in-policy amount add up
to the total. Account money is not part of `fund_pay_sumamt`. `balc` is the balance left on the
account that paid: the owner's when a family member's account was used, else the patient's own.
"""

from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct

from events.times import day_of
from simulation.benefit import NOTHING, TWO_DISEASE_MED_TYPE, Benefit, inpatient, outpatient
from simulation.catalogue import Item
from simulation.institutions import Desk, Institution
from simulation.people import Person
from simulation.pricing import Bill, Line, Payload, charge
from simulation.world import World

OWN: Final = "own"
CASH: Final = "cash"
AUTO: Final = "auto"
_POOL_TYPES: Final = {"11", "13", "14", "41", TWO_DISEASE_MED_TYPE}


class Settled(Struct, kw_only=True):
    """A settlement that was written: ids, time, who, where, amounts (fen) and the event."""

    event_id: str
    setl_id: str
    mdtrt_id: str
    desk: Desk
    person: Person
    med_type: str
    total: int
    in_scope: int
    benefit: Benefit
    account: int
    cash: int
    owner: Person | None
    lines: Sequence[Line]
    invoice: tuple[str, str]
    event: Payload
    sales: list[str]

    @property
    def seconds(self) -> int:
        """When it was settled."""
        return self.desk.seconds

    @property
    def place(self) -> Institution:
        """Where it was settled."""
        return self.desk.place


def settle(
    world: World,
    who: Person,
    desk: Desk,
    lines: Sequence[Line],
    *,
    med_type: str,
    dise: str = "",
    diagnoses: Sequence[str] = (),
    doctor: int = 0,
    payer: str | Person = AUTO,
    mdtrt_id: str = "",
    pool: bool = True,
    adjust: Callable[[Benefit, int], Benefit] | None = None,
    begin: int = 0,
    sale: bool = True,
    agent: tuple[str, str] | None = None,
    opter_type: str = "1",
    excluded_from_account: bool = False,
) -> Settled:
    """Write one settlement and, at pharmacies, its 3505 sales; returns what was written.

    `payer` says whose account pays the personal part (`AUTO`: own, then a family member's, as
    far as the balance goes). `pool=False` leaves the pooling fund out, `adjust` turns the
    computed benefit and the in-policy amount into another benefit, `sale=False` leaves the
    sales out, `excluded_from_account` lets the account pay for excluded goods.
    """
    number = world.number()
    place, seconds = desk.place, desk.seconds
    day = day_of(seconds)
    pharmacy = place.kind == "2"
    bill = Bill()
    physician = f"D{place.code[1:7]}{place.index % 1000:03d}{(doctor or number) % 23 + 1:03d}"
    fees = [
        charge(world, desk, line, bill, number * 10 + at, physician)
        for at, line in enumerate(lines)
    ]
    benefit = NOTHING
    if pool:
        benefit = _benefit(world, who, place, (med_type, dise), day, bill.in_scope)
    if adjust is not None:
        benefit = adjust(benefit, bill.in_scope)
    part = bill.total - benefit.pool
    kept_out = 0 if excluded_from_account else bill.excluded
    account, flag, owner = _account(who, payer, part - kept_out)
    cash = part - account
    if owner is not None:
        owner.balance -= account
    date = world.date(day)
    area = world.area
    event_id = world.event_id(place.code, seconds)
    setl_id = f"{area}{date.replace('-', '')}{number:014d}"
    visit = mdtrt_id or f"{area}{number:012d}"
    invoice = (f"{place.code[1:3]}0601{date[2:4]}", f"{number:010d}")
    share = account if flag == "2" else 0
    funds: list[Payload] = []
    if benefit.pool:
        kind = "310102" if med_type in ("11", "13", "41") else "310100"
        funds.append({"fund_pay_type": kind, "fund_payamt": benefit.pool / 100})
    if account:
        funds.append({"fund_pay_type": "310200", "fund_payamt": account / 100})
    event: Payload = {
        "event_type": "settlement",
        "event_id": event_id,
        "event_time": world.stamp(seconds),
        "psn_no": who.psn_no,
        "insuplc_admdvs": area,
        "mdtrtarea_admvs": place.city.admdvs,
        "fixmedins_code": place.code,
        "infno": "2102" if pharmacy else ("2304" if med_type[:1] == "2" else "2207"),
        "setl_id": setl_id,
        "mdtrt_id": visit,
        "psn_cert_type": "01",
        "certno": who.certno,
        "psn_name": who.name,
        "gend": who.gend,
        "brdy": who.birth,
        "insutype": who.insutype,
        "psn_type": who.psn_type,
        "cvlserv_flag": "0",
        "med_type": med_type,
        "dise_codg": dise,
        "begntime": world.stamp(begin or seconds - (60 if pharmacy else 1800)),
        "mdtrt_cert_type": who.cert_type,
        "mdtrt_cert_no": who.cert_no,
        "card_sn": who.card_sn,
        "dev_no": desk.device,
        "opter": f"{place.code[-5:]}{desk.device[-2:]}",
        "opter_type": opter_type,
        "acct_used_flag": flag,
        "acct_owner_no": owner.psn_no if flag == "2" and owner is not None else "",
        "agnter_rlts": agent[0] if agent else "",
        "agnter_certno": agent[1] if agent else "",
        "hosp_lv": place.level,
        "fixmedins_type": place.kind,
        "invo_codg": invoice[0],
        "invono": invoice[1],
        "medfee_sumamt": bill.total / 100,
        "fulamt_ownpay_amt": bill.own / 100,
        "overlmt_selfpay": bill.over / 100,
        "preselfpay_amt": bill.prior / 100,
        "inscp_scp_amt": bill.in_scope / 100,
        "act_pay_dedc": benefit.deductible / 100,
        "pool_prop_selfpay": benefit.percent / 100,
        "hifp_pay": benefit.pool / 100,
        "cvlserv_pay": 0,
        "hifes_pay": 0,
        "hifmi_pay": 0,
        "hifob_pay": 0,
        "hifdm_pay": 0,
        "maf_pay": 0,
        "oth_pay": 0,
        "fund_pay_sumamt": benefit.pool / 100,
        "psn_part_amt": part / 100,
        "acct_pay": account / 100,
        "acct_mulaid_pay": share / 100,
        "psn_cash_pay": cash / 100,
        "hosp_part_amt": 0,
        "setldetail": funds,
        "diseinfo": [
            {
                "diag_type": "1",
                "diag_srt_no": str(at + 1),
                "diag_code": code,
                "dise_dor_no": physician,
            }
            for at, code in enumerate(diagnoses)
        ],
        "feedetail": fees,
    }
    if owner is not None:
        event["balc"] = owner.balance / 100
    elif who.has_account:
        event["balc"] = who.balance / 100
    world.stream.add(seconds, event)
    sales = sell(world, desk, lines, setl_id) if pharmacy and sale else []
    return Settled(
        event_id=event_id,
        setl_id=setl_id,
        mdtrt_id=visit,
        desk=desk,
        person=who,
        med_type=med_type,
        total=bill.total,
        in_scope=bill.in_scope,
        benefit=benefit,
        account=account,
        cash=cash,
        owner=owner if flag == "2" else None,
        lines=lines,
        invoice=invoice,
        event=event,
        sales=sales,
    )


def _benefit(
    world: World,
    who: Person,
    place: Institution,
    scheme: tuple[str, str],
    day: int,
    in_scope: int,
) -> Benefit:
    med_type, dise = scheme
    if med_type[:1] == "2":
        return inpatient(who, place.grade, in_scope)
    if med_type not in _POOL_TYPES:
        return NOTHING
    terms, date = world.terms, world.date(day)
    away = place.city is not world.geo.home and med_type not in ("14", TWO_DISEASE_MED_TYPE)
    if away and date < terms.offsite_from:
        return NOTHING
    return outpatient(who, who.year, int(date[:4]), med_type, place.grade, dise, in_scope, terms)


def _account(who: Person, payer: str | Person, part: int) -> tuple[int, str, Person | None]:
    if payer == CASH or part <= 0:
        return 0, "0", None
    if isinstance(payer, Person):
        paid = min(part, payer.balance)
        return (paid, "2", payer) if paid > 0 else (0, "0", None)
    if who.has_account and who.balance > 0 and (payer == OWN or not who.cash_habit):
        return min(part, who.balance), "1", who
    if payer == AUTO:
        for lender in who.lenders:
            if lender.balance > 0:
                return min(part, lender.balance), "2", lender
    return 0, "0", None


def sell(
    world: World, desk: Desk, lines: Sequence[Line], setl_id: str, *, after: int = 12
) -> list[str]:
    """The 3505 sales of a settlement's stocked lines, `after` seconds; returns event ids."""
    return [
        move(
            world,
            desk.place,
            desk.seconds + after + 2 * at,
            line.item,
            line.quantity,
            infno="3505",
            traces=line.traces or [],
            setl_id=setl_id,
        )
        for at, line in enumerate(lines)
        if line.item.stocked
    ]


def move(
    world: World,
    place: Institution,
    seconds: int,
    item: Item,
    quantity: float,
    *,
    infno: str,
    traces: Sequence[str],
    setl_id: str = "",
    change: str = "",
    invoice: str = "",
) -> str:
    """Write one stock event (3501 to 3506) of a quantity of packs; returns its id."""
    event_id = world.event_id(place.code, seconds)
    world.stream.add(
        seconds,
        {
            "event_type": "stock",
            "event_id": event_id,
            "event_time": world.stamp(seconds),
            "mdtrtarea_admvs": place.city.admdvs,
            "fixmedins_code": place.code,
            "infno": infno,
            "med_list_codg": item.code,
            "inv_chg_type": change,
            "cnt": quantity,
            "pric": item.price * 8 // 10 / 100,
            "invo_no": invoice,
            "drug_trac_codg": traces,
            "setl_id": setl_id,
        },
    )
    return event_id
