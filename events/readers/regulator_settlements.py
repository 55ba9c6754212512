"""Settlements in the regulator's tables: SETL_D with the fee lines of FEE_LIST_D.

FEE_LIST_D may be larger than memory, so it goes through a temporary SQLite file, indexed by
settlement. Manual reimbursements stand in SETL_D (amounts) and CENT_MANL_REIM_REG_D (receipt,
account): they are one claim, joined by visit.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec

from events.deadletters import BadRecordError, DeadLetter, dead_letter
from events.readers.records import Read, Row, raw_of, read_object
from events.readers.regulator_rows import (
    Fields,
    Values,
    is_valid,
    key,
    number,
    start,
    text,
    when,
)
from events.readers.tables import rows

_FEES: Final = 5000
_SAME: Final = (
    "setl_id mdtrt_id psn_name psn_cert_type certno gend insutype psn_type cvlserv_flag med_type"
    " mdtrt_cert_type mdtrt_cert_no acct_used_flag hosp_lv medfee_sumamt fulamt_ownpay_amt"
    " overlmt_selfpay preselfpay_amt hifp_pay pool_prop_selfpay cvlserv_pay hifes_pay hifmi_pay"
    " hifob_pay hifdm_pay maf_pay fund_pay_sumamt acct_pay acct_mulaid_pay balc invono"
)
_SETTLEMENT: Final = {name: (name,) for name in _SAME.split()} | {
    "dise_codg": ("dise_no", "dise_codg"),
    "opter": ("opter_id",),
    "inscp_scp_amt": ("inscp_amt", "inscp_scp_amt"),
    "act_pay_dedc": ("act_pay_dedc", "crt_dedc"),
    "oth_pay": ("othfund_pay", "oth_pay"),
    "psn_part_amt": ("psn_pay", "psn_part_amt"),
    "psn_cash_pay": ("cash_payamt", "psn_cash_pay"),
    "hosp_part_amt": ("ownpay_hosp_part", "hosp_part_amt"),
}
_SAME_FEE: Final = (
    "init_feedetl_sn rx_circ_flag medins_list_codg det_item_fee_sumamt cnt pric prd_days"
    " bilg_dept_codg chrgitm_lv med_chrgitm_type selfpay_prop pric_uplmt_amt hosp_appr_flag"
)
_FEE: Final = {name: (name,) for name in _SAME_FEE.split()} | {
    "feedetl_sn": ("bkkp_sn", "feedetl_sn"),
    "rxno": ("rx_drord_no", "rxno"),
    "med_list_codg": ("med_list_codg", "hilist_code"),
    "item_name": ("hilist_name", "medins_list_name"),
    "bilg_dr_codg": ("bilg_dr_code", "bilg_dr_codg"),
    "inscp_scp_amt": ("inscp_amt", "inscp_scp_amt"),
}
_REVERSAL: Final = {
    "fund_pay_sumamt": ("fund_pay_sumamt",),
    "acct_pay": ("acct_pay",),
    "acct_mulaid_pay": ("acct_mulaid_pay",),
    "psn_cash_pay": ("cash_payamt", "psn_cash_pay"),
}
_CLAIM_AMOUNTS: Final = {
    "medfee_sumamt": ("medfee_sumamt", "sumfee"),
    "inscp_scp_amt": ("inscp_amt", "inscp_scp_amt"),
    "hifp_pay": ("hifp_pay",),
    "fund_pay_sumamt": ("fund_pay_sumamt",),
    "med_type": ("med_type",),
    "dise_codg": ("dise_no",),
}


def settlements(
    desk: sqlite3.Connection, settled: Iterable[Path], fees: Iterable[Path], claims: Iterable[Path]
) -> Iterator[Read]:
    """Events of SETL_D, CENT_MANL_REIM_REG_D and the fee lines that belong to them.

    `desk` is an empty SQLite database to sort them in. At the end, fee lines without a
    settlement are dead letters "unmatched".
    """
    _lay_out(desk)
    for path in fees:
        yield from _take_fees(desk, path)
    desk.execute("CREATE INDEX fee_by_settlement ON fee (setl_id)")
    for path in settled:
        yield from _each(path, lambda row, source: _settled(desk, row, source))
    for path in claims:
        yield from _each(path, lambda row, _: _claimed(desk, row.values))
    yield from _unclaimed(desk)
    yield from _unmatched(desk)


def _lay_out(desk: sqlite3.Connection) -> None:
    desk.executescript(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
        "CREATE TABLE fee (setl_id TEXT, source TEXT, position INTEGER, line BLOB);"
        "CREATE TABLE seen (setl_id TEXT PRIMARY KEY) WITHOUT ROWID;"
        "CREATE TABLE manual (mdtrt_id TEXT, source TEXT, position INTEGER, line BLOB);"
        "CREATE INDEX manual_by_visit ON manual (mdtrt_id);"
    )


def _each(path: Path, build: Callable[[Row, str], Fields | None]) -> Iterator[Read]:
    source = str(path)
    for row in rows(path):
        if isinstance(row, DeadLetter):
            yield row
            continue
        try:
            event = build(row, source)
        except BadRecordError as bad:
            yield dead_letter(bad, source, row.position, row.raw or raw_of(row.values))
        else:
            if event is not None:
                yield read_object(event, source, row.position, row.raw or None)


def _taken(values: Values, columns: Mapping[str, tuple[str, ...]]) -> Fields:
    return {name: found for name, from_ in columns.items() if (found := text(values, *from_)) != ""}


def _take_fees(desk: sqlite3.Connection, path: Path) -> Iterator[DeadLetter]:
    source = str(path)
    batch: list[tuple[str, str, int, bytes]] = []
    for row in rows(path):
        if isinstance(row, DeadLetter):
            yield row
            continue
        try:
            if not is_valid(row.values):
                raise BadRecordError("not_valid", "VALI_FLAG", "0", "1")
            line = _taken(row.values, _FEE) | {"fee_ocur_time": when(row.values, "fee_ocur_time")}
            batch.append(
                (key(row.values, "setl_id"), source, row.position, msgspec.json.encode(line))
            )
        except BadRecordError as bad:
            yield dead_letter(bad, source, row.position, row.raw or raw_of(row.values))
        if len(batch) >= _FEES:
            _store(desk, batch)
    _store(desk, batch)


def _store(desk: sqlite3.Connection, batch: list[tuple[str, str, int, bytes]]) -> None:
    with desk:
        desk.executemany("INSERT INTO fee VALUES (?, ?, ?, ?)", batch)
    batch.clear()


def _settled(desk: sqlite3.Connection, row: Row, source: str) -> Fields | None:
    values = row.values
    setl_id = key(values, "setl_id")
    desk.execute("INSERT OR IGNORE INTO seen VALUES (?)", (setl_id,))
    if not is_valid(values):
        raise BadRecordError("not_valid", "VALI_FLAG", "0", "1")
    time = when(values, "setl_time")
    original = text(values, "init_setl_id")
    amount = number(values, "medfee_sumamt")
    if amount < 0 or (original and text(values, "refd_setl_flag") == "1"):
        amounts = {name: sum_.lstrip("-") for name, sum_ in _taken(values, _REVERSAL).items()}
        return (
            start("SETL_D", values, "setl_id", "reversal", time)
            | amounts
            | {
                "setl_id": setl_id,
                "init_setl_id": original,
                "mdtrt_id": text(values, "mdtrt_id"),
            }
        )
    if text(values, "manl_reim_rea"):
        desk.execute(
            "INSERT INTO manual VALUES (?, ?, ?, ?)",
            (text(values, "mdtrt_id"), source, row.position, _whole(values)),
        )
        return None
    found = desk.execute("SELECT line FROM fee WHERE setl_id = ? ORDER BY rowid", (setl_id,))
    return (
        start("SETL_D", values, "setl_id", "settlement", time)
        | _taken(values, _SETTLEMENT)
        | {
            "brdy": when(values, "brdy"),
            "begntime": when(values, "begndate"),
            "feedetail": [msgspec.json.decode(line) for (line,) in found],
        }
    )


def _whole(values: Values) -> bytes:
    return msgspec.json.encode({name: text(values, name) for name in values})


def _claimed(desk: sqlite3.Connection, values: Values) -> Fields:
    if not is_valid(values):
        raise BadRecordError("not_valid", "VALI_FLAG", "0", "1")
    visit = text(values, "mdtrt_id")
    found = desk.execute(
        "SELECT rowid, line FROM manual WHERE mdtrt_id = ? AND mdtrt_id <> '' ORDER BY rowid",
        (visit,),
    ).fetchone()
    settled: Fields = {}
    if found is not None:
        desk.execute("DELETE FROM manual WHERE rowid = ?", (found[0],))
        settled = msgspec.json.decode(found[1])
    time = when(values, "crte_time", "opt_time", "begntime")
    event = start("CENT_MANL_REIM_REG_D", values, "med_fee_reg_id", "manual_claim", time)
    return event | _claim(values, settled) | {"manl_reim_id": text(values, "med_fee_reg_id")}


def _claim(values: Values, settled: Values) -> Fields:
    """A claim's fields from its registration and, for the amounts, its settlement."""
    both = {**settled, **{name: value for name, value in values.items() if text(values, name)}}
    return _taken({**both, **settled}, _CLAIM_AMOUNTS) | {
        "fixmedins_code": text(both, "fixmedins_code"),
        "mdtrtarea_admvs": text(both, "fix_blng_admdvs"),
        "begntime": when(both, "begntime", "begndate"),
        "endtime": when(both, "endtime", "enddate"),
        "bill_no": text(both, "invono"),
        "manl_reim_rea": text(both, "manl_reim_rea"),
        "opter": text(both, "opter_id"),
        "payee_acct": text(both, "bankacct"),
    }


def _unclaimed(desk: sqlite3.Connection) -> Iterator[Read]:
    """Manual settlements without a registration are claims by themselves."""
    query = "SELECT source, position, line FROM manual ORDER BY rowid"
    for source, position, line in desk.execute(query):
        values = msgspec.json.decode(line)
        event = start("SETL_D", values, "setl_id", "manual_claim", when(values, "setl_time"))
        yield read_object(
            event | _claim(values, values) | {"manl_reim_id": text(values, "setl_id")},
            source,
            position,
            line,
        )


def _unmatched(desk: sqlite3.Connection) -> Iterator[DeadLetter]:
    query = (
        "SELECT source, position, line FROM fee"
        " WHERE setl_id NOT IN (SELECT setl_id FROM seen) ORDER BY rowid"
    )
    for source, position, line in desk.execute(query):
        bad = BadRecordError("unmatched", "SETL_ID", "a fee line alone", "its row in SETL_D")
        yield dead_letter(bad, source, position, line)
