"""Makes an export: reads ledger and archive once, writes every file, signs the manifest.

Everything is read in one transaction, so that all tables are of the same moment. The manifest is
written last: a folder without one is an export that was cut short, and is written anew.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Final

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
from alerts.exports.summary import SUMMARY, Added, Found, as_text, charts, summary
from alerts.exports.tables import Table
from alerts.exports.tally import Tally
from alerts.exports.workbook import Book, Sheet
from alerts.ledger import archive
from alerts.ledger.configuring import Configured, configurations
from alerts.ledger.journal import head_of
from alerts.risk.budget import Budget
from alerts.risk.findings import findings
from alerts.risk.indicators import Indicator, Spending, indicators
from alerts.risk.points import accounts, load_scale
from alerts.risk.thresholds import load_thresholds
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
    everything = Found(policy, known, sums, found, points, parameters, on)
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


def _write(
    connection: Connection, period: Period, inputs: Inputs, out: Path, found: Found
) -> dict[str, int]:
    """Write all tables; rows by table."""
    rows: dict[str, int] = {}
    with Book(out / WORKBOOK, period) as book:
        front = book.sheet("摘要 Summary")
        sheets: dict[str, Sheet] = {}
        for table in _tables(connection, period, inputs, found):
            sheet = sheets[table.name] = book.table(table)
            rows[table.name] = _rows(table, out, sheet)
        told = summary(period, inputs.version, found, rows)
        at = book.summary(front, told)
        charts(book, front, sheets, at + 1)
        with Both(out, "summary", SUMMARY) as files:
            for column, value in told:
                files.take((column.name, column.zh, column.en, as_text(column, value)))
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
    connection: Connection, period: Period, inputs: Inputs, found: Found
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
