"""`fundwatch benefit`: a file, a settlement seen by an embedded run, and what it refuses."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner

from events.readers import open_source
from rules.documents import POLICY_DIR
from streams.assembly import Assembly
from streams.cli.benefiting import benefit
from streams.monitor import LEDGER, Monitor
from streams.settings import Settings

FIRST: Final[dict[str, Any]] = {
    "event_type": "settlement",
    "event_id": "first",
    "setl_id": "first",
    "event_time": "2024-02-01T10:00:00",
    "psn_no": "PERSON-1",
    "insuplc_admdvs": "150400",
    "mdtrtarea_admvs": "150400",
    "fixmedins_code": "H15040000001",
    "insutype": "310",
    "psn_type": "11",
    "med_type": "11",
    "hosp_lv": "2",
    "medfee_sumamt": "1200.00",
    "inscp_scp_amt": "1200.00",
    "act_pay_dedc": "1000.00",
    "hifp_pay": "100.00",
    "fund_pay_sumamt": "100.00",
}
SECOND: Final = FIRST | {
    "event_id": "second",
    "setl_id": "second",
    "event_time": "2024-03-01T10:00:00",
    "medfee_sumamt": "500.00",
    "inscp_scp_amt": "500.00",
    "act_pay_dedc": "0.00",
    "hifp_pay": "300.00",
    "fund_pay_sumamt": "300.00",
}


def run(*arguments: str) -> str:
    result = CliRunner().invoke(benefit, list(arguments))
    assert result.exit_code == 0, result.output
    return result.output


def file_of(folder: Path, *events: dict[str, Any]) -> Path:
    path = folder / "events.ndjson"
    path.write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
    return path


@pytest.fixture
def seen(tmp_path: Path) -> Path:
    """The folder of an embedded run that has seen the first settlement."""
    data = tmp_path / "data"
    monitor = Monitor(data, Assembly(), Settings())
    monitor.take(list(open_source(file_of(tmp_path, FIRST))))
    monitor.close()
    return data


def test_each_step_is_told_in_both_languages_with_its_source(tmp_path: Path) -> None:
    shown = run(str(file_of(tmp_path, SECOND)))
    assert "年度起付标准1000.00元" in shown
    assert "yearly deductible 1000.00" in shown
    assert "第五条 [CF-5a]" in shown
    assert "多付 too much: 300.00" in shown
    assert "PERSON-1" not in shown


def test_the_sums_of_the_year_come_from_the_state(tmp_path: Path, seen: Path) -> None:
    path = str(file_of(tmp_path, SECOND))
    told = json.loads(run(path, "--data", str(seen), "--json"))
    assert told["earlier_settlements"] == 1
    assert told["accumulators"]["deductible_general"] == "1000.00"
    assert told["fund_payment"] == "250.00"
    assert told["too_much"] == "50.00"
    assert "PERSON-1" not in json.dumps(told)
    by_id = json.loads(run("first", "--data", str(seen), "--json"))
    assert (by_id["earlier_settlements"], by_id["fund_payment"]) == (0, "100.00")


def test_an_open_value_gives_bounds_and_an_overlay_fills_it(tmp_path: Path) -> None:
    retiree = SECOND | {"insuplc_admdvs": "510100", "mdtrtarea_admvs": "510100", "psn_type": "12"}
    path = str(file_of(tmp_path, retiree))
    told = json.loads(run(path, "--json"))
    assert told["status"] == "undetermined"
    assert "outpatient.cap.retired" in told["missing"]
    overlay = POLICY_DIR / "overlays" / "demonstration-chengdu.yaml"
    filled = json.loads(run(path, "--json", "--policy", str(overlay)))
    assert (filled["status"], filled["fund_payment"]) == ("determined", "210.00")
    assert any(step["filled"] for step in filled["steps"])


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (FIRST | {"med_type": "21"}, "expected outpatient care"),
        (FIRST | {"insutype": "390"}, "expected outpatient care"),
        ({**FIRST, "event_time": "soon"}, "event_time"),
    ],
)
def test_what_is_no_outpatient_settlement_is_refused(
    tmp_path: Path, event: dict[str, Any], reason: str
) -> None:
    result = CliRunner().invoke(benefit, [str(file_of(tmp_path, event))])
    assert result.exit_code == 1
    assert reason in result.output


def test_an_id_needs_a_state_that_has_seen_it(seen: Path) -> None:
    assert CliRunner().invoke(benefit, ["nobody"]).exit_code == 2
    missing = CliRunner().invoke(benefit, ["nobody", "--data", str(seen)])
    assert missing.exit_code == 2
    assert "neither a file nor a settlement" in missing.output


def test_a_state_of_an_earlier_version_is_named_as_one(seen: Path) -> None:
    with closing(sqlite3.connect(seen / LEDGER)) as connection:
        connection.execute("DROP INDEX state_records_place")
        connection.execute("ALTER TABLE state_records DROP COLUMN place")
        connection.commit()
    refused = CliRunner().invoke(benefit, ["first", "--data", str(seen)])
    assert refused.exit_code == 1
    assert "earlier version" in refused.output
