"""Imports between the top-level packages run one way only."""

import ast
from collections.abc import Iterator
from typing import Final

from tests.architecture.sources import PRODUCT, Source, sources

MAY_IMPORT: Final = {
    "events": (),
    "rules": ("events",),
    "detectors": ("events", "rules.histories"),
    "alerts": ("events", "rules", "detectors"),
    "streams": ("events", "rules", "detectors", "alerts", "dashboards", "simulation"),
    "dashboards": (),
    "simulation": ("events",),
}
"""What each package may import of ours, besides itself, by dotted prefix."""

OURS: Final = (*PRODUCT, "benchmarks", "tests")


def _imported(source: Source) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything of ours that a module imports."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            if name.split(".")[0] in OURS:
                yield node.lineno, name


def _allowed(package: str, name: str) -> bool:
    return any(f"{name}.".startswith(f"{prefix}.") for prefix in (package, *MAY_IMPORT[package]))


def test_no_package_imports_against_the_flow() -> None:
    against = [
        f"{source.path}:{line} imports {name}"
        for source in sources(*PRODUCT)
        for line, name in _imported(source)
        if not _allowed(source.package, name)
    ]

    assert not against, "\n".join(against)


def test_alerts_take_only_types_from_detectors() -> None:
    others = [
        f"{source.path}:{line} imports {name}"
        for source in sources("alerts")
        for line, name in _imported(source)
        if name.startswith("detectors.") and not name.rpartition(".")[2][:1].isupper()
    ]

    assert not others, "\n".join(others)


def test_there_are_no_relative_imports() -> None:
    relative = [
        f"{source.path}:{node.lineno}"
        for source in sources(*PRODUCT, "tests", "benchmarks")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ImportFrom) and node.level > 0
    ]

    assert not relative, "\n".join(relative)
