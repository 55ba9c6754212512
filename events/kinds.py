"""The event contract: every kind of event as a frozen struct with the national field names.

Field meanings are in `docs/fields.md`. Money is fen (`Fen`), prices, counts and ratios are
`Decimal`, times are datetimes (+08:00 where no offset was sent), codes stay strings because
areas extend the national lists; `events.codes` names the national ones. Text that was not sent
is an empty string, money zero, a date or time None.

One module, because it is one contract and is read as one page.
"""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from msgspec import Struct

from events.money import ZERO, Fen

NO_NUMBER: Final = Decimal(0)


def _tag(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


class Envelope(
    Struct,
    frozen=True,
    kw_only=True,
    gc=False,
    forbid_unknown_fields=True,
    tag_field="event_type",
    tag=_tag,
):
    """What every event has: its id, its time, the person, the areas and the institution."""

    event_id: str
    event_time: datetime
    psn_no: str = ""
    insuplc_admdvs: str = ""
    mdtrtarea_admvs: str = ""
    fixmedins_code: str = ""


class Part(Struct, frozen=True, kw_only=True, gc=False, forbid_unknown_fields=True):
    """A repeated part of an event."""


class Settlement(Envelope, frozen=True):
    """An outpatient, pharmacy or inpatient settlement (2102, 2207, 2304)."""

    psn_no: str
    fixmedins_code: str
    setl_id: str
    medfee_sumamt: Fen
    infno: str = ""
    mdtrt_id: str = ""
    psn_cert_type: str = ""
    certno: str = ""
    psn_name: str = ""
    gend: str = ""
    brdy: date | None = None
    insutype: str = ""
    psn_type: str = ""
    cvlserv_flag: str = ""
    med_type: str = ""
    dise_codg: str = ""
    begntime: datetime | None = None
    mdtrt_cert_type: str = ""
    mdtrt_cert_no: str = ""
    card_sn: str = ""
    dev_no: str = ""
    opter: str = ""
    opter_type: str = ""
    acct_used_flag: str = ""
    acct_owner_no: str = ""
    agnter_rlts: str = ""
    agnter_certno: str = ""
    hosp_lv: str = ""
    fixmedins_type: str = ""
    invo_codg: str = ""
    invono: str = ""
    fulamt_ownpay_amt: Fen = ZERO
    overlmt_selfpay: Fen = ZERO
    preselfpay_amt: Fen = ZERO
    inscp_scp_amt: Fen = ZERO
    act_pay_dedc: Fen = ZERO
    pool_prop_selfpay: Decimal = NO_NUMBER
    hifp_pay: Fen = ZERO
    cvlserv_pay: Fen = ZERO
    hifes_pay: Fen = ZERO
    hifmi_pay: Fen = ZERO
    hifob_pay: Fen = ZERO
    hifdm_pay: Fen = ZERO
    maf_pay: Fen = ZERO
    oth_pay: Fen = ZERO
    fund_pay_sumamt: Fen = ZERO
    psn_part_amt: Fen = ZERO
    acct_pay: Fen = ZERO
    acct_mulaid_pay: Fen = ZERO
    psn_cash_pay: Fen = ZERO
    hosp_part_amt: Fen = ZERO
    balc: Fen | None = None
    setldetail: tuple["FundPayment", ...] = ()
    diseinfo: tuple["Diagnosis", ...] = ()
    feedetail: tuple["FeeLine", ...] = ()


class FundPayment(Part, frozen=True):
    """One fund's part of a settlement (`setldetail`)."""

    fund_pay_type: str = ""
    fund_payamt: Fen = ZERO


class Diagnosis(Part, frozen=True):
    """One diagnosis (`diseinfo`); `diag_code` is ICD-10, national medical-insurance edition."""

    diag_code: str = ""
    diag_type: str = ""
    diag_srt_no: str = ""
    dise_dor_no: str = ""


class FeeLine(Part, frozen=True):
    """One line of fees (`feedetail`)."""

    feedetl_sn: str = ""
    init_feedetl_sn: str = ""
    rxno: str = ""
    rx_circ_flag: str = ""
    fee_ocur_time: datetime | None = None
    med_list_codg: str = ""
    medins_list_codg: str = ""
    item_name: str = ""
    det_item_fee_sumamt: Fen = ZERO
    cnt: Decimal = NO_NUMBER
    pric: Decimal = NO_NUMBER
    prd_days: Decimal = NO_NUMBER
    bilg_dept_codg: str = ""
    bilg_dr_codg: str = ""
    chrgitm_lv: str = ""
    med_chrgitm_type: str = ""
    selfpay_prop: Decimal = NO_NUMBER
    pric_uplmt_amt: Decimal = NO_NUMBER
    inscp_scp_amt: Fen = ZERO
    hosp_appr_flag: str = ""
    trdn_flag: str = ""
    ownpay_consent_flag: str = ""
    drug_trac_codg: tuple[str, ...] = ()


class Reversal(Envelope, frozen=True):
    """A settlement taken back (2103, 2208, 2305, 2601); amounts are what went back, positive."""

    psn_no: str
    infno: str = ""
    setl_id: str = ""
    init_setl_id: str = ""
    mdtrt_id: str = ""
    fund_pay_sumamt: Fen = ZERO
    acct_pay: Fen = ZERO
    acct_mulaid_pay: Fen = ZERO
    psn_cash_pay: Fen = ZERO
    refd_reason: str = ""


class ManualClaim(Envelope, frozen=True):
    """A manual reimbursement registered by the handling centre."""

    psn_no: str
    manl_reim_id: str = ""
    med_type: str = ""
    dise_codg: str = ""
    begntime: datetime | None = None
    endtime: datetime | None = None
    bill_code: str = ""
    bill_no: str = ""
    elec_bill_flag: str = ""
    medfee_sumamt: Fen = ZERO
    inscp_scp_amt: Fen = ZERO
    hifp_pay: Fen = ZERO
    fund_pay_sumamt: Fen = ZERO
    manl_reim_rea: str = ""
    materials: tuple[str, ...] = ()
    opter: str = ""
    rechker: str = ""
    payee_acct: str = ""


class AccountAuthorization(Envelope, frozen=True):
    """Family sharing of a personal account granted or revoked; `psn_no` is the owner."""

    psn_no: str
    aut_psn_no: str
    action: str
    rlts: str = ""
    aut_insuplc_admdvs: str = ""
    channel: str = ""
    commitment_flag: str = ""


class AccountCredit(Envelope, frozen=True):
    """Income of a personal account."""

    psn_no: str
    amt: Fen
    clct_month: str = ""
    clct_base: Fen = ZERO
    psn_type: str = ""
    credit_kind: str = ""


class AccountPayout(Envelope, frozen=True):
    """A lump sum paid out of an account, or its transfer to another area."""

    psn_no: str
    amt: Fen
    payout_reason: str = ""
    proof_flag: str = ""
    opter: str = ""
    rechker: str = ""
    approver: str = ""
    payee_acct: str = ""


class AccountPremium(Envelope, frozen=True):
    """An insurance premium paid from an account."""

    psn_no: str
    amt: Fen
    product: str = ""
    benef_psn_no: str = ""
    rlts: str = ""


class InsuranceStatus(Envelope, frozen=True):
    """Who is insured how, from when to when; also deaths (1101, PSN_INSU_D, PSN_INFO_B)."""

    psn_no: str
    insutype: str = ""
    psn_type: str = ""
    psn_insu_stas: str = ""
    surv_stas: str = ""
    death_date: date | None = None
    gend: str = ""
    brdy: date | None = None
    clct_way: str = ""
    begndate: date | None = None
    enddate: date | None = None


class Entitlement(Envelope, frozen=True):
    """A chronic- or special-disease benefit registered or cancelled (2503, 2504)."""

    psn_no: str
    action: str
    med_type: str = ""
    dise_codg: str = ""
    begndate: date | None = None
    enddate: date | None = None
    cert_fixmedins_code: str = ""
    cap_raise_amt: Fen = ZERO
    cap_raise_approver: str = ""


class Admission(Envelope, frozen=True):
    """An inpatient admission (2401)."""

    psn_no: str
    fixmedins_code: str
    mdtrt_id: str = ""
    med_type: str = ""
    dscg_way: str = ""
    diseinfo: tuple[Diagnosis, ...] = ()


class Discharge(Envelope, frozen=True):
    """An inpatient discharge (2402)."""

    psn_no: str
    fixmedins_code: str
    mdtrt_id: str = ""
    med_type: str = ""
    dscg_way: str = ""
    diseinfo: tuple[Diagnosis, ...] = ()


class Prescription(Envelope, frozen=True):
    """An electronic prescription and its state (7103, 7204)."""

    psn_no: str
    hi_rxno: str = ""
    rxno: str = ""
    dr_code: str = ""
    dise_codg: str = ""
    valid_end_time: datetime | None = None
    rx_stas_codg: str = ""
    rx_used_stas_codg: str = ""
    feedetail: tuple[FeeLine, ...] = ()


class Filing(Envelope, frozen=True):
    """A filing (备案) registered or cancelled (2501, 2505 and others)."""

    psn_no: str
    action: str = ""
    biz_appy_type: str = ""
    begndate: date | None = None
    enddate: date | None = None
    to_admdvs: str = ""


class IdentityCheck(Envelope, frozen=True):
    """A credential or face check (1101 with a check result)."""

    psn_no: str
    mdtrt_cert_type: str = ""
    mdtrt_cert_no: str = ""
    psn_cert_type: str = ""
    certno: str = ""
    result: str = ""
    dev_no: str = ""


class Stock(Envelope, frozen=True):
    """A movement in an institution's stock of one drug or consumable (3501-3506)."""

    fixmedins_code: str
    infno: str
    med_list_codg: str = ""
    inv_chg_type: str = ""
    cnt: Decimal = NO_NUMBER
    pric: Decimal = NO_NUMBER
    invo_no: str = ""
    drug_trac_codg: tuple[str, ...] = ()
    setl_id: str = ""


class InstitutionStatus(Envelope, frozen=True):
    """An institution's designation: active, suspended or terminated, from when, for what."""

    fixmedins_code: str
    state: str
    begndate: date | None = None
    enddate: date | None = None
    services: tuple[str, ...] = ()


Event = (
    Settlement
    | Reversal
    | ManualClaim
    | AccountAuthorization
    | AccountCredit
    | AccountPayout
    | AccountPremium
    | InsuranceStatus
    | Entitlement
    | Admission
    | Discharge
    | Prescription
    | Filing
    | IdentityCheck
    | Stock
    | InstitutionStatus
)

KINDS: Final[dict[str, type[Event]]] = {
    str(kind.__struct_config__.tag): kind
    for kind in (
        Settlement,
        Reversal,
        ManualClaim,
        AccountAuthorization,
        AccountCredit,
        AccountPayout,
        AccountPremium,
        InsuranceStatus,
        Entitlement,
        Admission,
        Discharge,
        Prescription,
        Filing,
        IdentityCheck,
        Stock,
        InstitutionStatus,
    )
}
"""Struct of every `event_type`."""


def key_of(event: Event) -> str:
    """The message key: `psn_no`, or `fixmedins_code` where no person is involved."""
    return event.psn_no or event.fixmedins_code
