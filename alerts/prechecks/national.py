"""Remarks in the shape of the national interface: the result of 3101 and 3102.

`vola_amt_stas` 1 is a normal amount, `vola_bhvr_type` 1 is about a visit and 2 about an item,
`vola_item_type` 1 is what breaches and 2 what it has to do with (`docs/prechecks.md`).
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from msgspec import Struct

from alerts.prechecks.verdict import Remark
from rules.clauses import citation
from rules.histories.digests import pseudonym

_MOST_TEXT: Final = 500
_ITEM_FAMILIES: Final = frozenset({"knowledge", "usage"})
_ITEM_RULES: Final = frozenset(
    {
        "cash_out.out_of_scope_goods",
        "cash_out.oversold",
        "duplicates.exclusive_or_repeated_lines",
        "duplicates.trace_code_reused",
        "impersonation.age_conflict",
        "impersonation.sex_conflict",
        "institution.own_expense_without_consent",
        "institution.price_above_listed",
        "institution.trace_codes_missing",
    }
)


class Detail(Struct, frozen=True):
    """One entry of `judge_result_detail_dtos`; `setl_id` names another settlement involved."""

    jrd_id: str
    patn_id: str
    mdtrt_id: str
    rx_id: str
    vola_item_type: str
    vola_amt: Decimal
    setl_id: str = ""


class Result(Struct, frozen=True):
    """One `result`; `patn_id` is the person's pseudonym, amounts are yuan."""

    jr_id: str
    rule_id: str
    rule_name: str
    vola_cont: str
    patn_id: str
    mdtrt_id: str
    judge_result_detail_dtos: tuple[Detail, ...]
    vola_amt: Decimal
    vola_amt_stas: str
    sev_deg: str
    vola_evid: str
    vola_bhvr_type: str
    task_id: str
    rule_name_en: str
    vola_cont_en: str
    alert_id: str
    new: bool
    stable: bool


class Asked(Struct, frozen=True):
    """What is told back of the payment asked about."""

    task_id: str
    event_id: str
    psn_no: str
    setl_id: str
    mdtrt_id: str


def results_of(remarks: Sequence[Remark], asked: Asked) -> list[Result]:
    """The results of a task; `jr_id` is the task's id, a hyphen and the alert's."""
    patient = pseudonym(asked.psn_no) if asked.psn_no else ""
    return [_result(remark, asked, patient) for remark in remarks]


def _result(remark: Remark, asked: Asked, patient: str) -> Result:
    alert = remark.alert
    jr_id = f"{asked.task_id}-{alert.alert_id}"
    others = [one for one in alert.setl_ids if one != asked.setl_id]
    details = [Detail(f"{jr_id}-1", patient, asked.mdtrt_id, "", "1", alert.amount)]
    details += [
        Detail(f"{jr_id}-{number}", patient, "", "", "2", Decimal("0.00"), setl_id)
        for number, setl_id in enumerate(others, 2)
    ]
    cites = dict.fromkeys(citation(name) for name in alert.clauses)
    of_item = alert.family in _ITEM_FAMILIES or alert.rule_id in _ITEM_RULES
    return Result(
        jr_id=jr_id,
        rule_id=alert.rule_id,
        rule_name=alert.name_zh,
        vola_cont=alert.message_zh[:_MOST_TEXT],
        patn_id=patient,
        mdtrt_id=asked.mdtrt_id,
        judge_result_detail_dtos=tuple(details),
        vola_amt=alert.amount,
        vola_amt_stas="1",
        sev_deg=str(alert.sev_deg),
        vola_evid="；".join(cites)[:_MOST_TEXT],
        vola_bhvr_type="2" if of_item else "1",
        task_id=asked.task_id,
        rule_name_en=alert.name_en,
        vola_cont_en=alert.message_en,
        alert_id=alert.alert_id,
        new=remark.new,
        stable=remark.stable,
    )
