"""Takes up changed policy without a restart: overlay files and packs are looked at between batches.

A file that changed is read and checked whole before anything of it is used. One that is wrong is
told in the log and the metrics, and the policy in use stays until the file is changed again.
"""

import logging
import threading
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Final

from msgspec import Struct
from sqlalchemy import Connection

from alerts.exports.parameter_tables import changes_between
from alerts.ledger.configuring import Changed, Configuration, Overlay, configured
from rules.context import Context
from rules.digests import folder_digest, rules_digest
from rules.documents import POLICY_DIR
from rules.packs import Policy
from rules.strict_yaml import DataFileError
from streams.assembly import Assembly
from streams.metrics import Metrics

_LOG: Final = logging.getLogger(__name__)
_PACKS_SECONDS: Final = 1.0
_Stamp = tuple[tuple[str, int, int, int], ...]


class Taken(Struct, frozen=True):
    """A configuration that alerts are found under from now on; `changed` None where a run began."""

    configuration: Configuration
    changed: tuple[Changed, ...] | None


class PolicyWatch:
    """The policy of a context, kept as its files are. Look from one thread at a time."""

    def __init__(self, context: Context, assembly: Assembly, metrics: Metrics) -> None:
        self._context = context
        self._assembly = assembly
        self._metrics = metrics
        self._asked = threading.Event()
        self._packs: _Stamp = ()
        self._packs_at = float("-inf")
        self._stamp = self._looked()
        self._overlays = _texts(assembly.policy)
        self._began = False
        self._untold: Taken | None = None

    def ask(self) -> None:
        """Have the files read again at the next look, changed or not; for signal handlers."""
        self._asked.set()

    def look(self) -> Taken | None:
        """Take up what changed; what is to be entered into the journal, None if nothing.

        It is told again until `told` is called, so that a failed transaction loses nothing.
        """
        stamp = self._looked()
        if stamp != self._stamp or self._asked.is_set():
            self._asked.clear()
            self._stamp = stamp
            self._reload()
        if not self._began:
            # Who only asks and takes nothing never comes here, and enters nothing.
            self._began = True
            self._untold = Taken(self._configuration(), None)
        return self._untold

    def told(self, taken: Taken) -> None:
        """What was told stands in the journal now."""
        if self._untold is taken:
            self._untold = None

    def _reload(self) -> None:
        before = self._context.policy
        try:
            overlays = _texts(self._assembly.policy)
            policy = Policy.load(self._assembly.policy)
        except (DataFileError, OSError, UnicodeDecodeError) as error:
            self._metrics.policy_reloads.labels("refused").inc()
            _LOG.error("the policy in use stays, the changed one is wrong: %s", error)
            return
        if policy.digest == before.digest:
            self._metrics.policy_reloads.labels("unchanged").inc()
            return
        changed = changes_between(before, policy)
        self._context.policy = policy
        self._overlays = overlays
        if self._began:
            # What is not in the journal yet is told together with this; a beginning stays one.
            waiting = self._untold
            beginning = waiting is not None and waiting.changed is None
            earlier = (waiting.changed or ()) if waiting is not None else ()
            told = None if beginning else (*earlier, *changed)
            self._untold = Taken(self._configuration(), told)
        self._metrics.policy_reloads.labels("taken").inc()
        _LOG.warning(
            "policy reloaded: %d values changed, %s is now %s",
            len(changed),
            before.digest[:12],
            policy.digest[:12],
        )

    def _configuration(self) -> Configuration:
        assembly = self._assembly
        return Configuration(
            policy=self._context.policy.digest,
            overlays=self._overlays,
            rules=rules_digest(),
            knowledge=folder_digest(assembly.knowledge),
            reference=folder_digest(assembly.reference, "*.csv"),
            version=version("fundwatch"),
        )

    def _looked(self) -> _Stamp:
        """Overlays at every look; the packs, which are many and change rarely, once a second."""
        now = time.monotonic()
        if now - self._packs_at >= _PACKS_SECONDS or self._asked.is_set():
            self._packs = tuple(_stamp(path) for path in sorted(POLICY_DIR.rglob("*.yaml")))
            self._packs_at = now
        return (*(_stamp(path) for path in self._assembly.policy), *self._packs)


def enter(connection: Connection, taken: Taken, at_ms: int, actor: str) -> None:
    """Enter a configuration into the journal, unless it is its last one."""
    configured(connection, taken.configuration, at_ms, actor, taken.changed)


def _stamp(path: Path) -> tuple[str, int, int, int]:
    try:
        stat = path.stat()
    except OSError:
        return (str(path), 0, 0, 0)
    return (str(path), stat.st_mtime_ns, stat.st_size, stat.st_ino)


def _texts(paths: Sequence[Path]) -> tuple[Overlay, ...]:
    return tuple(Overlay(path.name, path.read_text(encoding="utf-8")) for path in paths)
