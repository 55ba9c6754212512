"""YAML as data files of law need it: no floats, no repeated keys, and errors that name the place.

PyYAML keeps the last of two equal keys without a word and turns 0.1 into a binary float. Both
would change law silently, so decimals become `Decimal` and a repeated key is an error.
"""

from collections.abc import Hashable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

import yaml

Plain = None | bool | int | str | Decimal | date | Sequence["Plain"] | Mapping[str, "Plain"]
"""What a file may hold."""

MAX_BYTES: Final = 4_000_000
"""A data file larger than this is a mistake."""


class DataFileError(ValueError):
    """A data file is wrong; the text names the file, the place, what was found and expected."""


class _Loader(yaml.CSafeLoader):
    """SafeLoader, parsing in C, without floats and without repeated keys."""

    def construct_mapping(
        self, node: yaml.MappingNode, deep: bool = False
    ) -> dict[Hashable, object]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(
                    None, None, "found a key that is not plain text", key.start_mark
                )
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"found the key {key.value!r} twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def _decimal(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Decimal:
    return Decimal(str(loader.construct_scalar(node)).replace("_", ""))


_Loader.add_constructor("tag:yaml.org,2002:float", _decimal)


def read_mapping(path: Path) -> dict[str, Plain]:
    """Read a YAML file whose top is a mapping with text keys.

    Raises DataFileError naming the file (and the line, where YAML knows it).
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DataFileError(f"{path}: larger than {MAX_BYTES} bytes; split the file")
        # The loader is a SafeLoader: it builds plain values only.
        loader = _Loader(path.read_text(encoding="utf-8"))
        try:
            content: object = loader.get_single_data()
        finally:
            loader.dispose()
    except OSError as error:
        raise DataFileError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise DataFileError(f"{path}: byte {error.start} is not UTF-8; save as UTF-8") from error
    except (yaml.YAMLError, ArithmeticError, ValueError, RecursionError) as error:
        if isinstance(error, DataFileError):
            raise
        raise DataFileError(f"{path}: {error}") from error
    if not isinstance(content, dict):
        raise DataFileError(f"{path}: found {type(content).__name__}, expected keys and values")
    return {_text_key(path, key): _plain(path, key, value) for key, value in content.items()}


def _text_key(path: Path, key: object) -> str:
    if not isinstance(key, str):
        raise DataFileError(f"{path}: found the key {key!r}, expected text; put it in quotes")
    return key


def _plain(path: Path, key: object, value: object) -> Plain:
    if isinstance(value, datetime):
        raise DataFileError(f"{path}: {key}: found the moment {value}, expected a date")
    if value is None or isinstance(value, (bool, int, str, Decimal, date)):
        return value
    if isinstance(value, list):
        return [_plain(path, key, item) for item in value]
    if isinstance(value, dict):
        return {_text_key(path, name): _plain(path, name, item) for name, item in value.items()}
    raise DataFileError(f"{path}: {key}: found {type(value).__name__}, expected plain values")
