"""Digests of what rules run with: the rules' own files, and folders of data."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from rules.rule import ANOMALY, Rule

_ROOT: Final = Path(__file__).parent
_POLICY: Final = _ROOT / "policy"


def digest_of(root: Path, files: Iterable[Path]) -> str:
    """SHA-256 over names (below `root`) and contents of files, whatever their order; hexadecimal.

    Empty where there are none.
    """
    names = sorted({(file.relative_to(root).as_posix(), file) for file in files})
    content = sha256()
    for name, file in names:
        content.update(f"{name}\n{sha256(file.read_bytes()).hexdigest()}\n".encode())
    return content.hexdigest() if names else ""


def folder_digest(folder: Path | None, pattern: str = "*") -> str:
    """The digest of the files of a folder and what lies below; empty without any."""
    if folder is None or not folder.is_dir():
        return ""
    return digest_of(folder, (file for file in folder.rglob(pattern) if file.is_file()))


@cache
def rules_digest() -> str:
    """The digest of everything that decides what rules find, policy apart."""
    files = (
        file
        for ending in ("*.py", "*.yaml")
        for file in _ROOT.rglob(ending)
        if not file.is_relative_to(_POLICY)
    )
    return digest_of(_ROOT, files)


def rule_digests(rules: Sequence[Rule]) -> Mapping[str, str]:
    """The digest of each rule's module and its YAML, by rule id."""
    return {rule.id: digest_of(_ROOT, _files(rule)) for rule in rules}


def _files(rule: Rule) -> tuple[Path, ...]:
    if rule.meta.family == ANOMALY:
        # No function of its own judges it.
        module = _ROOT / ANOMALY / f"{rule.id.partition('.')[2]}.py"
    else:
        module = Path(str(sys.modules[rule.check.__module__].__file__))
    return tuple(file for file in (module, module.with_suffix(".yaml")) if file.is_file())
