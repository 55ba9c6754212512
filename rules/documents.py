"""The documents that packs and clauses refer to: laws, regulations, local rules, interfaces."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final, Literal, get_args

from msgspec import Struct

from rules.strict_yaml import DataFileError, Plain, read_mapping

POLICY_DIR: Final = Path(__file__).parent / "policy"

DocumentKind = Literal[
    "regulation", "national", "province", "city", "draft", "technical", "practice"
]
"""`technical`: interface texts. `practice`: how supervisors work, with no article behind it."""

_REQUIRED: Final = {"title", "kind", "area"}
_KEYS: Final = _REQUIRED | {"number", "published", "in_force", "until", "at_hand", "note"}


class Document(Struct, frozen=True, kw_only=True):
    """A document. `number` is its document number (文号); where it has none it is cited by title.

    `at_hand` is false where the text itself was not read for the packs.
    """

    id: str
    number: str
    title: str
    kind: DocumentKind
    area: str
    published: date | None
    in_force: date | None
    until: date | None
    at_hand: bool
    note: str

    @property
    def name(self) -> str:
        """How the document is cited: its number, or its title in book-title marks.

        Practice is no document and gets no marks.
        """
        if self.kind == "practice":
            return f"{self.title}（无条文）"
        return self.number or f"《{self.title}》"


def load_documents(path: Path = POLICY_DIR / "documents.yaml") -> dict[str, Document]:
    """Read the documents by id. Raises DataFileError naming file, document and key."""
    return {key: _document(path, key, raw) for key, raw in read_mapping(path).items()}


def _document(path: Path, key: str, raw: Plain) -> Document:
    if not isinstance(raw, Mapping):
        raise DataFileError(f"{path}: {key}: found {raw!r}, expected the document's keys")
    unknown, missing = raw.keys() - _KEYS, _REQUIRED - raw.keys()
    if unknown or missing:
        raise DataFileError(
            f"{path}: {key}: unknown keys {sorted(unknown)}, missing keys {sorted(missing)}; "
            f"allowed are {sorted(_KEYS)}"
        )
    return Document(
        id=key,
        number=text(path, key, raw, "number"),
        title=text(path, key, raw, "title"),
        kind=_kind(path, key, raw["kind"]),
        area=text(path, key, raw, "area"),
        published=day(path, key, raw, "published"),
        in_force=day(path, key, raw, "in_force"),
        until=day(path, key, raw, "until"),
        at_hand=raw.get("at_hand", True) is True,
        note=text(path, key, raw, "note"),
    )


def _kind(path: Path, key: str, raw: Plain) -> DocumentKind:
    for kind in get_args(DocumentKind):
        if raw == kind:
            found: DocumentKind = kind
            return found
    raise DataFileError(f"{path}: {key}: kind: found {raw!r}, expected {get_args(DocumentKind)}")


def text(path: Path, place: str, raw: Mapping[str, Plain], key: str) -> str:
    """The text under a key, empty where the key is missing. Raises DataFileError for others."""
    value = raw.get(key, "")
    if not isinstance(value, str):
        raise DataFileError(f"{path}: {place}: {key}: found {value!r}, expected text")
    return value


def day(path: Path, place: str, raw: Mapping[str, Plain], key: str) -> date | None:
    """The date under a key, None where the key is missing. Raises DataFileError for others."""
    value = raw.get(key)
    if value is None or isinstance(value, date):
        return value
    raise DataFileError(f"{path}: {place}: {key}: found {value!r}, expected a date YYYY-MM-DD")
