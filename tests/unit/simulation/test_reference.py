"""The reference folder fits the stream."""

import csv
from pathlib import Path

from events.kinds import Settlement
from tests.unit.simulation.conftest import Made


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "reference" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_headers_are_the_contract(stream: Made) -> None:
    expected = {
        "institutions.csv": "fixmedins_code name fixmedins_type hosp_lv admdvs lat lng"
        " accredited_dise internet_flag pool_pharmacy_from",
        "catalogue.csv": "med_list_codg name list_type chrgitm_lv selfpay_prop pric_uplmt_amt"
        " listed_pric begndate enddate scope",
        "areas.csv": "admdvs name lat lng",
        "budget.csv": "admdvs month fund amt",
        "balances.csv": "admdvs month fund opening income",
    }
    for name, header in expected.items():
        assert list(_rows(stream.folder, name)[0]) == header.split()


def test_everything_charged_is_listed_at_its_price_or_below(stream: Made) -> None:
    institutions = {row["fixmedins_code"] for row in _rows(stream.folder, "institutions.csv")}
    listed = {
        row["med_list_codg"]: float(row["listed_pric"])
        for row in _rows(stream.folder, "catalogue.csv")
    }
    allowed = {"price_above_listed", "batch_swiping", "same_amounts"}
    for event in stream.events:
        if event.fixmedins_code:
            assert event.fixmedins_code in institutions
        if isinstance(event, Settlement) and stream.fraud(event.event_id) not in allowed:
            for line in event.feedetail:
                if line.med_list_codg != "NMLC999":
                    assert float(line.pric) <= listed[line.med_list_codg]


def test_codes_are_unique(stream: Made) -> None:
    for name, key in (("institutions.csv", "fixmedins_code"), ("catalogue.csv", "med_list_codg")):
        codes = [row[key] for row in _rows(stream.folder, name)]
        assert len(codes) == len(set(codes))


def test_treated_diseases_are_accredited(stream: Made) -> None:
    accredited = {
        row["fixmedins_code"]: row["accredited_dise"].split(";")
        for row in _rows(stream.folder, "institutions.csv")
    }
    for one in stream.settlements():
        if one.med_type == "14":
            assert one.dise_codg in accredited[one.fixmedins_code]
