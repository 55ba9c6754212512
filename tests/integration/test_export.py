"""An export read by other libraries and recomputed from the events; one changed byte is found."""

import csv
import json
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from alerts.exports.keys import own_key, public_pem
from alerts.ledger.journal import Entry, append
from simulation import simulate
from streams.cli import cli
from streams.monitor import open_ledger
from tests.integration.workers import COMMAND
from tests.services.processes import REPOSITORY

PERIOD = "2024-02"
openpyxl: Any = import_module("openpyxl")
MONEY = Decimal("0.01")


class Made:
    """A stream, the folder of a run over it, and an export of one month."""

    def __init__(self, folder: Path) -> None:
        simulate(folder / "stream", seed=5, persons=400, days=70)
        self.events = folder / "stream" / "events.ndjson"
        self.reference = folder / "stream" / "reference"
        self.data = folder / "data"
        command = ["run", str(self.events), "--reference", str(self.reference), "--once"]
        command += ["--data", str(self.data), "--listen", "127.0.0.1:0"]
        subprocess.run([*COMMAND, *command], cwd=REPOSITORY, check=True, capture_output=True)
        self.out = folder / "export"
        assert self.export(PERIOD, self.out).exit_code == 0

    def export(self, period: str, out: Path) -> Result:
        """Export a period with the command."""
        arguments = ["export", "--period", period, "--data", str(self.data), "--out", str(out)]
        return CliRunner().invoke(cli, [*arguments, "--reference", str(self.reference)])

    def lines(self) -> Iterator[dict[str, Any]]:
        """The events of the month as plain JSON, each once; nothing of ours decodes them."""
        seen = set()
        for line in self.events.read_bytes().splitlines():
            event = json.loads(line, parse_float=Decimal, parse_int=Decimal)
            at = datetime.fromisoformat(event["event_time"])
            assert at.utcoffset() is not None
            if at.isoformat().startswith(PERIOD) and event["event_id"] not in seen:
                seen.add(event["event_id"])
                yield event


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """One export for all tests."""
    return Made(tmp_path_factory.mktemp("export"))


def verified(folder: Path, *more: str) -> tuple[int, str]:
    """Exit code and output of `fundwatch verify`."""
    found = CliRunner().invoke(cli, ["verify", str(folder), *more])
    return found.exit_code, found.output


def table(made: Made, name: str) -> list[dict[str, Any]]:
    """A table as pyarrow reads it."""
    return pq.read_table(made.out / "parquet" / f"{name}.parquet").to_pylist()


def test_the_sums_are_those_of_the_events(made: Made) -> None:
    fee: defaultdict[str, Decimal] = defaultdict(Decimal)
    due: defaultdict[str, Decimal] = defaultdict(Decimal)
    income: defaultdict[str, Decimal] = defaultdict(Decimal)
    premiums = Decimal(0)
    people = set()
    for event in made.lines():
        match event["event_type"]:
            case "settlement":
                place = event["fixmedins_code"]
                fee[place] += event["medfee_sumamt"]
                due[place] += event["fund_pay_sumamt"] + event["acct_pay"]
                people.add(event["psn_no"])
            case "reversal":
                place = event["fixmedins_code"]
                fee[place] += 0
                due[place] -= event["fund_pay_sumamt"] + event["acct_pay"]
            case "account_credit":
                income[event["credit_kind"]] += event["amt"]
            case "account_premium" if event["product"] in {"resident", "long_term_care"}:
                premiums += event["amt"]
    assert len(fee) > 10

    institutions = table(made, "institutions")
    assert {row["fixmedins_code"]: row["medfee"] for row in institutions} == fee
    settled = table(made, "settlement")
    assert {row["fixmedins_code"]: row["due"] for row in settled} == due
    accounts = table(made, "accounts")
    assert {
        row["item"]: row["amount"]
        for row in accounts
        if row["direction"].startswith("收入") and row["item"] != "refund"
    } == income
    journal = table(made, "bookkeeping")
    assert sum(row["debit"] for row in journal) == sum(row["credit"] for row in journal)
    assert sum(row["debit"] for row in journal) == 2 * premiums
    summary = {row["name"]: row["value"] for row in table(made, "summary")}
    assert summary["persons"] == str(len(people))
    assert Decimal(summary["medfee"]) == sum(fee.values())


def test_workbook_parquet_and_csv_say_the_same(made: Made) -> None:
    book = openpyxl.load_workbook(made.out / "export.xlsx", read_only=False)
    names = sorted(path.stem for path in (made.out / "parquet").iterdir())
    titles = {sheet.title: sheet for sheet in book.worksheets}
    assert len(book.worksheets) == len(names)
    assert len(titles["摘要 Summary"]._charts) == 4
    for name, title in (("alerts", "预警"), ("settlement", "与定点机构月结算"), ("daily", "按日")):
        rows = table(made, name)
        with (made.out / "csv" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            texts = list(csv.DictReader(file))
        cells = list(titles[title].iter_rows(min_row=4, values_only=True))
        assert len(rows) == len(texts) == len(cells) > 0
        for row, text, cell in zip(rows, texts, cells, strict=True):
            for (column, value), shown in zip(row.items(), cell, strict=True):
                if isinstance(value, Decimal):
                    assert text[column] == str(value)
                    assert Decimal(str(shown)).quantize(MONEY) == value
                elif isinstance(value, str):
                    assert text[column] == value == (shown or "")


def test_no_identity_is_in_any_file(made: Made) -> None:
    personal: set[str] = set()
    for event in made.lines():
        personal |= {event.get(name) or "" for name in ("psn_no", "certno", "psn_name", "card_sn")}
        personal |= {event.get(name) or "" for name in ("acct_owner_no", "benef_psn_no")}
    personal -= {""}
    for path in (made.out / "csv").iterdir():
        text = path.read_text(encoding="utf-8")
        found = [one for one in personal if one in text]
        assert found == [], path.name


def test_the_same_again_is_the_same_bytes(made: Made, tmp_path: Path) -> None:
    assert made.export(PERIOD, tmp_path / "again").exit_code == 0
    assert made.export(PERIOD, tmp_path / "again").exit_code == 0
    for path in made.out.rglob("*"):
        if path.is_file():
            other = tmp_path / "again" / path.relative_to(made.out)
            assert path.read_bytes() == other.read_bytes(), path.name


def test_an_untouched_export_is_whole(made: Made, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    key.write_bytes(public_pem(own_key(made.data).public_key()))

    assert verified(made.out)[0] == 0
    assert verified(made.out, "--public-key", str(key), "--data", str(made.data))[0] == 0


def test_any_changed_byte_is_found(made: Made, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(made.out, copy)
    for path in sorted(copy.rglob("*")):
        if not path.is_file():
            continue
        original = path.read_bytes()
        for at in {0, len(original) // 2, len(original) - 1}:
            changed = bytearray(original)
            changed[at] ^= 0x20
            path.write_bytes(changed)
            code, output = verified(copy)
            assert code == 1, f"{path.name} at {at}"
            assert path.name in output
        path.write_bytes(original)
    assert verified(copy)[0] == 0


def test_a_missing_or_added_file_is_found(made: Made, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(made.out, copy)
    (copy / "csv" / "alerts.csv").rename(tmp_path / "alerts.csv")
    (copy / ".hidden").write_text("x", encoding="utf-8")
    code, output = verified(copy)

    assert code == 1
    assert "csv/alerts.csv: is missing" in output
    assert ".hidden: is not in the manifest" in output
    for name in ("manifest.json", "manifest.sig", "public_key.pem"):
        (copy / name).unlink()
        assert verified(copy)[0] == 1


def test_another_key_is_found(made: Made, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    other.write_bytes(public_pem(own_key(tmp_path).public_key()))
    code, output = verified(made.out, "--public-key", str(other))

    assert code == 1
    assert "another key" in output


def test_a_broken_chain_is_found(made: Made, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(made.data, data)
    with open_ledger(data) as ledger:
        with ledger.begin() as connection:
            append(connection, [Entry(1, "a", "b.c", "", {})])
        assert verified(made.out, "--data", str(data))[0] == 0
        with ledger.begin() as connection:
            connection.exec_driver_sql("DROP TRIGGER journal_no_update")
            connection.exec_driver_sql("UPDATE journal SET actor = 'x' WHERE seq = 3")
    code, output = verified(made.out, "--data", str(data))

    assert code == 1
    assert "broken at entry 3" in output


def test_an_empty_period_is_exported(made: Made, tmp_path: Path) -> None:
    assert made.export("2019-W01", tmp_path / "empty").exit_code == 0
    assert verified(tmp_path / "empty")[0] == 0
    summary = pq.read_table(tmp_path / "empty" / "parquet" / "summary.parquet").to_pylist()
    assert {row["name"]: row["value"] for row in summary}["settlements"] == "0"
    openpyxl.load_workbook(tmp_path / "empty" / "export.xlsx")


def test_days_to_come_are_not_days_without_spending(made: Made, tmp_path: Path) -> None:
    assert made.export("2024-H1", tmp_path / "half").exit_code == 0
    rows = pq.read_table(tmp_path / "half" / "parquet" / "fund_risk.parquet").to_pylist()
    spent = [row for row in rows if row["indicator"] == "run_rate" and row["fund"] == "pooling"]
    by_view = {row["view"]: row["basis"] for row in spent}

    # Seventy days were watched: they are held against the budget of these days, in every view.
    assert by_view["半年评估 half year"] == by_view["年 year"]
    assert all(row["value"] > 0 for row in spent)


def test_a_folder_with_other_files_is_left_alone(made: Made, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    done = made.export(PERIOD, tmp_path)

    assert done.exit_code == 1
    assert "thesis.txt" in done.output
    assert made.export("2024-13", tmp_path / "x").exit_code == 2
