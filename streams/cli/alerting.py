"""`fundwatch alerts`: what stands in a ledger, for people at a terminal and for programs."""

from pathlib import Path
from typing import Final

import click

from alerts.ledger import Ledger, reading
from alerts.ledger.lines import alert_line
from rules.histories.digests import use_key
from streams.cli.options import FOLDER, require_ledger
from streams.cli.showing import alert_list, alert_summary, console
from streams.monitor import open_ledger
from streams.settings import Settings


@click.command()
@click.option("--data", type=FOLDER, help="Folder of an embedded run.")
@click.option("--ledger", "url", help="Or the ledger's SQLAlchemy URL.")
@click.option("--limit", default=8, show_default=True, help="Single alerts to show.")
@click.option("--json", "as_json", is_flag=True, help="All alerts, one JSON object a line.")
def alerts(data: Path | None, url: str | None, limit: int, as_json: bool) -> None:
    """Show the alerts of a ledger: what they cite and what they are worth."""
    if (data is None) == (url is None):
        raise click.UsageError("give --data or --ledger")
    use_key(Settings().pseudonym_key.get_secret_value().encode())
    if data is not None:
        require_ledger(data)
        ledger = open_ledger(data, create=False)
    else:
        ledger = Ledger.open(str(url), create=False)
    with ledger, ledger.read() as connection:
        found = list(reading.standing(connection))
    if as_json:
        for alert in found:
            click.echo(alert_line(alert).decode())
        return
    screen = console()
    worst = sorted(
        (alert for alert in found if alert.status == "open"),
        key=lambda alert: (alert.sev_deg, -alert.amount, alert.alert_id),
    )
    screen.print(alert_list(worst[:limit]))
    screen.print(alert_summary(found))


COMMANDS: Final = (alerts,)
