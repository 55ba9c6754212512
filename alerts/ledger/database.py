"""Opens the database of a ledger, checks that it is one, and gives out its transactions."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, Self

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    create_engine,
    event,
    insert,
    inspect,
    make_url,
    select,
    text,
    update,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from alerts.ledger.journal import BEGINNING
from alerts.ledger.schema import JOURNAL_HEAD, META, SCHEMA
from alerts.ledger.tables import TABLES, add_missing, missing
from rules.histories.digests import digest

Synchronous = Literal["NORMAL", "FULL"]

_DRIVERS: Final = {
    "sqlite": "sqlite+pysqlite",
    "sqlite+pysqlite": "sqlite+pysqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
_WAIT_SECONDS: Final = 30
_CREATING: Final = 0x66756E64
"""The advisory lock of PostgreSQL under which the tables are made."""
_READING: Final = "fundwatch_reading"
_KEY_CHECK: Final = "fundwatch ledger"


class LedgerError(RuntimeError):
    """A ledger that cannot be opened; says which, what was found, and what to do."""


class Ledger:
    """An open ledger. `generation` is the one its alerts are being written under."""

    def __init__(self, engine: Engine, generation: int) -> None:
        self.engine = engine
        self.generation = generation
        self._reader = _for_reading(engine)

    @classmethod
    def open(
        cls,
        url: str,
        *,
        create: bool = True,
        created_ms: int = 0,
        synchronous: Synchronous = "NORMAL",
    ) -> Self:
        """Open the ledger at a SQLAlchemy URL (`sqlite:///PATH` or `postgresql://...`).

        Makes its tables where there are none, and adds those that an older fundwatch did not know,
        unless `create` is false; `created_ms` is the wall time then (epoch ms). `synchronous` is
        SQLite's: FULL survives a loss of power without losing the last transactions, at the price
        of a disk flush for each. Raises LedgerError.
        """
        where = _url(url)
        shown = where.render_as_string(hide_password=True)
        _check_path(where, shown, create)
        engine = _engine(where, synchronous)
        try:
            generation = _prepare(engine, shown, create, created_ms)
        except LedgerError:
            engine.dispose()
            raise
        except SQLAlchemyError as error:
            engine.dispose()
            found = str(getattr(error, "orig", None) or error).strip()
            raise LedgerError(f"{shown}: found no ledger: {found}") from error
        return cls(engine, generation)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction for writing: committed at the end of the block, undone if it fails.

        SQLite lets one writer in at a time; others wait here, not in the middle.
        """
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction for reading: everything in the block sees the same moment."""
        with self._reader.connect() as connection:
            yield connection

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _url(url: str) -> URL:
    try:
        where = make_url(url)
    except ArgumentError:
        # The text may hold a password.
        raise LedgerError(
            "found no database URL, expected sqlite:///PATH or postgresql://USER@HOST/DATABASE"
        ) from None
    driver = _DRIVERS.get(where.drivername)
    if driver is None:
        raise LedgerError(
            f"found a ledger in {where.drivername}, expected sqlite:///PATH or"
            " postgresql://USER@HOST/DATABASE"
        )
    return where.set(drivername=driver)


def _check_path(where: URL, shown: str, create: bool) -> None:
    if not where.drivername.startswith("sqlite") or where.database in {None, "", ":memory:"}:
        return
    path = Path(str(where.database))
    if not path.parent.is_dir():
        raise LedgerError(f"{shown}: found no folder {path.parent}, expected it to be there")
    if not create and not path.exists():
        raise LedgerError(f"{shown}: found no such file; `fundwatch run` makes it")


def _engine(where: URL, synchronous: Synchronous) -> Engine:
    if where.drivername.startswith("postgresql"):
        # A writer must see what others committed while it waited for the journal's head.
        return create_engine(where, isolation_level="READ COMMITTED", pool_pre_ping=True)
    # IMMEDIATE also for what is written past SQLAlchemy, on the driver's connection: a transaction
    # that began by reading could not be waited for when it turns to writing.
    engine = create_engine(
        where, connect_args={"timeout": _WAIT_SECONDS, "isolation_level": "IMMEDIATE"}
    )

    @event.listens_for(engine, "connect")
    def _connected(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for pragma in (f"synchronous={synchronous}", "temp_store=MEMORY", "cache_size=-65536"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "checkout")
    def _lent(
        connection: DBAPIConnection, _: ConnectionPoolEntry, __: PoolProxiedConnection
    ) -> None:
        # A reader's connection comes back read-only; who asks the driver itself may want to write.
        cursor = connection.cursor()
        cursor.execute("PRAGMA query_only=0")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        reading = connection.get_execution_options().get(_READING, False)
        connection.exec_driver_sql(f"PRAGMA query_only={int(reading)}")
        connection.exec_driver_sql("BEGIN DEFERRED" if reading else "BEGIN IMMEDIATE")

    return engine


def _for_reading(engine: Engine) -> Engine:
    """The same pool, with transactions that see one moment and cannot write."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(**{_READING: True})
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _prepare(engine: Engine, shown: str, create: bool, created_ms: int) -> int:
    """Check the ledger, make it if there is none, and return its generation."""
    with _for_reading(engine).connect() as connection:
        known = _meta(connection)
        if known is None and inspect(connection).has_table("alerts"):
            raise LedgerError(
                f"{shown}: found a table `alerts` that is not of a ledger; give the ledger a"
                " database of its own"
            )
    if known is None:
        if not create:
            raise LedgerError(f"{shown}: found no ledger in it; `fundwatch run` or `worker` does")
        _write_ahead(engine)
        known = _created(engine, created_ms)
    _check(known, shown)
    _write_ahead(engine)
    if create:
        _upgrade(engine)
    return int(known["generation"])


def _meta(connection: Connection) -> dict[str, str] | None:
    if not inspect(connection).has_table("meta"):
        return None
    return {row.name: row.value for row in connection.execute(select(META))}


def _created(engine: Engine, created_ms: int) -> dict[str, str]:
    """Make the tables, unless another process was quicker."""
    with engine.begin() as connection:
        _alone(connection)
        known = _meta(connection)
        if known is None:
            known = {
                "schema": str(SCHEMA),
                "generation": "0",
                "key_check": digest(_KEY_CHECK),
                "created_ms": str(created_ms),
            }
            TABLES.create_all(connection)
            rows = [{"name": name, "value": value} for name, value in known.items()]
            connection.execute(insert(META), rows)
            connection.execute(insert(JOURNAL_HEAD).values(one=1, seq=0, hash=BEGINNING))
    return known


def _alone(connection: Connection) -> None:
    """Keep other processes from making tables until the transaction ends; SQLite does anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _CREATING})


def _upgrade(engine: Engine) -> None:
    """Add the tables and indexes that the ledger lacks, and set its version; all or nothing.

    Programs of the version before go on reading and writing what they know.
    """
    with _for_reading(engine).connect() as connection:
        if _version(connection) == SCHEMA and not missing(connection):
            return
    with engine.begin() as connection:
        _alone(connection)
        add_missing(connection)
        if _version(connection) < SCHEMA:
            schema = update(META).where(META.c.name == "schema")
            connection.execute(schema.values(value=str(SCHEMA)))


def _version(connection: Connection) -> int:
    return int(connection.execute(select(META.c.value).where(META.c.name == "schema")).scalar_one())


def _check(known: dict[str, str], shown: str) -> None:
    schema = known.get("schema", "")
    if not schema.isdecimal():
        raise LedgerError(
            f"{shown}: found a table `meta` that is not of a ledger; give the ledger a database"
            " of its own"
        )
    if int(schema) > SCHEMA:
        raise LedgerError(
            f"{shown}: found a ledger of schema {schema}, expected at most {SCHEMA}: a newer"
            " fundwatch wrote it; use that one. Nothing was changed"
        )
    if known.get("key_check") != digest(_KEY_CHECK):
        raise LedgerError(
            f"{shown}: found a ledger written with another pseudonym key: the same person would"
            " appear under two names; set FUNDWATCH_PSEUDONYM_KEY to the key it was made with"
        )


def _write_ahead(engine: Engine) -> None:
    """Switch SQLite to its write-ahead log; the file remembers."""
    if engine.dialect.name != "sqlite":
        return
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.close()
    finally:
        connection.close()
