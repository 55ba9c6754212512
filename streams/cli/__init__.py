"""The command line: one small module a group of commands, put together here.

Exit codes: 0 done, 1 failed, 2 wrong usage. Long commands show progress on a terminal and stay
quiet in a pipe.
"""

import sys

import click

from alerts.ledger import LedgerError
from rules.reference import BadReferenceError
from rules.strict_yaml import DataFileError
from streams.cli import (
    admitting,
    alerting,
    benefiting,
    clustering,
    desking,
    doctoring,
    exporting,
    knowing,
    ledgering,
    modelling,
    replaying,
    ruling,
    running,
    simulating,
    training,
    verdicts,
)
from streams.identity import IdentityError

_KNOWN = (IdentityError, BadReferenceError, DataFileError, LedgerError, OSError)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="fundwatch")
def cli() -> None:
    """Real-time fraud and compliance monitor for employee medical insurance (门诊共济)."""


for group in (
    admitting,
    alerting,
    benefiting,
    clustering,
    desking,
    doctoring,
    exporting,
    knowing,
    ledgering,
    modelling,
    replaying,
    ruling,
    running,
    simulating,
    training,
    verdicts,
):
    for command in group.COMMANDS:
        cli.add_command(command)


def main() -> None:
    """Entry point of `fundwatch`."""
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except _KNOWN as error:
        click.echo(f"fundwatch: {error}", err=True)
        sys.exit(1)
