"""Settlements to visits: the largest record, made of the most frequent event."""

from decimal import Decimal
from sys import intern
from typing import Final

from events.codes import scheme_of
from events.identifiers import birth_date_of, is_identity, sex_of
from events.kinds import FeeLine, Settlement
from events.money import ZERO, Fen
from events.times import day_number, epoch
from rules.histories.digests import digest
from rules.histories.facts import receipt
from rules.histories.fund_sums import account_in
from rules.histories.records import ACCOUNT_INSIDE, PARTS_HOLD, PARTS_OFF, Line, Visit

_IDENTITY_CARD: Final = "02"
_CENT: Final = 2
"""Fen that a sum may be off: rounding of parts."""
_NO_FUND: Final = ("3102", "999900", "999996")
"""Beginnings of `fund_pay_type`: accounts, hospitals."""
_NO_OTHER_FUND: Final = ("3101", "3102", "3901", "999900", "999996")
"""Beginnings of `fund_pay_type`: the pools of employees and residents, accounts, hospitals."""
# `+amount` turns an amount in fen into a plain integer, which is smaller and quicker to count with.


def thousandths(number: Decimal) -> int:
    """A quantity in thousandths of a unit."""
    return int(number * 1000)


def line_of(line: FeeLine) -> Line:
    """The compact fee line."""
    at, limit = line.fee_ocur_time, line.pric_uplmt_amt
    return Line(
        intern(line.med_list_codg),
        intern(line.item_name),
        int(line.cnt * 1000),
        +line.det_item_fee_sumamt,
        int(line.pric * 10000),
        int(line.prd_days) if line.prd_days else 0,
        epoch(at) if at is not None else 0,
        line.rxno,
        line.feedetl_sn,
        line.init_feedetl_sn,
        intern(line.bilg_dr_codg),
        intern(line.bilg_dept_codg),
        intern(line.chrgitm_lv),
        intern(line.med_chrgitm_type),
        line.trdn_flag == "1",
        intern(line.ownpay_consent_flag),
        intern(line.hosp_appr_flag),
        +line.inscp_scp_amt,
        int(limit * 100) if limit else 0,
        line.drug_trac_codg,
        line.rx_circ_flag == "1",
    )


def visit_of(e: Settlement) -> Visit:
    """The compact visit of a settlement."""
    area = e.mdtrtarea_admvs or e.insuplc_admdvs
    insured_area = e.insuplc_admdvs or area
    owner = e.acct_owner_no
    if owner == e.psn_no:
        owner = ""
    sex, born = e.gend, e.brdy
    if (born is None or not sex) and is_identity(e.certno):
        sex, born = sex or sex_of(e.certno), born or birth_date_of(e.certno)
    begin, balance, ratio = e.begntime, e.balc, e.pool_prop_selfpay
    fund, pool = int(e.fund_pay_sumamt), e.hifp_pay
    inside = _account_in(e)
    if inside == ACCOUNT_INSIDE:
        fund -= max(e.acct_pay, e.acct_mulaid_pay)
    others = fund - pool if pool or fund <= 0 else min(fund, _apart_from_pool(e))
    return Visit(
        e.event_id,
        epoch(e.event_time),
        intern(e.psn_no),
        e.setl_id,
        e.mdtrt_id,
        intern(e.fixmedins_code),
        intern(e.dev_no),
        intern(e.opter),
        intern(area),
        intern(insured_area),
        scheme_of(e.med_type, insured_area),
        intern(e.med_type),
        intern(e.dise_codg),
        epoch(begin) if begin is not None else 0,
        intern(sex),
        day_number(born) if born is not None else 0,
        intern(e.psn_type),
        intern(e.insutype),
        intern(e.mdtrt_cert_type),
        digest(e.mdtrt_cert_no) if e.mdtrt_cert_no else "",
        digest(e.card_sn) if e.card_sn else "",
        bool(e.agnter_certno or e.agnter_rlts),
        owner,
        receipt(e.invo_codg, e.invono) if e.invono else "",
        +e.medfee_sumamt,
        fund,
        +pool,
        +e.acct_pay,
        +e.acct_mulaid_pay,
        +e.psn_cash_pay,
        +balance if balance is not None else None,
        +e.inscp_scp_amt,
        +e.fulamt_ownpay_amt,
        +e.act_pay_dedc,
        int(ratio * 10000) if ratio else 0,
        int(others),
        +e.hosp_part_amt,
        +e.psn_part_amt,
        intern(e.hosp_lv),
        intern(e.fixmedins_type),
        tuple([intern(d.diag_code) for d in e.diseinfo]),
        tuple([line_of(line) for line in e.feedetail]),
        _contradictions(e) if e.mdtrt_cert_type == _IDENTITY_CARD else (),
        served=intern(e.opter_type),
        agent_no=digest(e.agnter_certno.upper()) if e.agnter_certno else "",
        signer=intern(e.diseinfo[0].dise_dor_no) if e.diseinfo else "",
        parts=_parts(e) if e.inscp_scp_amt > 0 else 0,
        certified=bool(e.certno or e.psn_cert_type),
        account_in=inside,
    )


def _account_in(e: Settlement) -> int:
    """Whether the funds' sum holds the account's money, as the settlement itself shows."""
    account = max(e.acct_pay, e.acct_mulaid_pay)
    if not account or e.fund_pay_sumamt <= 0:
        return 0
    parts = (e.hifp_pay, e.cvlserv_pay, e.hifes_pay, e.hifmi_pay, e.hifob_pay, e.hifdm_pay)
    told = [part.fund_payamt for part in e.setldetail if _is_fund(part.fund_pay_type)]
    return account_in(
        e.medfee_sumamt,
        e.fund_pay_sumamt,
        account,
        e.psn_cash_pay or max(ZERO, e.psn_part_amt - account),
        e.hosp_part_amt,
        sum(parts) + e.maf_pay + e.oth_pay,
        sum(told),
    )


def _is_fund(kind: str) -> bool:
    """Whether a part of `setldetail` is a fund's."""
    return bool(kind) and not kind.startswith(_NO_FUND)


def _parts(e: Settlement) -> int:
    """Whether the total is what the patient bears before the policy, and what falls under it.

    Says nothing where only the latter is told. What a sender counts within another part as well,
    or the institution bore, may be left out of the sum.
    """
    above, first = e.overlmt_selfpay, e.preselfpay_amt
    own = e.fulamt_ownpay_amt + above + first
    if own <= 0 or e.medfee_sumamt <= 0:
        return 0
    off = e.medfee_sumamt - own - e.inscp_scp_amt
    if -_CENT <= off <= _CENT:
        return PARTS_HOLD
    within = (e.hosp_part_amt, -above, -first, -above - first)
    return PARTS_HOLD if any(-_CENT <= off - part <= _CENT for part in within) else PARTS_OFF


def _apart_from_pool(e: Settlement) -> Fen:
    """Other funds' money in a settlement whose pool part is zero or was not sent.

    If any other fund's part was sent, the pool's is zero (2207: the sum is all of them together).
    Else `setldetail` may tell; and where nothing does, the sum may be the pool's.
    """
    if (
        e.cvlserv_pay
        or e.hifes_pay
        or e.hifmi_pay
        or e.hifob_pay
        or e.hifdm_pay
        or e.maf_pay
        or e.oth_pay
    ):
        return e.fund_pay_sumamt
    told = [
        part.fund_payamt
        for part in e.setldetail
        if part.fund_pay_type and not part.fund_pay_type.startswith(_NO_OTHER_FUND)
    ]
    return min(e.fund_pay_sumamt, sum(told, ZERO))


def _contradictions(e: Settlement) -> tuple[str, ...]:
    """What a settlement's own fields contradict: `credential`, another's identity card."""
    card, own = e.mdtrt_cert_no.upper(), e.certno.upper()
    if card == own:
        return ()
    return ("credential",) if is_identity(card) and is_identity(own) else ()
