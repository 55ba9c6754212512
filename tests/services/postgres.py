"""A real PostgreSQL server, from the binaries of the pgserver wheel or from Debian's."""

import importlib.util
import os
import pwd
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from tests.services.processes import ComponentMissingError, free_port

_SETTINGS: Final = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off"


@dataclass(frozen=True)
class Postgres:
    """A server that answers; `url` is a SQLAlchemy URL of its maintenance database."""

    url: str

    @contextmanager
    def database(self) -> Iterator[str]:
        """A new, empty database for the length of the block; yields its SQLAlchemy URL."""
        name = f"fundwatch_{uuid.uuid4().hex}"
        self._say(f"CREATE DATABASE {name}")
        try:
            yield _shown(make_url(self.url).set(database=name))
        finally:
            self._say(f"DROP DATABASE {name} WITH (FORCE)")

    def _say(self, statement: str) -> None:
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            connection.execute(text(statement))


@contextmanager
def start() -> Iterator[Postgres]:
    """Start a server on a free port of the loopback, or take the one FUNDWATCH_POSTGRES names.

    FUNDWATCH_POSTGRES is `postgresql://user[:password]@host[:port]/database`, of a user who may
    create databases. Raises `ComponentMissingError` where there are no binaries.
    """
    if external := os.environ.get("FUNDWATCH_POSTGRES"):
        yield Postgres(_shown(make_url(external).set(drivername="postgresql+psycopg")))
        return
    with TemporaryDirectory(prefix="postgres-") as temporary:
        yield from _server(Path(temporary), _binaries())


def _server(directory: Path, binaries: Path) -> Iterator[Postgres]:
    user = _unprivileged_user()
    if user is not None:
        # initdb refuses root, and another user may not reach the environment's folder.
        binaries = _within_reach(binaries, directory)
        shutil.chown(directory, user)
    data, port = directory / "data", free_port()
    _run([binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"], user)
    control: list[str | Path] = [binaries / "pg_ctl", "-D", data, "-w"]
    options = f"-h 127.0.0.1 -p {port} -k {directory} {_SETTINGS}"
    _run([*control, "-l", directory / "postgres.log", "-o", options, "start"], user)
    try:
        yield Postgres(
            _shown(
                URL.create("postgresql+psycopg", "postgres", None, "127.0.0.1", port, "postgres")
            )
        )
    finally:
        _run([*control, "-m", "immediate", "stop"], user)


def _run(command: list[str | Path], user: str | None) -> None:
    # No pipe: the server pg_ctl leaves behind would hold it open. A file says what went wrong.
    with TemporaryDirectory() as temporary:
        said = Path(temporary) / "output"
        with said.open("wb") as output:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                user=user,
                extra_groups=None if user is None else [],
                cwd="/",
                check=False,
            )
        if done.returncode != 0:
            raise RuntimeError(f"{command[0]} ended with {done.returncode}:\n{said.read_text()}")


def _binaries() -> Path:
    """The folder with initdb and pg_ctl: the pgserver wheel's, the PATH's or Debian's."""
    wheel = importlib.util.find_spec("pgserver")
    if wheel is not None and wheel.origin is not None:
        return Path(wheel.origin).parent / "pginstall" / "bin"
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    if packaged := sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        return packaged[-1].parent
    raise ComponentMissingError(
        "PostgreSQL is missing: `make components` as root installs it, or install it (Debian:"
        " apt-get install postgresql), or set FUNDWATCH_POSTGRES=postgresql://user@host/database."
    )


def _unprivileged_user() -> str | None:
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _within_reach(binaries: Path, directory: Path) -> Path:
    """Copy the wheel's installation, with the libraries beside it, to where any user can read."""
    if "pginstall" not in binaries.parts:
        return binaries
    package = binaries.parents[1]
    copied = directory / "wheel"
    shutil.copytree(binaries.parent, copied / package.name / "pginstall", symlinks=True)
    libraries = package.with_name("pgserver.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, copied / libraries.name, symlinks=True)
    return copied / package.name / "pginstall" / "bin"


def _shown(url: URL) -> str:
    return url.render_as_string(hide_password=False)
