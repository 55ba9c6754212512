"""The causes of action and the reasons for dismissing, read from `causes.yaml`."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, get_args

from msgspec import Struct

from rules.strict_yaml import DataFileError, read_mapping

Party = Literal["institution", "person", "agency", "other"]

PARTIES: Final[dict[Party, tuple[str, str]]] = {
    "institution": ("定点医药机构", "designated institution"),
    "person": ("参保人员", "insured person"),
    "agency": ("经办机构", "agency"),
    "other": ("其他主体", "another party"),
}
"""Kinds of party (主体类别) in Chinese and English."""
_FILE: Final = Path(__file__).with_suffix(".yaml")


class Cause(Struct, frozen=True):
    """A cause of action; `article` is cited in Chinese. The code is ours, not the list's number."""

    code: str
    party: Party
    article: str
    zh: str
    en: str


class Dismissal(Struct, frozen=True):
    """A reason why an alert or case is dismissed."""

    code: str
    zh: str
    en: str


@cache
def causes() -> Mapping[str, Cause]:
    """All causes by code, in the order of the law."""
    return {code: _cause(code, raw) for code, raw in _section("causes").items()}


@cache
def dismissals() -> Mapping[str, Dismissal]:
    """All reasons for dismissing by code."""
    return {
        code: Dismissal(code, str(raw["zh"]), str(raw["en"]))
        for code, raw in _section("dismissals").items()
    }


def _cause(code: str, raw: Mapping[str, Any]) -> Cause:
    if raw["party"] not in get_args(Party):
        raise DataFileError(f"{_FILE}: {code}: found the party {raw['party']!r}")
    return Cause(code, raw["party"], str(raw["article"]), str(raw["zh"]), str(raw["en"]))


def _section(name: str) -> Mapping[str, Mapping[str, Any]]:
    found = read_mapping(_FILE)[name]
    if not isinstance(found, Mapping):
        raise DataFileError(f"{_FILE}: {name}: expected a mapping")
    return {str(code): raw for code, raw in found.items() if isinstance(raw, Mapping)}
