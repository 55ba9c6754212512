"""A value is changed in a file while the monitor runs: the alerts after it say the new one."""

import json
import logging
import os
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from pyarrow import parquet

from alerts.alert import Alert
from alerts.ledger.configuring import LOADED, RELOADED, configurations
from events.readers import Read, read_line
from streams.assembly import Assembly
from streams.cli import cli
from streams.monitor import Monitor
from streams.settings import Settings

PATH = "outpatient.deductible.employed"


def overlay(path: Path, *values: tuple[str, str]) -> None:
    """Write deductibles with the days they hold from."""
    lines = "".join(
        f"        - {{from: {since}, value: {value}, reference: made up, checked: 2024-01-01}}\n"
        for since, value in values
    )
    path.write_text(
        "overlay: trial\npack: chifeng\nmode: replace\nofficial: false\ntitle_zh: 试\n"
        "title_en: trial\nvalues:\n  outpatient:\n    deductible:\n"
        f"      employed:\n{lines}",
        encoding="utf-8",
    )


def reads(day: str, number: int) -> list[Read]:
    """Somebody in work is insured, and the pool pays all of a costly visit of a day."""
    common = {"psn_no": f"P{number}", "insuplc_admdvs": "150400", "mdtrtarea_admvs": "150400"}
    insured = {
        **common,
        "event_type": "insurance_status",
        "event_id": f"i{number}",
        "event_time": "2024-01-01T00:00:00+08:00",
        "insutype": "310",
        "psn_type": "11",
        "psn_insu_stas": "1",
        "clct_way": "full",
        "begndate": "2020-01-01",
    }
    visit = {
        **common,
        "event_type": "settlement",
        "event_id": f"s{number}",
        "event_time": f"{day}T10:00:00+08:00",
        "setl_id": f"S{number}",
        "fixmedins_code": "H15040000001",
        "hosp_lv": "2",
        "insutype": "310",
        "psn_type": "11",
        "med_type": "11",
        "medfee_sumamt": "2000.00",
        "inscp_scp_amt": "2000.00",
        "act_pay_dedc": "0.00",
        "hifp_pay": "1000.00",
        "fund_pay_sumamt": "1000.00",
        "psn_part_amt": "1000.00",
        "psn_cash_pay": "1000.00",
    }
    lines = (insured, visit)
    return [read_line(json.dumps(line).encode(), "t", at) for at, line in enumerate(lines)]


def found(monitor: Monitor, day: str, number: int) -> Alert:
    """The alert about the deductible of a visit."""
    alerts = monitor.take(reads(day, number)).alerts
    return next(alert for alert in alerts if alert.rule_id == "benefit.deductible_skipped")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An overlay with one value."""
    path = tmp_path / "deductible.yaml"
    overlay(path, ("2023-01-01", "800"))
    return path


@pytest.fixture
def monitor(tmp_path: Path, file: Path) -> Monitor:
    """A monitor with the overlay."""
    assembly = Assembly(policy=(file,), rules=("benefit.deductible_skipped",))
    return Monitor(tmp_path / "data", assembly, Settings())


def test_alerts_after_a_change_say_the_new_value_and_the_export_both(
    monitor: Monitor, file: Path, tmp_path: Path
) -> None:
    first = found(monitor, "2024-03-01", 1)
    overlay(file, ("2023-01-01", "800"), ("2024-03-15", "600"))
    second, third = found(monitor, "2024-03-20", 2), found(monitor, "2024-03-02", 3)
    with monitor.ledger.read() as connection:
        known = configurations(connection)
    monitor.close()
    out = tmp_path / "out"
    done = CliRunner().invoke(
        cli,
        ["export", "--period", "2024-03", "--data", str(tmp_path / "data"), "--out", str(out)],
    )
    assert done.exit_code == 0, done.output
    rows = parquet.read_table(out / "parquet" / "parameters.parquet").to_pylist()
    changes = parquet.read_table(out / "parquet" / "policy_changes.parquet").to_pylist()

    assert [alert.evidence["deductible"] for alert in (first, second, third)] == [
        Decimal(800),
        Decimal(600),
        Decimal(800),
    ]
    assert [alert.amount for alert in (first, second)] == [Decimal(400), Decimal(300)]
    assert [one.action for one in known] == [LOADED, RELOADED]
    assert known[1].before == known[0].configuration.policy != known[1].configuration.policy
    told = [
        (row["value"], str(row["since"]), str(row["until"]), bool(row["change"]))
        for row in rows
        if row["path"] == PATH
    ]
    assert told == [
        ("800.00 yuan", "2023-01-01", "2024-03-14", True),
        ("600.00 yuan", "2024-03-15", "None", True),
    ]
    summary = parquet.read_table(out / "parquet" / "summary.parquet").to_pylist()
    assert "800.00 yuan" in (both := summary[-1]["value"])
    assert "2024-03-15 600.00 yuan" in both
    named = [(row["path"], row["since"], row["after"]) for row in changes if row["path"]]
    assert (PATH, "2024-03-15", "600.00 yuan") in named


def test_a_broken_file_leaves_the_policy_and_is_told(
    monitor: Monitor, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    found(monitor, "2024-03-01", 1)
    digest = monitor.engine.context.policy.digest
    file.write_text("overlay: [", encoding="utf-8")
    with caplog.at_level(logging.ERROR):
        alert = found(monitor, "2024-03-20", 2)
    outcomes = monitor.metrics.text().decode()
    monitor.close()

    assert alert.evidence["deductible"] == 800
    assert monitor.engine.context.policy.digest == digest
    assert "deductible.yaml" in caplog.text
    assert 'fundwatch_policy_reloads_total{outcome="refused"} 1.0' in outcomes


def test_a_file_that_is_gone_leaves_the_policy(monitor: Monitor, file: Path) -> None:
    found(monitor, "2024-03-01", 1)
    file.unlink()

    assert found(monitor, "2024-03-20", 2).evidence["deductible"] == 800
    monitor.close()


def test_who_asks_is_heard_though_nothing_seems_changed(monitor: Monitor, file: Path) -> None:
    found(monitor, "2024-03-01", 1)
    before = file.stat()
    overlay(file, ("2023-01-01", "600"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_size == before.st_size
    monitor.policy.ask()

    assert found(monitor, "2024-03-20", 2).evidence["deductible"] == 600
    monitor.close()


def test_nothing_is_entered_for_who_only_asks_and_once_for_the_same(
    tmp_path: Path, file: Path
) -> None:
    assembly = Assembly(policy=(file,), rules=("benefit.deductible_skipped",))
    for _ in range(2):
        monitor = Monitor(tmp_path / "data", assembly, Settings())
        monitor.take(reads("2024-03-01", 1))
        monitor.refresh_policy()
        monitor.close()
    idle = Monitor(tmp_path / "other", assembly, Settings())
    with idle.ledger.read() as connection:
        assert configurations(connection) == []
    idle.close()
    again = Monitor(tmp_path / "data", assembly, Settings())
    with again.ledger.read() as connection:
        assert [one.action for one in configurations(connection)] == [LOADED]
    again.close()
