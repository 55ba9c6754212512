"""Events to records: what each event leaves in which history.

Pure functions of the event alone. What a settlement tells other keys than its person is said by
`rules.histories.spreading`, because a reversal can change it.
"""

from datetime import date
from sys import intern
from typing import Final

from events.codes import scheme_of
from events.kinds import (
    AccountAuthorization,
    AccountCredit,
    AccountPayout,
    AccountPremium,
    Admission,
    Discharge,
    Entitlement,
    Event,
    Filing,
    IdentityCheck,
    InstitutionStatus,
    InsuranceStatus,
    ManualClaim,
    Prescription,
    Reversal,
    Settlement,
    Stock,
)
from events.times import day_number, day_of, day_start, epoch, month_of
from rules.histories import keyed
from rules.histories.bills import scanned
from rules.histories.contradictions import defects
from rules.histories.digests import digest
from rules.histories.facts import PLATFORM_SIGNS, PRESCRIPTION_SIGNS, Fact, receipt
from rules.histories.records import (
    ISSUED,
    Benefit,
    Check,
    Claim,
    Credit,
    Designation,
    Grant,
    Paper,
    Payout,
    Permit,
    Premium,
    Refund,
    Script,
    Status,
    Stay,
)
from rules.histories.scripts import names_one
from rules.histories.stock_facts import stock_facts
from rules.histories.visits import line_of, visit_of

TOLD_LATE_DAYS: Final = 400
"""Days back from a notice about a designation that it is brought to settlements."""
TOLD_AHEAD_DAYS: Final = 3 * 365
"""Days ahead of such a notice for which one without an end is kept in mind."""
_WITHOUT_ACCOUNT: Final = frozenset({"390", "391", "392"})
"""Residents' kinds of insurance (`insutype`), to which no personal account belongs."""


def _day(value: date | None) -> int | None:
    return day_number(value) if value is not None else None


def _refund(e: Reversal) -> Refund:
    targets = tuple(sorted({e.init_setl_id, e.setl_id} - {""}))
    return Refund(
        e.event_id,
        epoch(e.event_time),
        targets,
        e.mdtrt_id,
        e.fixmedins_code,
        e.infno,
        int(e.fund_pay_sumamt),
        int(e.acct_pay),
        int(e.acct_mulaid_pay),
        int(e.psn_cash_pay),
        e.refd_reason,
    )


def _claim(e: ManualClaim) -> Claim:
    begin = epoch(e.begntime) if e.begntime is not None else 0
    return Claim(
        e.event_id,
        epoch(e.event_time),
        e.manl_reim_id,
        e.fixmedins_code,
        e.mdtrtarea_admvs or e.insuplc_admdvs,
        e.insuplc_admdvs,
        scheme_of(e.med_type, e.insuplc_admdvs),
        e.dise_codg,
        begin,
        epoch(e.endtime) if e.endtime is not None else begin,
        receipt(e.bill_code, e.bill_no),
        e.elec_bill_flag,
        int(e.medfee_sumamt),
        int(e.fund_pay_sumamt),
        int(e.hifp_pay),
        int(e.inscp_scp_amt),
        e.manl_reim_rea,
        e.materials,
        e.opter,
        e.rechker,
        e.psn_no,
    )


def _stay(e: Admission | Discharge) -> Stay:
    return Stay(
        e.event_id,
        epoch(e.event_time),
        isinstance(e, Admission),
        e.mdtrt_id,
        intern(e.fixmedins_code),
        e.mdtrtarea_admvs or e.insuplc_admdvs,
        tuple([d.diag_code for d in e.diseinfo]),
        e.dscg_way,
    )


def _status(e: InsuranceStatus) -> Status:
    return Status(
        e.event_id,
        epoch(e.event_time),
        e.insutype,
        e.psn_type,
        e.psn_insu_stas,
        e.surv_stas,
        _day(e.death_date),
        e.gend,
        day_number(e.brdy) if e.brdy is not None else 0,
        e.clct_way,
        _day(e.begndate),
        _day(e.enddate),
        e.insuplc_admdvs,
    )


def _benefit(e: Entitlement) -> Benefit:
    return Benefit(
        e.event_id,
        epoch(e.event_time),
        e.action,
        scheme_of(e.med_type, e.insuplc_admdvs),
        e.med_type,
        e.dise_codg,
        _day(e.begndate),
        _day(e.enddate),
        e.cert_fixmedins_code,
        int(e.cap_raise_amt),
        e.cap_raise_approver,
        e.fixmedins_code,
        e.insuplc_admdvs,
    )


def _permit(e: Filing) -> Permit:
    return Permit(
        e.event_id,
        epoch(e.event_time),
        e.action,
        e.biz_appy_type,
        _day(e.begndate),
        _day(e.enddate),
        e.to_admdvs,
        e.fixmedins_code,
    )


def _check(e: IdentityCheck) -> Check:
    return Check(
        e.event_id,
        epoch(e.event_time),
        e.fixmedins_code,
        e.dev_no,
        e.mdtrt_cert_type,
        digest(e.mdtrt_cert_no) if e.mdtrt_cert_no else "",
        e.result,
    )


def _script(e: Prescription) -> Script:
    return Script(
        e.event_id,
        epoch(e.event_time),
        e.hi_rxno or e.rxno,
        e.fixmedins_code,
        e.dr_code,
        e.dise_codg,
        epoch(e.valid_end_time) if e.valid_end_time is not None else 0,
        e.rx_stas_codg,
        e.rx_used_stas_codg,
        tuple([line_of(line) for line in e.feedetail]),
        e.rxno,
    )


def _grant(e: AccountAuthorization) -> Grant:
    return Grant(
        e.event_id,
        epoch(e.event_time),
        e.action,
        e.aut_psn_no,
        e.rlts,
        e.aut_insuplc_admdvs,
        e.insuplc_admdvs,
        e.channel,
        e.commitment_flag,
    )


def _credit(e: AccountCredit) -> Credit:
    return Credit(
        e.event_id,
        epoch(e.event_time),
        int(e.amt),
        e.clct_month,
        int(e.clct_base),
        e.psn_type,
        e.credit_kind,
        e.insuplc_admdvs,
    )


def _payout(e: AccountPayout) -> Payout:
    return Payout(
        e.event_id,
        epoch(e.event_time),
        int(e.amt),
        e.payout_reason,
        e.proof_flag,
        e.opter,
        e.rechker,
        e.approver,
        e.insuplc_admdvs,
    )


def _premium(e: AccountPremium) -> Premium:
    return Premium(
        e.event_id,
        epoch(e.event_time),
        int(e.amt),
        e.product,
        e.benef_psn_no,
        e.rlts,
        e.insuplc_admdvs,
    )


def _designation(e: InstitutionStatus) -> Designation:
    return Designation(
        e.event_id, epoch(e.event_time), e.state, _day(e.begndate), _day(e.enddate), e.services
    )


def home(event: Event) -> list[Fact]:
    """The facts an event leaves where it belongs: with person, account or institution."""
    match event:
        case Settlement():
            visit = visit_of(event)
            return [
                Fact(keyed.PERSON, visit.psn_no, visit),
                *defects(event, visit),
                *scanned(visit),
            ]
        case Reversal():
            return [Fact(keyed.PERSON, event.psn_no, _refund(event))]
        case Stock():
            return stock_facts(event)
        case InsuranceStatus():
            return _insured(event)
        case AccountCredit():
            return [Fact(keyed.ACCOUNT, event.psn_no, _credit(event))]
        case AccountAuthorization():
            return [Fact(keyed.ACCOUNT, event.psn_no, _grant(event))]
        case AccountPayout():
            payout = _payout(event)
            return [
                Fact(keyed.PERSON, event.psn_no, payout),
                Fact(keyed.ACCOUNT, event.psn_no, payout),
            ]
        case AccountPremium():
            return [Fact(keyed.ACCOUNT, event.psn_no, _premium(event))]
        case IdentityCheck():
            return [Fact(keyed.PERSON, event.psn_no, _check(event))]
        case Entitlement():
            return [Fact(keyed.PERSON, event.psn_no, _benefit(event))]
        case Filing():
            return [Fact(keyed.PERSON, event.psn_no, _permit(event))]
        case Prescription():
            return _prescribed(event)
        case Admission() | Discharge():
            return [Fact(keyed.PERSON, event.psn_no, _stay(event))]
        case ManualClaim():
            return [Fact(keyed.PERSON, event.psn_no, _claim(event))]
        case InstitutionStatus():
            return _designated(event)


def _prescribed(e: Prescription) -> list[Fact]:
    """A prescription: with the person, and by the platform's number, which is unique.

    A sender that has one number for both may mean its own, unless that is as long as a platform's.
    """
    facts = [Fact(keyed.PERSON, e.psn_no, _script(e))]
    number = e.hi_rxno
    signs = PLATFORM_SIGNS if number == e.rxno else PRESCRIPTION_SIGNS
    if names_one(number, signs):
        area = e.insuplc_admdvs or e.mdtrtarea_admvs
        issued = Paper(
            e.event_id,
            epoch(e.event_time),
            "",
            e.psn_no,
            e.fixmedins_code,
            ISSUED,
            "",
            "",
            0,
            0,
            area,
        )
        facts.append(Fact(keyed.DOCUMENT, f"rx|{number}", issued))
    return facts


def _insured(e: InsuranceStatus) -> list[Fact]:
    """A status: with the person, and with the account where it concerns that.

    It does where it says how contributions are paid, whether the owner of an account lives, or
    whether the insurance goes on.
    """
    status = _status(e)
    told = [Fact(keyed.PERSON, e.psn_no, status)]
    state = e.surv_stas or e.death_date is not None or e.psn_insu_stas or e.enddate is not None
    if e.clct_way or (state and e.insutype not in _WITHOUT_ACCOUNT):
        told.append(Fact(keyed.ACCOUNT, e.psn_no, status))
    return told


def _designated(e: InstitutionStatus) -> list[Fact]:
    """A designation: with its institution, and with every month of it that it may concern."""
    designation = _designation(e)
    told = day_of(designation.time)
    first = max(_or(designation.begin_day, told), told - TOLD_LATE_DAYS)
    last = min(_or(designation.end_day, told + TOLD_AHEAD_DAYS), told + TOLD_AHEAD_DAYS)
    months = [month_of(day_start(day)) for day in range(first, last + 1, 28)]
    if first <= last:
        months.append(month_of(day_start(last)))
    return [
        Fact(keyed.INSTITUTION, e.fixmedins_code, designation),
        *(
            Fact(keyed.INSTITUTION_MONTH, f"{e.fixmedins_code}|{month}", designation)
            for month in dict.fromkeys(months)
        ),
    ]


def _or(day: int | None, other: int) -> int:
    return day if day is not None else other
