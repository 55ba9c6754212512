"""Reading packs: every key is known, every value typed, dated, referenced and checked.

A pack is a folder with `pack.yaml` (who it is) and one file per topic; a parameter's path is the
file's name and the keys down to the list of its dated statements. `parameters.yaml` lists every
path that may occur, so that a misspelt path is an error and not a value nobody reads.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise, product
from pathlib import Path
from typing import Final

from rules.documents import Document, day, text
from rules.packs.model import KINDS, Entry, Kind, Pack, PackError, Parameter
from rules.packs.values import statement, texts
from rules.strict_yaml import Plain, read_mapping

_PACK_KEYS: Final = {"admdvs", "parent", "name_zh", "name_en"}
_PARAMETER_KEYS: Final = {"type", "zh", "en", "choices"}
_ENTRY_KEYS: Final = {
    "from",
    "value",
    "open",
    "bounds",
    "document",
    "article",
    "clauses",
    "published",
    "checked",
    "note",
}
_ALTERNATIVES: Final = re.compile(r"\{([a-z0-9_|]+)\}")


def read_parameters(path: Path) -> dict[str, Parameter]:
    """Read the list of parameters. `a.{b|c}` stands for `a.b` and `a.c`."""
    found: dict[str, Parameter] = {}
    for pattern, raw in read_mapping(path).items():
        if not isinstance(raw, Mapping) or raw.keys() - _PARAMETER_KEYS:
            raise PackError(f"{path}: {pattern}: expected the keys {sorted(_PARAMETER_KEYS)}")
        kind = _kind(path, pattern, raw.get("type"))
        choices = texts(f"{path}: {pattern}: choices", raw.get("choices", []))
        if (kind == "choice") and not choices:
            raise PackError(f"{path}: {pattern}: a choice needs its choices")
        for name in _expand(pattern):
            if name in found:
                raise PackError(f"{path}: {name}: listed twice")
            found[name] = Parameter(
                name,
                kind,
                text(path, pattern, raw, "zh"),
                text(path, pattern, raw, "en"),
                choices,
            )
    return found


def read_pack(
    folder: Path,
    parameters: Mapping[str, Parameter],
    documents: Mapping[str, Document],
    clause_documents: Mapping[str, str],
) -> Pack:
    """Read one pack. `clause_documents` gives the document of every clause id.

    Raises PackError naming file, path, what was found and what was expected.
    """
    head_path = folder / "pack.yaml"
    head = read_mapping(head_path)
    if head.keys() != _PACK_KEYS:
        raise PackError(
            f"{head_path}: found the keys {sorted(head)}, expected {sorted(_PACK_KEYS)}"
        )
    admdvs = text(head_path, "pack", head, "admdvs")
    if not re.fullmatch(r"(\d\d){0,3}", admdvs):
        raise PackError(f"{head_path}: admdvs: found {admdvs!r}, expected 2, 4 or 6 digits or none")
    entries: dict[str, tuple[Entry, ...]] = {}
    for file in sorted(folder.glob("*.yaml")):
        if file.name == "pack.yaml":
            continue
        for path, raw in leaves(file, file.stem, read_mapping(file)):
            parameter = parameters.get(path)
            if parameter is None:
                raise PackError(f"{file}: {path}: not in parameters.yaml; list it there first")
            entries[path] = read_entries(file, parameter, raw, documents, clause_documents)
    return Pack(
        folder.name,
        admdvs,
        text(head_path, "pack", head, "parent"),
        text(head_path, "pack", head, "name_zh"),
        text(head_path, "pack", head, "name_en"),
        entries,
    )


def leaves(
    file: Path, path: str, node: Mapping[str, Plain]
) -> Iterator[tuple[str, Sequence[Plain]]]:
    """Walk nested keys down to the lists of dated statements; yields path and list."""
    for key, child in node.items():
        below = f"{path}.{key}" if path else key
        if isinstance(child, Mapping):
            yield from leaves(file, below, child)
        elif isinstance(child, Sequence) and not isinstance(child, str) and child:
            yield below, child
        else:
            raise PackError(
                f"{file}: {below}: found {child!r}, expected further keys or a list of statements"
            )


def read_entries(
    file: Path,
    parameter: Parameter,
    raw: Sequence[Plain],
    documents: Mapping[str, Document],
    clause_documents: Mapping[str, str],
) -> tuple[Entry, ...]:
    """Read the dated statements about one parameter, in the order of their dates."""
    found = tuple(_entry(file, parameter, item, documents, clause_documents) for item in raw)
    in_order(file, parameter.path, found)
    return found


def in_order(file: Path, path: str, entries: Sequence[Entry]) -> None:
    """Raise PackError where two statements begin on one day or stand in the wrong order."""
    for earlier, later in pairwise(entries):
        if later.start <= earlier.start:
            raise PackError(
                f"{file}: {path}: the statement from {later.start} overlaps the one from "
                f"{earlier.start}; order them by date, one a day"
            )


def _entry(
    file: Path,
    parameter: Parameter,
    raw: Plain,
    documents: Mapping[str, Document],
    clause_documents: Mapping[str, str],
) -> Entry:
    path = parameter.path
    if not isinstance(raw, Mapping) or raw.keys() - _ENTRY_KEYS:
        unknown = sorted(raw.keys() - _ENTRY_KEYS) if isinstance(raw, Mapping) else raw
        raise PackError(f"{file}: {path}: unknown {unknown}; allowed are {sorted(_ENTRY_KEYS)}")
    start = required_day(file, path, raw, "from")
    document = documents.get(text(file, path, raw, "document"))
    article = text(file, path, raw, "article")
    if document is None or not article:
        raise PackError(
            f"{file}: {path}: {start}: missing reference; give a document of documents.yaml "
            f"(found {raw.get('document')!r}) and the article (found {article!r})"
        )
    if document.in_force is not None and start < document.in_force:
        raise PackError(
            f"{file}: {path}: {start}: before {document.id} came into force {document.in_force}"
        )
    if document.until is not None and start > document.until:
        raise PackError(f"{file}: {path}: {start}: after {document.id} ran out {document.until}")
    clauses = texts(f"{file}: {path}: clauses", raw.get("clauses", []))
    for clause in clauses:
        if clause_documents.get(clause) != document.id:
            raise PackError(f"{file}: {path}: {start}: {clause} is no clause of {document.id}")
    status, value, bounds = statement(file, parameter, raw, start)
    return Entry(
        start=start,
        until=document.until,
        status=status,
        value=value,
        bounds=bounds,
        document=document.id,
        reference=f"{document.name} {article}",
        clauses=clauses,
        published=day(file, path, raw, "published") or document.published,
        checked=required_day(file, path, raw, "checked"),
        note=text(file, path, raw, "note"),
    )


def required_day(file: Path, path: str, raw: Mapping[str, Plain], key: str) -> date:
    """The date under a key that must be there. Raises PackError where it is missing."""
    found = day(file, path, raw, key)
    if found is None:
        raise PackError(f"{file}: {path}: {key}: missing, expected a date YYYY-MM-DD")
    return found


def _expand(pattern: str) -> Iterator[str]:
    pieces = _ALTERNATIVES.split(pattern)
    for chosen in product(*(piece.split("|") for piece in pieces[1::2])):
        yield "".join(plain + pick for plain, pick in zip(pieces[::2], (*chosen, ""), strict=True))


def _kind(path: Path, pattern: str, raw: Plain) -> Kind:
    for kind in KINDS:
        if raw == kind:
            return kind
    raise PackError(f"{path}: {pattern}: type: found {raw!r}, expected one of {list(KINDS)}")
