"""`fundwatch benefit`: what the pool owes for one settlement, step by step, with its sources."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import click
from msgspec import structs

from events.codec import decode
from events.codes import name_of
from events.deadletters import BadRecordError
from events.kinds import Settlement
from events.money import yuan
from events.times import moment
from rules.benefit import Benefit, Undetermined
from rules.benefit_rules.explaining import Explanation, explain
from rules.context import Context
from rules.histories import keyed
from rules.histories.digests import pseudonym, use_key
from rules.histories.intake import home
from rules.histories.person import Person
from rules.histories.records import Visit
from rules.packs import Policy
from rules.reference import load_reference
from streams.cli.options import FILE, FOLDER, require_ledger
from streams.monitor import LEDGER
from streams.settings import Settings
from streams.state import NUMBERS, SqliteHistories, is_earlier


@click.command()
@click.argument("event")
@click.option("--data", type=FOLDER, help="Folder of an embedded run, for the year's sums.")
@click.option(
    "--policy",
    "policy",
    type=FILE,
    multiple=True,
    help="Overlay that fills open values of the policy packs; none is active unless named.",
)
@click.option("--reference", type=FOLDER, help="Folder of reference CSV files.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def benefit(
    event: str,
    data: Path | None,
    policy: tuple[Path, ...],
    reference: Path | None,
    *,
    as_json: bool,
) -> None:
    """Calculate the benefit of one settlement, step by step.

    EVENT is a JSON file with a settlement, or, with --data, the id of one that was seen. Without
    --data the settlement is taken as the first of its year.
    """
    settings = Settings()
    use_key(settings.pseudonym_key.get_secret_value().encode())
    if data is not None:
        require_ledger(data)
    person, visit = _settlement(event, data)
    context = Context(load_reference(reference or settings.reference), Policy.load(policy))
    try:
        explained = explain(context, person, visit)
    except ValueError as wrong:
        raise click.ClickException(f"{event}: {wrong}") from None
    if as_json:
        click.echo(json.dumps(told(explained), ensure_ascii=False))
    else:
        _show(context, explained, seen=data is not None)


def _settlement(event: str, data: Path | None) -> tuple[Person, Visit]:
    """The settlement and its person's history, in which it stands."""
    path = Path(event)
    if not path.is_file():
        if data is None:
            raise click.UsageError(f"{event}: no such file; an id of an event needs --data")
        return _seen(event, data)
    try:
        read = decode(path.read_bytes()).event
    except BadRecordError as bad:
        raise click.ClickException(f"{event}: {bad}") from None
    if not isinstance(read, Settlement):
        raise click.ClickException(f"{event}: found a {type(read).__name__}, expected a settlement")
    person = Person(read.psn_no) if data is None else _person(read.psn_no, data)
    new = home(read)[0].record
    assert isinstance(new, Visit)
    person.take(new)
    return person, _visit(person, new.event_id)


def _seen(event_id: str, data: Path) -> tuple[Person, Visit]:
    """A settlement that an embedded run has seen. Raises a usage error where it has not."""
    query = "SELECT key FROM state_records WHERE kind = ? AND event_id = ? LIMIT 1"
    with closing(_opened(data)) as connection:
        row = connection.execute(query, (NUMBERS[keyed.PERSON], event_id)).fetchone()
    if row is None:
        raise click.UsageError(f"{event_id}: neither a file nor a settlement seen in {data}")
    person = _person(row[0], data)
    return person, _visit(person, event_id)


def _visit(person: Person, event_id: str) -> Visit:
    for visit in person.visits:
        if visit.event_id == event_id:
            return visit
    raise click.ClickException(f"{event_id}: found another kind of event, expected a settlement")


def _person(psn_no: str, data: Path) -> Person:
    with closing(_opened(data)) as connection:
        person = SqliteHistories(connection).get(keyed.PERSON, psn_no)
    assert isinstance(person, Person)
    return person


def _opened(data: Path) -> sqlite3.Connection:
    """The state of an embedded run, for reading only."""
    connection = sqlite3.connect(f"{(data / LEDGER).absolute().as_uri()}?mode=ro", uri=True)
    if is_earlier(connection):
        connection.close()
        raise click.ClickException(
            f"{data}: found the state of an earlier version, which `fundwatch run` puts into"
            " the present form when it is next started"
        )
    return connection


def told(explained: Explanation) -> dict[str, Any]:
    """The calculation as JSON has it: money in yuan as text, persons by pseudonym."""
    visit, result = explained.visit, explained.result
    outcome: dict[str, Any]
    if isinstance(result, Benefit):
        outcome = {
            "status": "determined" if result.covered else "not_covered",
            "deductible_used": str(yuan(result.deductible_used)),
            "ratio": str(result.ratio),
            "fund_payment": str(yuan(result.fund_payment)),
            "cap_left": None if result.cap_left is None else str(yuan(result.cap_left)),
            "unless": list(result.unless),
        }
    else:
        outcome = {
            "status": "undetermined",
            "deductible_used": _maybe(result.deductible_used),
            "ratio": None if result.ratio is None else str(result.ratio),
            "floor": str(yuan(result.floor)),
            "ceiling": str(yuan(result.ceiling)),
            "missing": list(result.paths),
        }
    sums = structs.asdict(explained.sums)
    return {
        "event_id": visit.event_id,
        "setl_id": visit.setl_id,
        "person": pseudonym(visit.psn_no),
        "area": visit.insured_area,
        "settled_at": moment(visit.time).isoformat(),
        "scheme": str(visit.scheme),
        "in_policy": str(yuan(visit.in_scope)),
        "earlier_settlements": explained.earlier,
        "accumulators": {
            name: value if name == "year" else str(yuan(value)) for name, value in sums.items()
        },
        **outcome,
        "paid": str(yuan(explained.paid)),
        "too_much": str(yuan(max(0, explained.paid - explained.most))),
        "too_little": str(yuan(max(0, explained.least - explained.paid))),
        "steps": [
            {
                "name": step.name,
                "zh": step.zh,
                "en": step.en,
                "amount": _maybe(step.amount),
                "path": step.path,
                "reference": step.reference,
                "clauses": list(step.clauses),
                "filled": step.filled,
            }
            for step in result.steps
        ],
    }


def _maybe(amount: int | None) -> str | None:
    return None if amount is None else str(yuan(amount))


def _show(context: Context, explained: Explanation, *, seen: bool) -> None:
    visit = explained.visit
    kind = name_of("med_type", visit.med_type, visit.insured_area)
    click.echo(
        f"{visit.event_id}  {moment(visit.time):%Y-%m-%d %H:%M}  {context.name_of(visit.inst)}"
        f"  {kind}  {pseudonym(visit.psn_no)}"
    )
    if seen:
        click.echo(
            f"本年此前结算{explained.earlier}笔 / {explained.earlier} earlier settlements this year"
        )
    else:
        click.echo("未指定 --data，按本年首笔计算 / no --data, taken as the first of its year")
    for number, step in enumerate(explained.result.steps, 1):
        click.echo(f"{number:>2}. {step.zh}")
        click.echo(f"    {step.en}")
        source = " ".join(filter(None, (step.reference, *(f"[{c}]" for c in step.clauses))))
        if source:
            note = "（填入值 filled in by an overlay）" if step.filled else ""
            click.echo(f"    — {source}{note}")
    _show_outcome(explained)


def _show_outcome(explained: Explanation) -> None:
    result = explained.result
    if isinstance(result, Undetermined):
        missing = "、".join(result.paths)
        click.echo(
            f"未能确定，缺少 / not determined, missing: {missing}\n"
            f"应付 due: {yuan(result.floor)} – {yuan(result.ceiling)}"
        )
    else:
        click.echo(f"应付 due: {yuan(result.fund_payment)}")
    click.echo(f"实付 paid: {yuan(explained.paid)}")
    if explained.paid > explained.most:
        click.echo(f"多付 too much: {yuan(explained.paid - explained.most)}")
    elif explained.paid < explained.least:
        click.echo(f"少付 too little: {yuan(explained.least - explained.paid)}")


COMMANDS: Final = (benefit,)
