"""The models of a folder of models: which there are, which is in use, which is in trial.

    MODELS_DIR/NAME/...    a model, as `detectors.store.folder` keeps it
    MODELS_DIR/active      the name of the model in use
    MODELS_DIR/shadow      the name of the model in trial beside it

Pointers are files that are replaced in one step: a reader sees the old name or the new one.
"""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

from msgspec import Struct

from detectors.store.manifest import MANIFEST, ModelError

Role = Literal["active", "shadow"]
ROLES: Final[tuple[Role, ...]] = ("active", "shadow")
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z", re.ASCII)


class Pointers(Struct, frozen=True):
    """The folders of the model in use and of the one in trial, where there are any."""

    active: Path | None
    shadow: Path | None


def models_in(models: Path) -> Sequence[Path]:
    """The folders of models, by name."""
    return sorted(
        path.parent for path in models.glob(f"*/{MANIFEST}") if path.parent.name[0] != "."
    )


def pointers(models: Path) -> Pointers:
    """What a folder of models points to; a model's own folder is the model in use. Raises
    ModelError for a pointer to nothing."""
    if (models / MANIFEST).is_file():
        return Pointers(models, None)
    return Pointers(pointed(models, "active"), pointed(models, "shadow"))


def pointed(models: Path, role: Role) -> Path | None:
    """The folder of the model in a role, None if there is none. Raises ModelError."""
    pointer = models / role
    try:
        name = pointer.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(
            f"{pointer}: cannot be read ({type(error).__name__}): {_ACTIVATE}"
        ) from None
    if _NAME.match(name) is None or not (models / name / MANIFEST).is_file():
        raise ModelError(f"{pointer}: names {name[:64]!r}, and there is no such model: {_ACTIVATE}")
    return models / name


def named(models: Path, name: str) -> Path:
    """The folder of a model by name. Raises ModelError that says which there are."""
    if _NAME.match(name) is None or not (models / name / MANIFEST).is_file():
        known = ", ".join(path.name for path in models_in(models)) or "none"
        raise ModelError(f"{models}: found no model {name!r}; there are: {known}")
    return models / name


def point(models: Path, role: Role, name: str | None) -> None:
    """Let a role be another model's, or nobody's. The caller has loaded the model before."""
    pointer = models / role
    if name is None:
        pointer.unlink(missing_ok=True)
        return
    fresh = models / f".{role}.{os.getpid()}"
    fresh.write_text(f"{name}\n", encoding="utf-8")
    fresh.replace(pointer)


_ACTIVATE: Final = "choose one with `fundwatch models activate`"
