"""Makes an export: reads ledger and archive once, writes every file, signs the manifest.

Everything is read in one transaction, so that all tables are of the same moment. The manifest is
written last: a folder without one is an export that was cut short, and is written anew.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct
from sqlalchemy import Connection

from alerts.exports import ledger_tables, money_tables, parameter_tables, risk_tables
from alerts.exports.chain import write_chain
from alerts.exports.columnar import Both
from alerts.exports.keys import fingerprint, public_pem
from alerts.exports.manifest import (
    FORM,
    JOURNAL,
    MANIFEST,
    PUBLIC_KEY,
    SIGNATURE,
    Head,
    Manifest,
    Span,
    encode,
    files_below,
    listed,
)
from alerts.exports.periods import Period
from alerts.exports.slim import Slim, slim_of
from alerts.exports.tables import Column, Table
from alerts.exports.tally import Sums, Tally
from alerts.exports.words import KINDS, told
from alerts.exports.workbook import Book, Sheet
from alerts.ledger import archive
from alerts.ledger.configuring import Configured, configurations
from alerts.ledger.journal import head_of
from alerts.risk.budget import Budget
from alerts.risk.findings import findings
from alerts.risk.indicators import Indicator, Spending, indicators
from alerts.risk.points import Account, accounts, load_scale
from alerts.risk.thresholds import load_thresholds
from events.money import yuan
from events.times import day_number, day_of, day_start, moment
from rules.digests import rule_digests, rules_digest
from rules.packs import Policy
from rules.reference import Reference
from rules.rule import Rule

WORKBOOK: Final = "export.xlsx"
_FOLDERS: Final = ("csv", "parquet")
_PROGRESS: Final = 20_000


class ExportError(RuntimeError):
    """An export that cannot be written; says why and what to do."""


class Inputs(Struct, frozen=True):
    """What an export is made with, besides ledger and period.

    `policy` is None where the journal's own configuration is to be used; `digests` are those of
    knowledge, models and reference data.
    """

    reference: Reference
    budget: Budget
    rules: tuple[Rule, ...]
    version: str
    policy: Policy | None = None
    digests: Mapping[str, str] = {}


class Added(Struct, frozen=True):
    """The sums of a period, and of what came before it since the beginning of the year before."""

    period: Tally
    earlier: Tally
    since: int


def export(
    connection: Connection,
    period: Period,
    inputs: Inputs,
    key: Ed25519PrivateKey,
    out: Path,
    progress: Callable[[int], None] = lambda _: None,
) -> Manifest:
    """Write the export of a period into a folder; what an earlier one left there is replaced.

    Raises ExportError where the folder holds anything else.
    """
    _clear(out)
    head = head_of(connection)
    known = configurations(connection)
    policy = inputs.policy or policy_used(known)
    sums = add_up(connection, period, policy, inputs.reference, progress)
    on = _known_until(connection, period)
    found = _indicators(connection, on, inputs.budget, sums)
    points = accounts(findings(connection, period.last), load_scale())
    areas = {cell.area for cell in sums.period.cells} | {flow.area for flow in sums.period.flows}
    parameters = parameter_tables.parameters(policy, areas, period)
    everything = _Found(policy, known, sums, found, points, parameters, on)
    rows = _write(connection, period, inputs, out, everything)
    write_chain(connection, out / JOURNAL, head.seq)
    manifest = Manifest(
        form=FORM,
        period=Span(period.name, period.kind, period.first.isoformat(), period.last.isoformat()),
        command=f"fundwatch export --period {period.name}",
        version=inputs.version,
        journal=Head(head.seq, head.hash),
        events=sums.period.events,
        digests=_digests(policy, known, inputs),
        rows=rows,
        files={name: listed(out / name) for name in files_below(out)},
        key=fingerprint(key.public_key()),
    )
    raw = encode(manifest)
    (out / PUBLIC_KEY).write_bytes(public_pem(key.public_key()))
    (out / SIGNATURE).write_text(key.sign(raw).hex() + "\n", encoding="ascii")
    (out / MANIFEST).write_bytes(raw)
    return manifest


def _digests(policy: Policy, known: list[Configured], inputs: Inputs) -> dict[str, str]:
    """What is told, and what alerts were found under where it is not."""
    last = known[-1].configuration if known else None
    told = {"policy": policy.digest, "rules": rules_digest(), **inputs.digests}
    if last is not None:
        told["knowledge"] = told.get("knowledge") or last.knowledge
        told["reference"] = told.get("reference") or last.reference
        told["rules_used"] = last.rules
        told["policy_used"] = last.policy
    return told


def policy_used(known: list[Configured]) -> Policy:
    """The policy of the last configuration in the journal; the packs alone without any."""
    return parameter_tables.policy_of(known[-1].configuration.overlays if known else ())


def _clear(out: Path) -> None:
    """Make the folder, or empty it of an earlier export."""
    if out.exists():
        if not out.is_dir():
            raise ExportError(f"{out}: found a file, expected a folder or nothing")
        ours = {JOURNAL, WORKBOOK, MANIFEST, SIGNATURE, PUBLIC_KEY}
        present = files_below(out)
        foreign = [
            name
            for name in present
            if name not in ours
            and not (name.partition("/")[0] in _FOLDERS and name.endswith((".csv", ".parquet")))
        ]
        if foreign:
            raise ExportError(
                f"{out}: found {foreign[0]}, which is of no export; give --out an empty or new"
                " folder"
            )
        # The manifest first: from now on this is no export until the new one is whole.
        for name in sorted(present, key=lambda one: one != MANIFEST):
            (out / name).unlink()
    for folder in _FOLDERS:
        (out / folder).mkdir(parents=True, exist_ok=True)


def add_up(
    connection: Connection,
    period: Period,
    policy: Policy,
    reference: Reference,
    progress: Callable[[int], None] = lambda _: None,
) -> Added:
    """Add up the events of the period, and those since the year before it for comparison."""
    within, earlier = Tally(policy, reference), Tally(policy, reference)
    begin = day_start(day_number(date(period.first.year - 1, 1, 1)))
    unseen = archive.Unseen()
    done = 0
    for first, lines in archive.blocks(connection, begin, period.until):
        unseen.begin(first)
        now: list[Slim] = []
        before: list[Slim] = []
        for line in lines:
            event = slim_of(line)
            if event is None:
                continue
            time = event.time
            if not begin <= time < period.until or not unseen(event.event_id, time):
                continue
            (now if time >= period.since else before).append(event)
        within.take(now)
        earlier.take(before)
        done += len(lines)
        if done >= _PROGRESS:
            progress(done)
            done = 0
    earlier.finish()
    within.finish(earlier)
    held = archive.extent(connection)
    return Added(within, earlier, day_of(held.first) if held.events else day_number(period.first))


def _known_until(connection: Connection, period: Period) -> date:
    """The day of which indicators are: the last of the period, or the last one with any event.

    Days to come in a period that is not over are not days on which nothing was spent.
    """
    held = archive.extent(connection)
    if held.events and held.last >= period.since:
        return min(period.last, moment(held.last).date())
    return period.last


def _indicators(connection: Connection, on: date, budget: Budget, sums: Added) -> list[Indicator]:
    spending = spending_of((sums.earlier, sums.period), sums.since)
    at_risk = ledger_tables.standing_at_risk(connection)
    whole = Spending(spending.days, spending.institutions, spending.since, at_risk)
    return indicators(whole, budget, on, load_thresholds())


def spending_of(tallies: tuple[Tally, ...], since: int) -> Spending:
    """What indicators are made of, from sums."""
    days: dict[tuple[int, str, str], int] = {}
    institutions: dict[tuple[str, str, str], int] = {}
    for tally in tallies:
        for key, amount in tally.funds.items():
            days[key] = days.get(key, 0) + amount
        for cell, one in tally.cells.items():
            place = (cell.month, cell.area, cell.institution)
            institutions[place] = institutions.get(place, 0) + one.fund_net
    return Spending(days, institutions, since)


class _Found(Struct, frozen=True):
    policy: Policy
    known: list[Configured]
    sums: Added
    indicators: list[Indicator]
    points: list[Account]
    parameters: Table
    on: date


def _write(
    connection: Connection, period: Period, inputs: Inputs, out: Path, found: _Found
) -> dict[str, int]:
    """Write all tables; rows by table."""
    rows: dict[str, int] = {}
    with Book(out / WORKBOOK, period) as book:
        front = book.sheet("摘要 Summary")
        sheets: dict[str, Sheet] = {}
        for table in _tables(connection, period, inputs, found):
            sheet = sheets[table.name] = book.table(table)
            rows[table.name] = _rows(table, out, sheet)
        told = _summary(period, inputs, found, rows)
        at = book.summary(front, told)
        _charts(book, front, sheets, at + 1)
        with Both(out, "summary", _SUMMARY) as files:
            for column, value in told:
                files.take((column.name, column.zh, column.en, _as_text(column, value)))
        rows["summary"] = len(told)
    return dict(sorted(rows.items()))


def _rows(table: Table, out: Path, sheet: Sheet) -> int:
    count = 0
    with Both(out, table.name, table.columns) as files:
        for row in table.rows:
            files.take(row)
            sheet.take(row)
            count += 1
    sheet.close()
    return count


def _tables(
    connection: Connection, period: Period, inputs: Inputs, found: _Found
) -> Iterator[Table]:
    tally, reference = found.sums.period, inputs.reference
    yield money_tables.daily(tally)
    yield ledger_tables.alerts(connection, period)
    yield ledger_tables.cases(connection, period)
    yield money_tables.institutions(tally, reference)
    yield ledger_tables.by_rule(connection, period, inputs.rules)
    yield money_tables.accounts(tally)
    yield money_tables.schemes(tally)
    yield money_tables.settlement(tally, reference)
    yield money_tables.claims(tally)
    yield from money_tables.bookkeeping(tally)
    yield risk_tables.fund_risk(found.indicators, reference, found.on)
    yield from risk_tables.credit_points(found.points, reference)
    yield from money_tables.disclosure(tally, reference)
    yield found.parameters
    yield parameter_tables.policy_changes(found.known)
    yield ledger_tables.rules_used(inputs.rules, rule_digests(inputs.rules))
    yield money_tables.cell_rows(tally)


_SUMMARY: Final = (
    Column("name", "项目代码", "item"),
    Column("zh", "项目", "item in Chinese"),
    Column("en", "英文", "item in English"),
    Column("value", "值", "value"),
)


def _summary(
    period: Period, inputs: Inputs, found: _Found, rows: Mapping[str, int]
) -> list[tuple[Column, Any]]:
    tally = found.sums.period
    total = Sums()
    for sums in tally.cells.values():
        total.add(sums)
    reds = sum(one.level == "red" for one in found.indicators)
    ambers = sum(one.level == "amber" for one in found.indicators)
    head = found.known[-1] if found.known else None
    return [
        (Column("period", "期间", "period"), f"{period.name} {told(KINDS, period.kind)}"),
        (Column("first", "起始日", "first day", "date"), period.first),
        (Column("last", "截止日", "last day", "date"), period.last),
        (Column("events", "汇总事件数", "events added up", "count"), tally.events),
        (Column("settlements", "结算笔数", "settlements", "count"), total.settlements),
        (Column("persons", "就诊人数", "people", "count"), tally.persons),
        (Column("institutions", "定点机构数", "institutions", "count"), _institutions(tally)),
        (Column("medfee", "医疗费总额", "total cost", "money"), total.fee),
        (Column("fund_paid", "基金支付", "paid by funds", "money"), total.fund),
        (Column("fund_back", "基金退回", "returned to funds", "money"), total.fund_back),
        (Column("fund_net", "基金净支付", "net of funds", "money"), total.fund_net),
        (Column("account_paid", "个人账户支付", "from accounts", "money"), total.account),
        (Column("account_net", "个人账户净支付", "net of accounts", "money"), total.account_net),
        (Column("cash_paid", "个人现金支付", "in cash", "money"), total.cash),
        (Column("reversals", "退费笔数", "reversals", "count"), total.reversals),
        (Column("alerts", "预警", "alerts", "count"), rows["alerts"]),
        (Column("cases", "案件", "cases", "count"), rows["cases"]),
        (Column("red", "红色风险指标", "red indicators", "count"), reds),
        (Column("amber", "黄色风险指标", "amber indicators", "count"), ambers),
        (Column("policy", "政策摘要", "digest of the policy"), found.policy.digest),
        (
            Column("policy_since", "政策启用时间", "policy in use since", "time"),
            head.at_ms // 1000 if head else None,
        ),
        (Column("version", "软件版本", "version of fundwatch"), inputs.version),
        (
            Column("changed", "期内变更的参数", "parameters that changed in the period"),
            parameter_tables.changed_within(found.parameters),
        ),
    ]


def _institutions(tally: Tally) -> int:
    return len({cell.institution for cell in tally.cells})


def _as_text(column: Column, value: Any) -> str | None:
    if value is None:
        return None
    if column.kind == "money":
        return str(yuan(value))
    return value.isoformat() if column.kind == "date" else str(value)


def _charts(book: Book, front: Any, sheets: Mapping[str, Sheet], below: int) -> None:
    """Four charts under the summary."""
    left, right = f"A{below + 1}", f"C{below + 1}"
    daily = sheets["daily"]
    book.chart(
        front,
        left,
        "每日基金与个人账户支付 Paid a day",
        daily,
        [(4, "基金 funds"), (5, "个人账户 accounts")],
    )
    book.chart(front, right, "每日结算笔数 Settlements a day", daily, [(1, "结算 settlements")])
    left, right = f"A{below + 17}", f"C{below + 17}"
    by_rule = sheets["rules"]
    book.chart(
        front,
        left,
        "各规则预警数 Alerts by rule",
        by_rule,
        [(5, "预警 alerts")],
        kind="bar",
        labels=2,
        most=30,
    )
    institutions = sheets["institutions"]
    book.chart(
        front,
        right,
        "各机构基金净支付 Net of funds by institution",
        institutions,
        [(14, "基金净支付 net of funds")],
        kind="bar",
        labels=1,
        most=20,
    )
