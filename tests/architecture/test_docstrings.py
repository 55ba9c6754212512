"""Every public name of the installed packages has a docstring."""

import ast
from collections.abc import Iterator

from tests.architecture.sources import PRODUCT, Source, sources

Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def _public(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, Definition]]:
    """Public classes and functions, and the public methods of public classes."""
    for node in body:
        if isinstance(node, Definition) and not node.name.startswith("_"):
            yield f"{prefix}{node.name}", node
            if isinstance(node, ast.ClassDef):
                yield from _public(node.body, f"{node.name}.")


def _undocumented(source: Source) -> Iterator[str]:
    if not source.docstring:
        yield f"{source.path}: the module"
    for name, node in _public(source.tree.body):
        if not ast.get_docstring(node):
            yield f"{source.path}:{node.lineno}: {name}"


def test_every_public_name_has_a_docstring() -> None:
    missing = [place for source in sources(*PRODUCT) for place in _undocumented(source)]

    assert not missing, "\n".join(missing)
