"""The other events: each function writes one and returns its id. Money is fen, times seconds."""

from collections.abc import Sequence

from events.times import day_of
from simulation.benefit import give_back
from simulation.institutions import Desk, Institution
from simulation.people import Person
from simulation.pricing import Line, Payload
from simulation.settling import Settled, move
from simulation.world import World


def _centre(world: World) -> str:
    return f"C{world.area}00001"


def _write(
    world: World,
    kind: str,
    seconds: int,
    who: Person | None,
    fields: Payload,
    *,
    place: Institution | None = None,
) -> str:
    event_id = world.event_id(place.code if place else _centre(world), seconds)
    event: Payload = {
        "event_type": kind,
        "event_id": event_id,
        "event_time": world.stamp(seconds),
    }
    if who is not None:
        event["psn_no"] = who.psn_no
        event["insuplc_admdvs"] = world.area
    if place is not None:
        event["mdtrtarea_admvs"] = place.city.admdvs
        event["fixmedins_code"] = place.code
    event.update(fields)
    world.stream.add(seconds, event)
    return event_id


def insurance(
    world: World,
    who: Person,
    seconds: int,
    *,
    state: str = "1",
    begin: int | None = None,
    end: int | None = None,
    death: int | None = None,
) -> str:
    """How somebody is insured from this message on; days are day numbers."""
    fields: Payload = {
        "insutype": who.insutype,
        "psn_type": who.psn_type,
        "psn_insu_stas": state,
        "surv_stas": "1" if death is None else "2",
        "gend": who.gend,
        "brdy": who.birth,
        "clct_way": who.clct_way if who.insutype == "310" else "",
        "begndate": who.begin if begin is None else world.date(begin),
    }
    if death is not None:
        fields["death_date"] = world.date(death)
    if end is not None:
        fields["enddate"] = world.date(end)
    return _write(world, "insurance_status", seconds, who, fields)


def reversal(
    world: World,
    done: Settled,
    seconds: int,
    *,
    account: int | None = None,
    cash: int | None = None,
    reason: str = "",
    returned: bool = True,
) -> str:
    """Take a settlement back: by default through the channels that paid, goods returned."""
    place = done.place
    back = done.account if account is None else account
    owner = done.owner or (done.person if done.account else None)
    if owner is not None:
        owner.balance += back
    year = int(world.date(day_of(done.seconds))[:4])
    if done.med_type[:1] != "2":
        give_back(done.person.year, year, done.med_type, done.benefit)
    number = world.number()
    infno = {"2102": "2103", "2207": "2208", "2304": "2305"}[str(done.event["infno"])]
    fields: Payload = {
        "infno": infno,
        "setl_id": f"{world.area}{world.date(day_of(seconds)).replace('-', '')}{number:014d}",
        "init_setl_id": done.setl_id,
        "mdtrt_id": done.mdtrt_id,
        "fund_pay_sumamt": done.benefit.pool / 100,
        "acct_pay": back / 100,
        "acct_mulaid_pay": back / 100 if done.owner else 0,
        "psn_cash_pay": (done.cash if cash is None else cash) / 100,
        "refd_reason": reason,
    }
    event_id = _write(world, "reversal", seconds, done.person, fields, place=place)
    if returned and place.kind == "2":
        for line in done.lines:
            if line.item.stocked:
                move(
                    world,
                    place,
                    seconds + 8,
                    line.item,
                    line.quantity,
                    infno="3506",
                    traces=line.traces or [],
                    setl_id=done.setl_id,
                )
    return event_id


def manual_claim(
    world: World,
    who: Person,
    place: Institution,
    seconds: int,
    *,
    begin: int,
    total: int,
    in_scope: int,
    pool: int,
    receipt: tuple[str, str],
    flag: str = "0",
    med_type: str = "11",
    dise: str = "",
    reason: str = "异地未直接结算",
    payee: str = "",
) -> str:
    """A manual reimbursement of a visit that began at `begin`."""
    number = world.number()
    fields: Payload = {
        "manl_reim_id": f"M{world.area}{number:012d}",
        "med_type": med_type,
        "dise_codg": dise,
        "begntime": world.stamp(begin),
        "endtime": world.stamp(begin + 3600),
        "bill_code": receipt[0],
        "bill_no": receipt[1],
        "elec_bill_flag": flag,
        "medfee_sumamt": total / 100,
        "inscp_scp_amt": in_scope / 100,
        "hifp_pay": pool / 100,
        "fund_pay_sumamt": pool / 100,
        "manl_reim_rea": reason,
        "materials": ["社会保障卡", "医疗收费票据", "门诊费用清单"],
        "opter": f"J{number % 9 + 1:03d}",
        "rechker": f"F{number % 7 + 1:03d}",
        "payee_acct": payee or f"6217{who.psn_no[-10:]}{number % 10**5:05d}",
    }
    return _write(world, "manual_claim", seconds, who, fields, place=place)


def authorization(
    world: World,
    owner: Person,
    user: Person,
    seconds: int,
    relation: str,
    *,
    action: str = "grant",
    area: str = "",
    channel: str = "online",
) -> str:
    """Let `user` use the owner's account, or end it; keeps the user's list of lenders."""
    if action == "grant" and owner not in user.lenders:
        user.lenders.append(owner)
    elif action == "revoke" and owner in user.lenders:
        user.lenders.remove(owner)
    fields: Payload = {
        "aut_psn_no": user.psn_no,
        "action": action,
        "rlts": relation,
        "aut_insuplc_admdvs": area or world.area,
        "channel": channel,
        "commitment_flag": "1",
    }
    return _write(world, "account_authorization", seconds, owner, fields)


def credit(
    world: World, who: Person, seconds: int, amount: int, *, kind: str = "", base: int | None = None
) -> str:
    """Account income of the month."""
    who.balance += amount
    fields: Payload = {
        "amt": amount / 100,
        "clct_month": world.date(day_of(seconds))[:7],
        "clct_base": (who.base if base is None else base) / 100,
        "psn_type": who.psn_type,
        "credit_kind": kind or who.employment,
    }
    return _write(world, "account_credit", seconds, who, fields)


def payout(
    world: World,
    who: Person,
    seconds: int,
    amount: int,
    reason: str,
    *,
    proof: bool = True,
    posts: tuple[str, str, str] = ("J001", "F002", "Z001"),
) -> str:
    """A lump sum paid out of the account; `posts` are handler, re-check and approver."""
    who.balance -= amount
    fields: Payload = {
        "amt": amount / 100,
        "payout_reason": reason,
        "proof_flag": "1" if proof else "0",
        "opter": posts[0],
        "rechker": posts[1],
        "approver": posts[2],
        "payee_acct": f"6217{who.psn_no[-10:]}{world.number() % 10**5:05d}",
    }
    return _write(world, "account_payout", seconds, who, fields)


def premium(
    world: World,
    owner: Person,
    user: Person,
    seconds: int,
    *,
    amount: int,
    product: str,
    tie: str,
) -> str:
    """A premium paid for a relative from the owner's account."""
    owner.balance -= amount
    fields: Payload = {
        "amt": amount / 100,
        "product": product,
        "benef_psn_no": user.psn_no,
        "rlts": tie,
    }
    return _write(world, "account_premium", seconds, owner, fields)


def entitlement(
    world: World,
    who: Person,
    place: Institution,
    seconds: int,
    *,
    med_type: str,
    dise: str,
    raise_by: int = 0,
) -> str:
    """A chronic or two-disease benefit registered for two years, its cap raised if approved."""
    day = day_of(seconds)
    fields: Payload = {
        "action": "register",
        "med_type": med_type,
        "dise_codg": dise,
        "begndate": world.date(day),
        "enddate": world.date(day + 730),
        "cert_fixmedins_code": place.code,
        "cap_raise_amt": raise_by / 100,
        "cap_raise_approver": "S002" if raise_by else "",
    }
    return _write(world, "entitlement", seconds, who, fields)


def admission(
    world: World, who: Person, place: Institution, seconds: int, *, visit: str, diagnosis: str
) -> str:
    """An inpatient admission."""
    return _write(world, "admission", seconds, who, _stay(visit, diagnosis, ""), place=place)


def discharge(
    world: World, who: Person, place: Institution, seconds: int, *, visit: str, diagnosis: str
) -> str:
    """An inpatient discharge on medical advice."""
    return _write(world, "discharge", seconds, who, _stay(visit, diagnosis, "1"), place=place)


def _stay(visit: str, diagnosis: str, way: str) -> Payload:
    return {
        "mdtrt_id": visit,
        "med_type": "21",
        "dscg_way": way,
        "diseinfo": [
            {"diag_type": "1", "diag_srt_no": "1", "diag_code": diagnosis, "dise_dor_no": ""}
        ],
    }


def prescription(
    world: World,
    who: Person,
    place: Institution,
    seconds: int,
    lines: Sequence[Line],
    *,
    rxno: str,
    dise: str = "",
    valid_days: int = 3,
) -> str:
    """An electronic prescription issued by a hospital, valid for some days."""
    number = world.number()
    fields: Payload = {
        "hi_rxno": f"RX{world.area}{number:012d}",
        "rxno": rxno,
        "dr_code": f"D{place.code[1:7]}{place.index % 1000:03d}{number % 23 + 1:03d}",
        "dise_codg": dise,
        "valid_end_time": world.stamp(seconds + valid_days * 86400),
        "rx_stas_codg": "1",
        "rx_used_stas_codg": "1",
        "feedetail": [
            {
                "feedetl_sn": str(number * 10 + at),
                "rxno": rxno,
                "med_list_codg": line.item.code,
                "item_name": line.item.name,
                "cnt": line.quantity,
                "pric": line.item.price / 100,
                "prd_days": line.days,
            }
            for at, line in enumerate(lines)
        ],
    }
    return _write(world, "prescription", seconds, who, fields, place=place)


def filing(
    world: World,
    who: Person,
    seconds: int,
    kind: str,
    *,
    first: int,
    last: int,
    to_area: str = "",
    action: str = "register",
) -> str:
    """A filing of kind `biz_appy_type` that holds from day `first` to day `last`."""
    fields: Payload = {
        "action": action,
        "biz_appy_type": kind,
        "begndate": world.date(first),
        "enddate": world.date(last),
        "to_admdvs": to_area,
    }
    return _write(world, "filing", seconds, who, fields)


def identity_check(
    world: World, who: Person, desk: Desk, *, ahead: int = 25, result: str = "match"
) -> str:
    """A credential or face check at a desk, so many seconds ahead of its time."""
    fields: Payload = {
        "mdtrt_cert_type": who.cert_type,
        "mdtrt_cert_no": who.cert_no,
        "psn_cert_type": "01",
        "certno": who.certno,
        "result": result,
        "dev_no": desk.device,
    }
    return _write(world, "identity_check", desk.seconds - ahead, who, fields, place=desk.place)


def institution_status(
    world: World,
    place: Institution,
    seconds: int,
    *,
    state: str = "active",
    begin: str,
    end: str = "",
) -> str:
    """An institution's designation from a date (`YYYY-MM-DD`) on."""
    services = ["pharmacy"] if place.kind == "2" else ["outpatient", "inpatient"]
    fields: Payload = {"state": state, "begndate": begin, "services": services}
    if end:
        fields["enddate"] = end
    return _write(world, "institution_status", seconds, None, fields, place=place)
