"""What each policy document demands, clause by clause, and how a clause is cited."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final, Literal, get_args

from msgspec import Struct

from rules.documents import POLICY_DIR, Document, day, load_documents, text
from rules.strict_yaml import DataFileError, Plain, read_mapping

ClauseKind = Literal["check", "benefit", "account", "report", "system"]
"""What meets the demand: a check on events, a number recomputed, an account that must
reconcile, something to read or export, or a property of the whole system."""

_KEYS: Final = {"document", "article", "kind", "family", "zh", "en"}
_OPTIONAL: Final = {"in_force", "until"}


class Clause(Struct, frozen=True, kw_only=True):
    """One demand. `in_force` and `until` (last day) bound it; None is no bound."""

    id: str
    document: str
    document_name: str
    document_title: str
    area: str
    """Area of the document, 6 digits; it holds there and in what lies below."""
    article: str
    demand_zh: str
    demand_en: str
    kind: ClauseKind
    family: str
    in_force: date | None
    until: date | None

    @property
    def title(self) -> str:
        """The title of the document."""
        return self.document_title

    @property
    def cite(self) -> str:
        """Document number and article, as alerts cite it."""
        return f"{self.document_name} {self.article}"


def read_clauses(root: Path = POLICY_DIR) -> Mapping[str, Clause]:
    """Read all clauses by id, in the order of the file.

    Raises DataFileError naming file, clause, what was found and what was expected.
    """
    documents = load_documents(root / "documents.yaml")
    path = root / "clauses.yaml"
    return {key: _clause(path, key, raw, documents) for key, raw in read_mapping(path).items()}


@cache
def load_clauses() -> Mapping[str, Clause]:
    """The clauses that come with fundwatch, read once."""
    return read_clauses()


def in_force(clause_ids: Sequence[str], area: str, on: date) -> tuple[str, ...]:
    """Those of the clauses that hold for an insured area (6 digits) on a date."""
    known = load_clauses()
    return tuple(
        clause_id
        for clause_id in clause_ids
        if area.startswith(known[clause_id].area.rstrip("0")) and _holds(known[clause_id], on)
    )


def _holds(clause: Clause, on: date) -> bool:
    return (clause.in_force is None or clause.in_force <= on) and (
        clause.until is None or on <= clause.until
    )


def cite(clause_id: str) -> str:
    """Document number and article of a clause. Raises KeyError for an unknown id."""
    return load_clauses()[clause_id].cite


def citation(name: str) -> str:
    """What an alert cites, for readers: a clause by document and article, national law as it is."""
    clause = load_clauses().get(name)
    return clause.cite if clause is not None else name


def _clause(path: Path, key: str, raw: Plain, documents: Mapping[str, Document]) -> Clause:
    if not isinstance(raw, Mapping):
        raise DataFileError(f"{path}: {key}: found {raw!r}, expected the clause's keys")
    unknown, missing = raw.keys() - _KEYS - _OPTIONAL, _KEYS - raw.keys()
    if unknown or missing:
        raise DataFileError(
            f"{path}: {key}: unknown keys {sorted(unknown)}, missing keys {sorted(missing)}"
        )
    document = documents.get(text(path, key, raw, "document"))
    if document is None:
        raise DataFileError(
            f"{path}: {key}: document: found {raw['document']!r}, "
            f"expected one of {sorted(documents)}"
        )
    return Clause(
        id=key,
        document=document.id,
        document_name=document.name,
        document_title=document.title,
        area=document.area,
        article=text(path, key, raw, "article"),
        demand_zh=text(path, key, raw, "zh"),
        demand_en=text(path, key, raw, "en"),
        kind=_kind(path, key, raw["kind"]),
        family=text(path, key, raw, "family"),
        in_force=day(path, key, raw, "in_force") or document.in_force,
        until=day(path, key, raw, "until") or document.until,
    )


def _kind(path: Path, key: str, raw: Plain) -> ClauseKind:
    for kind in get_args(ClauseKind):
        if raw == kind:
            found: ClauseKind = kind
            return found
    raise DataFileError(f"{path}: {key}: kind: found {raw!r}, expected {get_args(ClauseKind)}")
