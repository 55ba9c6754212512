"""Child processes of the tests: free ports, waiting until a condition holds, stopping."""

import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

REPOSITORY: Final = Path(__file__).resolve().parents[2]
Found = TypeVar("Found")
_POLL_SECONDS: Final = 0.05
_LOG_TAIL: Final = 3_000


class ComponentMissingError(Exception):
    """A service cannot be had here; the message says what is missing and how to get it."""


def free_port() -> int:
    """A TCP port of the loopback interface that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listens(port: int) -> bool:
    """Whether something accepts connections on a loopback port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(condition: Callable[[], Found], what: str, seconds: float = 60.0) -> Found:
    """Ask until the condition gives something true and return that.

    Raises TimeoutError naming `what` after the given seconds: a guard against a hang, not a
    measurement.
    """
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:.0f} s in vain for {what}")
        time.sleep(_POLL_SECONDS)
    return found


class Process:
    """A running child whose output goes to a log file."""

    def __init__(self, child: subprocess.Popen[bytes], log: Path) -> None:
        self.child = child
        self.log = log

    def until(self, condition: Callable[[], object], what: str, seconds: float = 60.0) -> None:
        """Wait for the condition; RuntimeError with the end of the log when the child dies."""

        def holds_or_died() -> object:
            return condition() or self.child.poll() is not None

        try:
            until(holds_or_died, what, seconds)
        except TimeoutError as late:
            raise TimeoutError(f"{late}; the log ends:\n{self.tail()}") from None
        if self.child.poll() is not None:
            raise RuntimeError(
                f"{self.child.args!r} ended with {self.child.returncode} before {what};"
                f" the log ends:\n{self.tail()}"
            )

    def tail(self) -> str:
        """The last lines of the log."""
        return self.log.read_text(errors="replace")[-_LOG_TAIL:]


@contextmanager
def running(
    command: Sequence[str | Path],
    log: Path,
    *,
    cwd: Path = REPOSITORY,
    env: Mapping[str, str] | None = None,
) -> Iterator[Process]:
    """Run a command for the length of the block, then end it: asked first, killed after 20 s."""
    with log.open("ab") as output:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=cwd, env=env
        )
    try:
        yield Process(child, log)
    finally:
        child.terminate()
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
