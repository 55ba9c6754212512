"""Fee lines: what is charged, how it divides into own expense, own part and in-policy amount."""

from msgspec import Struct

from simulation.catalogue import Item
from simulation.institutions import Desk
from simulation.world import World

Payload = dict[str, object]


class Line(Struct, kw_only=True):
    """One fee line to charge.

    `price` (fen) replaces the institution's own, `split` sells half an opened pack, `offset` is
    the time of the charge in seconds after the settlement (negative: before), 0 for the usual.
    """

    item: Item
    count: int = 1
    price: int = 0
    days: int = 0
    rxno: str = ""
    split: bool = False
    traces: list[str] | None = None
    offset: int = 0

    @property
    def quantity(self) -> float:
        """Packs or times as the interface sends them."""
        return self.count / 2 if self.split else self.count


class Bill(Struct):
    """Totals of the lines, fen."""

    total: int = 0
    own: int = 0
    over: int = 0
    prior: int = 0
    in_scope: int = 0
    excluded: int = 0


def price_of(item: Item, desk: Desk) -> int:
    """What an institution asks for an item, fen: even, so that half a pack has a price."""
    price = item.price * desk.place.price_percent // 100
    return price - price % 2


def charge(world: World, desk: Desk, line: Line, bill: Bill, serial: int, doctor: str) -> Payload:
    """The `feedetail` of a line; adds to the bill and takes packs from a pharmacy's stock."""
    item, place = line.item, desk.place
    price = line.price or price_of(item, desk)
    amount = price * line.count // (2 if line.split else 1)
    over = 0
    if item.scope == "covered":
        own = 0
        if item.limit and price > item.limit:
            over = (price - item.limit) * line.count
        prior = (amount - over) * item.selfpay // 100
        in_scope = amount - over - prior
    else:
        own, prior, in_scope = amount, 0, 0
    bill.total += amount
    bill.own += own
    bill.over += over
    bill.prior += prior
    bill.in_scope += in_scope
    if item.scope == "excluded":
        bill.excluded += amount
    pharmacy = place.kind == "2"
    if line.traces is None:
        stocked = item.stocked and pharmacy
        line.traces = world.stock.take(place, item, desk.seconds, line.count) if stocked else []
    if line.offset:
        charged = desk.seconds + line.offset
    else:
        charged = desk.seconds - (20 if pharmacy else 240)
    return {
        "feedetl_sn": str(serial),
        "init_feedetl_sn": "",
        "rxno": line.rxno,
        "rx_circ_flag": "1" if line.rxno and pharmacy else "0",
        "fee_ocur_time": world.stamp(charged),
        "med_list_codg": item.code,
        "medins_list_codg": f"N{item.code[-6:]}",
        "item_name": item.name,
        "det_item_fee_sumamt": amount / 100,
        "cnt": line.quantity,
        "pric": price / 100,
        "prd_days": line.days,
        "bilg_dept_codg": "A50" if pharmacy else "A03",
        "bilg_dr_codg": "" if pharmacy else doctor,
        "chrgitm_lv": item.level,
        "med_chrgitm_type": item.charge,
        "selfpay_prop": item.selfpay / 100,
        "pric_uplmt_amt": item.limit / 100,
        "inscp_scp_amt": in_scope / 100,
        "hosp_appr_flag": "1",
        "trdn_flag": "1" if line.split else "0",
        "ownpay_consent_flag": "1" if own else "",
        "drug_trac_codg": line.traces,
    }
