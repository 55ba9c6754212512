from datetime import date
from decimal import Decimal

from events.kinds import (
    Admission,
    Discharge,
    Entitlement,
    Filing,
    IdentityCheck,
    InsuranceStatus,
    Settlement,
    Stock,
)
from events.readers import Record
from tests.unit.events.interface_pairs import (
    HOSPITAL,
    MSGID,
    events,
    letters,
    local,
    numbers,
    one,
    pair,
    run,
    setlinfo,
)


def test_reading_a_person_gives_insurances_and_a_document_check() -> None:
    document = {"psn_cert_type": "01", "certno": "110105491231002", "mdtrt_cert_type": "02"}
    base = {
        "psn_no": "P1",
        "psn_cert_type": "01",
        "certno": "11010519491231002x",
        "gend": "2",
        "brdy": "1949-12-31",
    }
    insured = [
        {
            "insutype": "310",
            "psn_type": "12",
            "psn_insu_stas": "1",
            "insuplc_admdvs": "640200",
            "psn_insu_date": "2001-01-01",
        },
        {"insutype": "390", "psn_insu_stas": "2", "paus_insu_date": "2023-01-01"},
    ]
    got = events(run(pair("1101", {"data": document}, {"baseinfo": base, "insuinfo": insured})))
    first, second, check = got
    assert isinstance(first, InsuranceStatus)
    assert (first.event_id, second.event_id) == (MSGID + "0001", MSGID + "0001-2")
    assert (first.insutype, first.insuplc_admdvs, first.brdy) == (
        "310",
        "640200",
        date(1949, 12, 31),
    )
    assert (first.begndate, second.enddate) == (date(2001, 1, 1), date(2023, 1, 1))
    assert isinstance(check, IdentityCheck)
    assert (check.result, check.dev_no) == ("match", "T9")

    def result(**other: object) -> list[str]:
        answer = {"baseinfo": base | other, "insuinfo": insured[:1]}
        reads = events(run(pair("1101", {"data": document}, answer)))
        return [event.result for event in reads if isinstance(event, IdentityCheck)]

    assert result(certno="110105194912310038") == ["mismatch"]
    assert result(certno="1101**********002X") == ["unavailable"]
    assert result(psn_cert_type="90") == result(certno="") == []


def test_a_stay_begins_and_ends_and_lends_its_diagnoses_to_the_settlement() -> None:
    diagnosis = {"diag_code": "I10", "diag_srt_no": 1, "vali_flag": "1"}
    got = events(
        run(
            pair(
                "2401",
                {
                    "mdtrtinfo": {
                        "psn_no": "P1",
                        "begntime": "2024-03-01 10:00:00",
                        "med_type": "21",
                    },
                    "diseinfo": [diagnosis],
                },
                {"result": {"mdtrt_id": "V1"}},
            ),
            pair(
                "2301", {"feedetail": [{"mdtrt_id": "V1", "feedetl_sn": "1", "cnt": 1}]}, number=2
            ),
            pair(
                "2402",
                {
                    "dscginfo": {
                        "mdtrt_id": "V1",
                        "psn_no": "P1",
                        "endtime": "2024-03-09 10:00:00",
                        "dscg_way": "5",
                        "die_date": "2024-03-09",
                    },
                    "diseinfo": [diagnosis | {"diag_code": "I11"}],
                },
                number=3,
            ),
            pair(
                "2304",
                {"data": {"mdtrt_id": "V1", "medfee_sumamt": 1}},
                {"setlinfo": setlinfo()},
                number=4,
            ),
        )
    )
    admission, discharge, death, settlement = got
    assert isinstance(admission, Admission)
    assert (admission.mdtrt_id, admission.event_time) == ("V1", local("2024-03-01 10:00:00"))
    assert isinstance(discharge, Discharge)
    assert (discharge.med_type, discharge.dscg_way) == ("21", "5")
    assert isinstance(death, InsuranceStatus)
    assert death.death_date == date(2024, 3, 9)
    assert isinstance(settlement, Settlement)
    assert numbers(settlement) == ["1"]
    assert [entry.diag_code for entry in settlement.diseinfo] == ["I10", "I11"]


def test_entitlements_are_registered_and_cancelled_by_their_serial_number() -> None:
    filed = pair(
        "2503",
        {
            "data": {
                "psn_no": "P1",
                "opsp_dise_code": "M03900",
                "begndate": "2024-03-05",
                "ide_fixmedins_no": HOSPITAL,
                "insu_optins": "640200",
            }
        },
        {"result": {"trt_dcla_detl_sn": "T1"}},
    )
    cancelled = pair("2504", {"data": {"psn_no": "P1", "trt_dcla_detl_sn": "T1"}}, number=2)
    register, cancel = events(run(filed, cancelled))
    assert isinstance(register, Entitlement)
    assert (register.action, register.med_type, register.dise_codg) == ("register", "14", "M03900")
    assert (register.cert_fixmedins_code, register.insuplc_admdvs) == (HOSPITAL, "640200")
    assert (cancel.action, cancel.dise_codg) == ("cancel", "M03900")
    assert letters(run(cancelled)) == [(1, "unmatched", "trt_dcla_detl_sn")]


def test_filings() -> None:
    referral = one(
        pair(
            "2501",
            {"refmedin": {"psn_no": "P1", "mdtrtarea_admdvs": "110100", "refl_date": "2024-03-06"}},
        )
    )
    assert isinstance(referral, Filing)
    assert (referral.biz_appy_type, referral.to_admdvs) == ("06", "110100")
    assert referral.mdtrtarea_admvs == "640100"
    assert referral.begndate == date(2024, 3, 6)
    other = one(pair("2505", {"data": {"psn_no": "P1", "biz_appy_type": "03"}}))
    assert (other.action, other.biz_appy_type) == ("register", "03")


def test_stock_lines_each_have_their_event_and_refused_ones_none() -> None:
    lines = [
        {
            "med_list_codg": "X1",
            "fixmedins_bchno": "B1",
            "sel_retn_cnt": "2",
            "finl_trns_pric": 3,
            "sel_retn_time": "2024-03-05 07:30:00",
            "setl_id": "S1",
            "psn_no": "P1",
            "drugtracinfo": [{"drug_trac_codg": "8a"}, {"drug_trac_codg": "8b"}],
        },
        {"med_list_codg": "X2", "fixmedins_bchno": "B2", "sel_retn_cnt": 1},
    ]
    answer = {"selinfoDetail": [{"med_list_codg": "X2", "fixmedins_bchno": "B2", "retRslt": "0"}]}
    reads = run(pair("3505A", {"selinfoDetail": lines}, answer))
    assert letters(reads) == [(1, "refused_by_platform", "selinfodetail[1]")]
    assert isinstance(reads[0], Record)
    sale = reads[0].event
    assert isinstance(sale, Stock)
    assert (sale.event_id, sale.infno, sale.setl_id) == (MSGID + "0001-1", "3505", "S1")
    assert (sale.cnt, sale.pric, sale.drug_trac_codg) == (Decimal(2), Decimal(3), ("8a", "8b"))
    assert sale.event_time == local("2024-03-05 07:30:00")


def test_stock_changes_are_named() -> None:
    bought = {
        "med_list_codg": "X1",
        "purc_retn_cnt": 5,
        "purc_invo_no": "F1",
        "purc_retn_stoin_time": "2024-03-04 10:00:00",
    }
    purchase = one(pair("3503", {"purcinfo": bought}))
    assert (purchase.event_id, purchase.inv_chg_type) == (MSGID + "0001", "108")
    assert (purchase.invo_no, purchase.cnt) == ("F1", 5)
    gift = one(pair("3504A", {"purcinfoDetail": [bought | {"prod_geay_flag": "1"}]}))
    assert (gift.event_id, gift.infno, gift.inv_chg_type) == (MSGID + "0001-1", "3504", "111")
    count = one(pair("3501", {"invinfo": {"inv_cnt": 9, "invdate": "2024-03-05"}}))
    assert (count.cnt, count.inv_chg_type, count.event_time) == (
        9,
        "",
        local("2024-03-05 00:00:00"),
    )
    moved = one(pair("3502", {"invinfo": {"cnt": 9, "inv_chg_type": "105"}}))
    assert moved.inv_chg_type == "105"
