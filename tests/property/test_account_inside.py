"""Senders that count account money inside the fund's sum: the same alerts, the switch being on."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from alerts.table import AlertRow, difference, rows_of
from streams.assembly import Assembly
from streams.replay import replay

_OVERLAY = """\
overlay: inside
pack: {pack}
mode: replace
official: true
title_zh: 试
title_en: t
values:
  amounts:
    fund_sum_includes_account:
      - {{from: 2020-01-01, value: true, reference: made up, checked: 2026-01-01}}
"""
_PACKS = ("nation", "ningxia", "sichuan", "chifeng")
_AMOUNTS = "data_quality.amounts"


def _inside(lines: list[bytes]) -> Iterator[bytes]:
    """The lines with the account's money counted inside the fund's sum."""
    for line in lines:
        event = msgspec.json.decode(line)
        account = _fen(event, "acct_pay") or _fen(event, "acct_mulaid_pay")
        if event["event_type"] in {"settlement", "reversal"} and account:
            event["fund_pay_sumamt"] = str(_fen(event, "fund_pay_sumamt") + account)
        yield msgspec.json.encode(event) + b"\n"


def _fen(event: dict[str, object], name: str) -> Decimal:
    return Decimal(str(event.get(name) or 0)).quantize(Decimal("0.01"))


@pytest.fixture(scope="module")
def apart(stream: Path, assembly: Assembly) -> list[AlertRow]:
    """The table of the stream as it was written."""
    rows = rows_of(replay([stream / "events.ndjson"], assembly, workers=1).alerts)
    assert len(rows) > 10
    return rows


@pytest.fixture(scope="module")
def together(stream: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stream as such senders write it."""
    lines = (stream / "events.ndjson").read_bytes().splitlines()
    file = tmp_path_factory.mktemp("together") / "events.ndjson"
    changed = list(_inside(lines))
    assert changed != [line + b"\n" for line in lines]
    file.write_bytes(b"".join(changed))
    return file


def test_with_the_switch_on_nothing_changes(
    stream: Path, together: Path, apart: list[AlertRow], tmp_path: Path
) -> None:
    overlays = []
    for pack in _PACKS:
        overlays.append(tmp_path / f"{pack}.yaml")
        overlays[-1].write_text(_OVERLAY.format(pack=pack), encoding="utf-8")
    assembly = Assembly(reference=stream / "reference", policy=tuple(overlays))
    assert difference(apart, rows_of(replay([together], assembly, workers=1).alerts)) == []


def test_with_the_switch_off_only_the_data_is_called_wrong(
    together: Path, assembly: Assembly, apart: list[AlertRow]
) -> None:
    rows = rows_of(replay([together], assembly, workers=1).alerts)

    def others(table: list[AlertRow]) -> list[AlertRow]:
        return [row for row in table if row.rule_id != _AMOUNTS]

    assert difference(others(apart), others(rows)) == []
    assert len(rows) > len(others(rows))
