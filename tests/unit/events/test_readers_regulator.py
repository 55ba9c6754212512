import csv
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from events.deadletters import DeadLetter
from events.kinds import (
    AccountCredit,
    Admission,
    Discharge,
    Entitlement,
    Filing,
    InstitutionStatus,
    InsuranceStatus,
    ManualClaim,
    Prescription,
    Reversal,
    Settlement,
)
from events.readers import Read, Record, open_source
from events.readers.regulator import table_of

HOSPITAL = "H64010000017"


def local(text: str) -> datetime:
    """A time as events hold it where no offset was sent."""
    return datetime.fromisoformat(text)


def write(path: Path, *rows: dict[str, object]) -> None:
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="")
        writer.writeheader()
        writer.writerows(rows)


def settled(setl_id: str, **columns: object) -> dict[str, object]:
    return {
        "SETL_ID": setl_id,
        "MDTRT_ID": f"V{setl_id}",
        "PSN_NO": "P1",
        "FIXMEDINS_CODE": HOSPITAL,
        "INSU_ADMDVS": "640200",
        "FIX_BLNG_ADMDVS": "640100",
        "SETL_TIME": "2024-03-05 08:00:00",
        "BEGNDATE": "2024-03-05 07:30:00",
        "MED_TYPE": "11",
        "MEDFEE_SUMAMT": "30.00",
        "FUND_PAY_SUMAMT": "18.00",
        "REFD_SETL_FLAG": "0",
        "VALI_FLAG": "1",
    } | columns


def fee(setl_id: str, number: int, **columns: object) -> dict[str, object]:
    return {
        "BKKP_SN": str(number),
        "SETL_ID": setl_id,
        "FEE_OCUR_TIME": "2024-03-05 07:40:00",
        "DET_ITEM_FEE_SUMAMT": "10.00",
        "CNT": "2",
        "PRIC": "5",
        "VALI_FLAG": "1",
    } | columns


def events(reads: Iterable[Read]) -> list[Any]:
    return [read.event for read in reads if isinstance(read, Record)]


def letters(reads: Iterable[Read]) -> list[tuple[int, str, str]]:
    return [
        (read.position, read.reason, read.field) for read in reads if isinstance(read, DeadLetter)
    ]


def test_a_file_name_tells_the_table() -> None:
    assert table_of(Path("SETL_D.csv")) == "SETL_D"
    assert table_of(Path("setlcent_db.fee_list_d-2024.01.parquet")) == "FEE_LIST_D"
    assert table_of(Path("PSN_INSU_D_part_3.csv.gz")) == "PSN_INSU_D"
    assert table_of(Path("SETL_DETAIL.csv")) == table_of(Path("settlement.csv")) == ""
    assert table_of(Path("SETL_D" + "-_" * 5000)) == ""


def test_settlements_take_their_fee_lines_and_the_regulators_names(tmp_path: Path) -> None:
    write(
        tmp_path / "SETL_D.csv",
        settled(
            "S1",
            INSCP_AMT="25.00",
            CRT_DEDC="5",
            OTHFUND_PAY="1",
            PSN_PAY="12",
            CASH_PAYAMT="2",
            OWNPAY_HOSP_PART="0.5",
            DISE_NO="M03900",
            BRDY="1980-01-02",
            POOL_PROP_SELFPAY="0.6",
            CERTNO="made-up",
        ),
        settled("S2", ACT_PAY_DEDC="7", CRT_DEDC="5"),
    )
    write(
        tmp_path / "FEE_LIST_D.csv",
        fee("S2", 3),
        fee("S1", 1, RX_DRORD_NO="R1", HILIST_NAME="made-up tablets", BILG_DR_CODE="D1"),
        fee("S1", 2, HILIST_CODE="X2", INSCP_AMT="9"),
    )
    reads = list(open_source(tmp_path))
    assert letters(reads) == []
    first, second = events(reads)
    assert isinstance(first, Settlement)
    assert first.event_id == "SETL_D:S1"
    assert first.event_time == local("2024-03-05 08:00:00")
    assert first.begntime == local("2024-03-05 07:30:00")
    assert (first.insuplc_admdvs, first.mdtrtarea_admvs) == ("640200", "640100")
    assert (first.inscp_scp_amt, first.act_pay_dedc, first.oth_pay) == (2500, 500, 100)
    assert (first.psn_part_amt, first.psn_cash_pay, first.hosp_part_amt) == (1200, 200, 50)
    assert (first.dise_codg, first.brdy) == ("M03900", date(1980, 1, 2))
    assert [line.feedetl_sn for line in first.feedetail] == ["1", "2"]
    assert (first.feedetail[0].rxno, first.feedetail[0].bilg_dr_codg) == ("R1", "D1")
    assert first.feedetail[0].item_name == "made-up tablets"
    assert (first.feedetail[1].med_list_codg, first.feedetail[1].inscp_scp_amt) == ("X2", 900)
    assert second.act_pay_dedc == 700
    assert [line.feedetl_sn for line in second.feedetail] == ["3"]


def test_negative_and_refunding_rows_are_reversals(tmp_path: Path) -> None:
    write(
        tmp_path / "SETL_D.csv",
        settled("S1", REFD_SETL_FLAG="1"),
        settled(
            "S2",
            INIT_SETL_ID="S1",
            REFD_SETL_FLAG="1",
            MEDFEE_SUMAMT="-30.00",
            FUND_PAY_SUMAMT="-18.00",
            CASH_PAYAMT="-2",
        ),
        settled("S3", INIT_SETL_ID="S0", REFD_SETL_FLAG="1"),
        settled("S4", INIT_SETL_ID="S1"),
    )
    original, reversal, positive, anew = events(open_source(tmp_path))
    assert isinstance(original, Settlement)
    assert isinstance(reversal, Reversal)
    assert (reversal.setl_id, reversal.init_setl_id) == ("S2", "S1")
    assert (reversal.fund_pay_sumamt, reversal.psn_cash_pay) == (1800, 200)
    assert isinstance(positive, Reversal)
    assert isinstance(anew, Settlement)


def test_bad_rows_are_dead_letters_and_nothing_is_lost(tmp_path: Path) -> None:
    write(
        tmp_path / "SETL_D.csv",
        settled("", PSN_NO="P9"),
        settled("S1", VALI_FLAG="0"),
        settled("S2", MEDFEE_SUMAMT="much"),
        settled("S3", SETL_TIME=""),
        settled("S4"),
    )
    write(
        tmp_path / "FEE_LIST_D.csv",
        fee("", 1),
        fee("S4", 2, VALI_FLAG="0"),
        fee("S9", 3),
        fee("S1", 4),
        fee("S4", 5, CNT="two"),
    )
    reads = list(open_source(tmp_path))
    assert (
        letters(reads)
        == [
            (2, "missing_field", "SETL_ID"),
            (3, "not_valid", "VALI_FLAG"),
            (2, "missing_field", "SETL_ID"),
            (3, "not_valid", "VALI_FLAG"),
            (4, "bad_value", "medfee_sumamt"),
            (5, "missing_field", "event_time"),
            (6, "bad_value", "feedetail[0].cnt"),
            (4, "unmatched", "SETL_ID"),
        ]
        or letters(reads)[5][1] == "missing_field"
    )
    assert events(reads) == []


def test_odd_amounts_are_refused_by_name(tmp_path: Path) -> None:
    odd = ("NaN", "sNaN", "-Infinity", "1e400", "0x10", "12.345")
    write(tmp_path / "SETL_D.csv", *(settled(f"S{text}", MEDFEE_SUMAMT=text) for text in odd))
    reads = list(open_source(tmp_path))
    assert [letter[1:] for letter in letters(reads)] == [("bad_value", "medfee_sumamt")] * len(odd)


def test_a_truncated_fee_table_still_gives_settlements(tmp_path: Path) -> None:
    write(tmp_path / "SETL_D.csv", settled("S1"))
    (tmp_path / "FEE_LIST_D.parquet").write_bytes(b"PAR1")
    reads = list(open_source(tmp_path))
    assert letters(reads) == [(1, "unreadable_file", "")]
    assert [event.event_id for event in events(reads)] == ["SETL_D:S1"]


def test_parquet_tables_keep_amounts_and_times(tmp_path: Path) -> None:
    row = settled("S1", MEDFEE_SUMAMT=30.1, SETL_TIME=local("2024-03-05 08:00:01"), BALC=None)
    pq.write_table(pa.Table.from_pylist([row]), tmp_path / "SETL_D_2024.parquet")
    line = fee("S1", 1, FEE_OCUR_TIME=local("2024-03-05 07:00:00"), CNT=2.5)
    pq.write_table(pa.Table.from_pylist([line]), tmp_path / "FEE_LIST_D_2024.parquet")
    (event,) = events(open_source(tmp_path))
    assert (event.medfee_sumamt, event.balc) == (3010, None)
    assert event.event_time == local("2024-03-05 08:00:01")
    assert event.feedetail[0].fee_ocur_time == local("2024-03-05 07:00:00")
    assert str(event.feedetail[0].cnt) == "2.5"


def test_a_manual_claim_is_one_event_of_both_its_tables(tmp_path: Path) -> None:
    write(
        tmp_path / "SETL_D.csv",
        settled("S1", MANL_REIM_REA="1", INVONO="0012345071", HIFP_PAY="18"),
        settled("S2", MANL_REIM_REA="1", INVONO="0012345072"),
    )
    write(
        tmp_path / "CENT_MANL_REIM_REG_D.csv",
        {
            "MED_FEE_REG_ID": "R1",
            "MDTRT_ID": "VS1",
            "PSN_NO": "P1",
            "MANL_REIM_REA": "2",
            "BEGNTIME": "2024-02-01",
            "ENDTIME": "2024-02-02",
            "BANKACCT": "made-up",
            "INVONO": "0012345071",
            "SUMFEE": "30",
            "OPTER_ID": "op7",
            "CRTE_TIME": "2024-03-04 10:00:00",
            "VALI_FLAG": "1",
        },
    )
    claim, alone = events(open_source(tmp_path))
    assert isinstance(claim, ManualClaim)
    assert (claim.event_id, claim.manl_reim_id) == ("CENT_MANL_REIM_REG_D:R1", "R1")
    assert (claim.medfee_sumamt, claim.hifp_pay, claim.fund_pay_sumamt) == (3000, 1800, 1800)
    assert (claim.bill_no, claim.payee_acct, claim.manl_reim_rea) == ("0012345071", "made-up", "2")
    assert claim.fixmedins_code == HOSPITAL
    assert claim.begntime == local("2024-02-01 00:00:00")
    assert isinstance(alone, ManualClaim)
    assert (alone.event_id, alone.bill_no) == ("SETL_D:S2", "0012345072")


def read_one(tmp_path: Path, table: str, **columns: object) -> list[Any]:
    write(tmp_path / f"{table}.csv", {"PSN_NO": "P1", "VALI_FLAG": "1"} | columns)
    reads = list(open_source(tmp_path))
    assert letters(reads) == []
    return events(reads)


def test_stays(tmp_path: Path) -> None:
    admission, discharge = read_one(
        tmp_path,
        "INHOSP_INFO_D",
        MDTRT_ID="V1",
        FIXMEDINS_CODE=HOSPITAL,
        MED_TYPE="21",
        BEGNTIME="2024/3/1 8:05:00",
        ENDTIME="2024/3/9",
        INHOSP_STAS="0",
    )
    assert isinstance(admission, Admission)
    assert admission.event_time == local("2024-03-01 08:05:00")
    assert isinstance(discharge, Discharge)
    assert discharge.event_id == "INHOSP_INFO_D:V1:discharge"
    assert discharge.event_time == local("2024-03-09 00:00:00")


def test_entitlements_and_their_withdrawal(tmp_path: Path) -> None:
    register, cancel = read_one(
        tmp_path,
        "OPSP_REG_D",
        TRT_DCLA_DETL_SN="T1",
        OPSP_DISE_CODE="M03900",
        BEGNDATE="2024-01-01",
        APPY_DATE="2023-12-20",
        UPDT_TIME="2024-02-01 09:00:00",
        IDE_FIXMEDINS_NO=HOSPITAL,
        VALI_FLAG="0",
    )
    assert isinstance(register, Entitlement)
    assert (register.action, cancel.action) == ("register", "cancel")
    assert (register.event_id, cancel.event_id) == ("OPSP_REG_D:T1", "OPSP_REG_D:T1:cancel")
    assert register.event_time == local("2023-12-20 00:00:00")
    assert cancel.event_time == local("2024-02-01 09:00:00")
    assert cancel.dise_codg == "M03900"


def test_filings_elsewhere(tmp_path: Path) -> None:
    (filing,) = read_one(
        tmp_path, "OUT_APPY_D", TRT_DCLA_DETL_SN="T1", RLOC_ADMDVS="110100", BEGNDATE="2024-01-01"
    )
    assert isinstance(filing, Filing)
    assert (filing.biz_appy_type, filing.to_admdvs) == ("08", "110100")


def test_people_and_their_insurance(tmp_path: Path) -> None:
    write(
        tmp_path / "PSN_INFO_B.csv",
        {
            "PSN_NO": "P1",
            "SURV_STAS": "1",
            "GEND": "2",
            "BRDY": "1950-01-02",
            "UPDT_TIME": "2024-01-01 00:00:00",
            "VALI_FLAG": "1",
        },
    )
    person, insured = read_one(
        tmp_path,
        "PSN_INSU_D",
        PSN_INSU_RLTS_ID="R1",
        INSUTYPE="310",
        PSN_TYPE="1201",
        PSN_INSU_STAS="2",
        CRT_INSU_DATE="1999-01-01",
        PAUS_INSU_DATE="2024-01-31",
        OPT_TIME="2024-02-01 10:00:00",
    )
    assert isinstance(person, InsuranceStatus)
    assert (person.event_id, person.surv_stas, person.gend) == ("PSN_INFO_B:P1", "1", "2")
    assert (insured.event_id, insured.psn_type) == ("PSN_INSU_D:R1", "1201")
    assert (insured.begndate, insured.enddate) == (date(1999, 1, 1), date(2024, 1, 31))


def test_suspended_institutions_have_no_person(tmp_path: Path) -> None:
    (paused,) = read_one(
        tmp_path,
        "FIXMEDINS_PAUS_D",
        PSN_NO="",
        RID="7",
        FIXMEDINS_CODE=HOSPITAL,
        BEGNTIME="2024-01-01",
        ENDTIME="2024-06-30",
    )
    assert isinstance(paused, InstitutionStatus)
    assert (paused.state, paused.enddate) == ("suspended", date(2024, 6, 30))


def test_account_income(tmp_path: Path) -> None:
    (credit,) = read_one(
        tmp_path,
        "ACCT_INC_DETL_D",
        ACCT_INC_DETL_ID="A1",
        INC_SUMAMT="120.5",
        ACCT_MODI_DATE="2024-03-01 00:00:00",
    )
    assert isinstance(credit, AccountCredit)
    assert (credit.amt, credit.clct_month) == (12050, "2024-03")


def test_prescriptions(tmp_path: Path) -> None:
    (prescription,) = read_one(
        tmp_path,
        "RX_D",
        RX_ID="R1",
        RXNO="N1",
        SETL_ID="S1",
        PRSC_DATE="2024-03-05",
        FIXMEDINS_CODE=HOSPITAL,
        BILG_DR_CODE="D1",
        VALI_FLAG="0",
    )
    assert isinstance(prescription, Prescription)
    assert (prescription.dr_code, prescription.rxno) == ("D1", "N1")
    assert (prescription.rx_stas_codg, prescription.rx_used_stas_codg) == ("3", "2")
