"""The repository's Python sources, parsed once for the tests of its shape."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from tests.services.processes import REPOSITORY

PRODUCT: Final = (
    "alerts",
    "dashboards",
    "detectors",
    "events",
    "rules",
    "simulation",
    "streams",
)
"""The packages that are installed."""


@dataclass(frozen=True)
class Source:
    """One module: its path below the repository, its text and its syntax tree."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def package(self) -> str:
        """The top-level package."""
        return self.path.parts[0]

    @property
    def docstring(self) -> str:
        """The module's docstring, empty where it has none."""
        return ast.get_docstring(self.tree) or ""


@cache
def sources(*folders: str) -> tuple[Source, ...]:
    """Every module below the given top-level folders."""
    return tuple(_read(folders))


def _read(folders: tuple[str, ...]) -> Iterator[Source]:
    for folder in folders:
        for path in sorted((REPOSITORY / folder).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            yield Source(path.relative_to(REPOSITORY), text, ast.parse(text, str(path)))
