"""`fundwatch users` and `fundwatch verdicts`, called as the shell calls them."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from alerts.access import links, tokens
from alerts.cases import work
from alerts.ledger.writing import record
from streams.cli import cli
from streams.monitor import open_ledger
from tests.unit.alerts.cases.stories import LI, NOW_MS
from tests.unit.alerts.made import an_alert


def _call(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


def _listed(data: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(
        _call("users", "list", "--json", "--data", str(data)).stdout
    )
    return found


def test_a_user_is_added_changed_and_shut_out(tmp_path: Path) -> None:
    data = str(tmp_path / "new")
    added = _call("users", "add", "王芳", "--role", "supervisor", "--area", "6401", "--data", data)
    assert added.exit_code == 0, added.output
    secret = added.stdout.strip().rpartition("/first/")[2]
    with open_ledger(tmp_path / "new") as ledger, ledger.read() as connection:
        link = links.look(connection, secret, 0)
    assert link is not None
    assert (link.user_name, link.role, link.areas) == ("王芳", "supervisor", ("6401",))

    assert _call("users", "change", "王芳", "--all-areas", "--data", data).exit_code == 0
    assert _listed(Path(data))[0]["areas"] == []
    assert _call("users", "change", "王芳", "--shut-out", "--data", data).exit_code == 0
    assert _listed(Path(data))[0]["active"] is False
    assert "停用" in _call("users", "list", "--data", data).stdout


def test_a_token_is_shown_once_and_revoked(tmp_path: Path) -> None:
    data = str(tmp_path)
    made = _call("users", "token", "feeder", "--send", "--days", "30", "--data", data)
    assert made.exit_code == 0, made.output
    secret = made.stdout.strip()
    assert secret.startswith("fw_")
    user = _listed(tmp_path)[0]
    assert (user["name"], user["role"]) == ("feeder", "viewer")
    assert secret not in json.dumps(user)
    [token] = user["tokens"] if isinstance(user["tokens"], list) else []
    assert token["scope"] == "send"
    assert _call("users", "revoke", token["token_id"], "--data", data).exit_code == 0
    with open_ledger(tmp_path) as ledger, ledger.read() as connection:
        assert tokens.holder(connection, secret, NOW_MS) is None


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("token", "nobody"), "no user 'nobody'"),
        (("change", "nobody", "--role", "viewer"), "no user 'nobody'"),
        (("link", "nobody"), "no user 'nobody'"),
        (("add", "1"), "a letter"),
        (("add", "a", "--area", "x"), "area"),
        (("revoke", "x"), "no token 'x'"),
    ],
)
def test_what_cannot_be_done_is_told(tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    failed = _call("users", *arguments, "--data", str(tmp_path))
    assert failed.exit_code == 1
    assert told in failed.output


def test_verdicts_are_written_as_train_reads_them(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger, ledger.begin() as connection:
        record(connection, [an_alert("a"), an_alert("b", event_ids=("e3",))], 1)
        work.confirm(connection, LI, NOW_MS, "a", 0, "41-1")
        work.dismiss(connection, LI, NOW_MS, "b", 0, "lawful")
    out = tmp_path / "verdicts.csv"
    done = _call("verdicts", "--data", str(tmp_path), "--out", str(out))
    assert done.exit_code == 0, done.output
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["event_id"], row["label"]) for row in rows] == [
        ("e1", "1"),
        ("e2", "1"),
        ("e3", "0"),
    ]
    assert {row["known_at"] for row in rows} == {"2026-02-25T14:13:20+08:00"}
