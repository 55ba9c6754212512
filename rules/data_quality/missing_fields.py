"""Mandatory fields that a settlement leaves empty.

Some say so by themselves: without them nothing can be judged, or their companion was sent. Others
are missing only where the institution fills them otherwise: what a sender never sends is its
convention, or its interface's, and no defect of a settlement.
"""

from collections.abc import Iterable
from typing import Final

from rules.context import Context
from rules.data_quality.collecting import always, collected
from rules.data_quality.exceptions import ALL, Way, Ways, exceptions
from rules.findings import Verdict
from rules.histories import sending
from rules.histories.contradictions import MISSING
from rules.histories.institution_month import InstitutionMonth
from rules.histories.keyed import INSTITUTION_MONTH
from rules.histories.records import Bill, Defect
from rules.institution.months import ABOUT
from rules.rule import Rule

KIND: Final = INSTITUTION_MONTH
RECORDS: Final = (Defect, Bill)
SUBJECT: Final = "institution"
_SAYS: Final = {
    "med_type": ("未填写医疗类别", "no way of treatment"),
    "mdtrt_cert_type": ("填写了凭证编号而未填写凭证类型", "a credential number but no kind"),
    "certno": ("填写了证件类型而未填写证件号码", "a kind of certificate but no number"),
    "item": ("费用明细未填写目录编码", "a fee line without an item code"),
}
_FILLED: Final = {
    "insutype": Way(sending.NO_INSURANCE, ALL, "险种类型", "kind of insurance"),
    "psn_type": Way(sending.NO_PERSON_TYPE, ALL, "人员类别", "category of person"),
    "mdtrt_cert_type": Way(sending.NO_CREDENTIAL_TYPE, ALL, "就诊凭证类型", "kind of credential"),
    "mdtrt_cert_no": Way(
        sending.NO_CREDENTIAL, sending.CREDENTIAL, "就诊凭证编号", "number of the credential"
    ),
    "psn_cert_type": Way(sending.NO_CERTIFICATE, ALL, "证件类型和号码", "certificate"),
    "feedetail": Way(sending.NO_LINES, sending.LINES, "费用明细", "fee lines"),
    "mdtrt_id": Way(sending.NO_VISIT_ID, ALL, "就诊ID", "number of the visit"),
    "begntime": Way(sending.NO_BEGIN, ALL, "就诊开始时间", "begin of the visit"),
    "diseinfo": Way(sending.NO_DIAGNOSIS, sending.DIAGNOSED, "诊断信息", "diagnosis"),
    "fee_ocur_time": Way(
        sending.NO_FEE_TIME, sending.LINED, "费用发生时间（明细）", "time of a fee line"
    ),
    "cnt": Way(sending.NO_COUNT, sending.LINED, "数量（明细）", "count of a fee line"),
    "bilg_dr_codg": Way(sending.NO_DOCTOR, sending.SIGNED, "开单医师编码", "physician"),
}
_RARE: Final = Ways(
    about=ABOUT,
    ways=_FILLED,
    bits=sum(way.bit for way in _FILLED.values()),
    zh="未填写平时填写的{}",
    en="no {}, filled otherwise",
)


def check(
    rule: Rule, context: Context, month: InstitutionMonth, record: Defect | Bill
) -> Iterable[Verdict]:
    """One matter a kind of defect in the month, and one for what is otherwise filled."""
    if isinstance(record, Bill):
        if not month.sent_any & ~month.sent_all & _RARE.bits:
            return ()
        return exceptions(rule, context, month, record, _RARE)
    if record.sort == MISSING:
        return collected(rule, context, month, record, _SAYS, always)
    return ()
