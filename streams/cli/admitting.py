"""`fundwatch users`: who may come to the desk, and their tokens, from the machine itself."""

import getpass
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import click
from rich.table import Table

from alerts.access import links, tokens
from alerts.access import users as people
from alerts.access.roles import ROLE_NAMES, ROLES, Role
from alerts.access.users import AccessError, User
from events.times import DAY, moment
from streams.cli.desking import opened
from streams.cli.options import NEW_FOLDER
from streams.cli.showing import console
from streams.settings import Settings

F = TypeVar("F", bound=Callable[..., Any])

_AREA_HELP: Final = "Area they may see, six digits or the first two or four; all if none is named."


def _data(command: F) -> F:
    chosen = click.option(
        "--data", type=NEW_FOLDER, help="Folder of an embedded run; else FUNDWATCH_POSTGRES."
    )
    return chosen(command)


def _now_ms() -> int:
    return int(time.time() * 1000)


def _by() -> str:
    """Who is at the terminal, as the journal names them."""
    return f"shell:{getpass.getuser()}"


@click.group()
def users() -> None:
    """Users of the desk: their roles, the areas they may see, their tokens."""


@users.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default="viewer", show_default=True)
@click.option("--area", "areas", multiple=True, help=_AREA_HELP)
@_data
def add(name: str, role: Role, areas: tuple[str, ...], data: Path | None) -> None:
    """Add a user and print the link by which they set their password, once, within a day."""
    settings = Settings()
    with _told(), opened(_made(data), settings) as ledger, ledger.begin() as connection:
        people.add(connection, User(name, role, areas), _now_ms(), _by())
        secret = links.for_password(connection, name, _now_ms(), _by())
    click.echo(_link(settings, secret))


@users.command("change")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES))
@click.option("--area", "areas", multiple=True, help=_AREA_HELP)
@click.option("--all-areas", is_flag=True, help="They may see all areas.")
@click.option("--active/--shut-out", default=None, help="Whether they are let in.")
@_data
def change(
    name: str,
    role: Role | None,
    areas: tuple[str, ...],
    all_areas: bool,
    active: bool | None,
    data: Path | None,
) -> None:
    """Change what a user may; shutting them out ends their sessions and tokens at once."""
    if areas and all_areas:
        raise click.UsageError("give --area or --all-areas")
    with _told(), opened(_made(data), Settings()) as ledger, ledger.begin() as connection:
        wanted = areas if areas or all_areas else None
        people.change(connection, name, _now_ms(), _by(), role=role, areas=wanted, active=active)


@users.command("link")
@click.argument("name")
@_data
def link(name: str, data: Path | None) -> None:
    """Print a link by which a user sets a new password, once, within a day."""
    settings = Settings()
    with _told(), opened(_made(data), settings) as ledger, ledger.begin() as connection:
        secret = links.for_password(connection, name, _now_ms(), _by())
    click.echo(_link(settings, secret))


@users.command("token")
@click.argument("name")
@click.option("--purpose", default="", help="What it is for, to be recognised later.")
@click.option("--send", is_flag=True, help="For sending events and asking before payment only.")
@click.option("--days", type=click.IntRange(1, 3650), help="Until it ends by itself.")
@_data
def token(name: str, purpose: str, send: bool, days: int | None, data: Path | None) -> None:
    """Make a token of a user and print it; it cannot be shown again.

    With --send a user who is not known yet is added, as a program that can do nothing else.
    """
    now = _now_ms()
    ends = now + days * DAY * 1000 if days else 0
    with _told(), opened(_made(data), Settings()) as ledger, ledger.begin() as connection:
        if send and people.find(connection, name) is None:
            people.add(connection, User(name, "viewer"), now, _by())
        scope: tokens.Scope = "send" if send else "api"
        _, secret = tokens.make(connection, name, purpose, now, _by(), scope=scope, expires_ms=ends)
    click.echo(secret)


@users.command("revoke")
@click.argument("token_id")
@_data
def revoke(token_id: str, data: Path | None) -> None:
    """End a token at once; its id stands in `fundwatch users list`."""
    with _told(), opened(_made(data), Settings()) as ledger, ledger.begin() as connection:
        tokens.revoke(connection, token_id, _now_ms(), _by())


@users.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@_data
def list_users(as_json: bool, data: Path | None) -> None:
    """Show users and their tokens."""
    with opened(_made(data), Settings()) as ledger, ledger.read() as connection:
        found = people.everyone(connection)
        held = tokens.listed(connection)
    if as_json:
        told = [
            {
                "name": user.name,
                "role": user.role,
                "areas": list(user.areas),
                "active": user.active,
                "tokens": [_token(one) for one in held if one.user_name == user.name],
            }
            for user in found
        ]
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    table = Table("用户 user", "角色 role", "区划 areas", "令牌 tokens")
    for user in found:
        mine = [one for one in held if one.user_name == user.name and not one.revoked_ms]
        shown = ", ".join(f"{one.token_id} ({one.purpose or one.scope})" for one in mine)
        name = user.name if user.active else f"{user.name} (停用 shut out)"
        areas = ", ".join(user.areas) or "全部 all"
        table.add_row(name, " ".join(ROLE_NAMES[user.role]), areas, shown)
    console().print(table)


def _token(one: tokens.Token) -> dict[str, Any]:
    return {
        "token_id": one.token_id,
        "purpose": one.purpose,
        "scope": one.scope,
        "created": _time(one.created_ms),
        "expires": _time(one.expires_ms),
        "revoked": _time(one.revoked_ms),
        "used": _time(one.used_ms),
    }


def _time(at_ms: int) -> str | None:
    return moment(at_ms // 1000).isoformat() if at_ms else None


def _link(settings: Settings, secret: str) -> str:
    return f"{settings.public_url or f'http://{settings.listen}'}/first/{secret}"


def _made(data: Path | None) -> Path | None:
    if data is not None:
        data.mkdir(parents=True, exist_ok=True)
    return data


@contextmanager
def _told() -> Iterator[None]:
    """Let what cannot be done be told as any failure of the command."""
    try:
        yield
    except AccessError as error:
        raise click.ClickException(str(error)) from None


COMMANDS: Final = (users,)
