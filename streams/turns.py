"""Lets threads that ask look at histories between two steps of a thread that changes them."""

import threading


class Turns:
    """A lock that whoever waits gets next.

    Python's own lock may be taken again at once by the thread that gave it back, however long
    another one has waited. Here one waits in line, and the line is closed behind it until it is in.
    """

    __slots__ = ("_line", "_lock")

    def __init__(self) -> None:
        self._line = threading.Lock()
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        with self._line:
            self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()
