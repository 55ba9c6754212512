"""A rule: its function and its metadata, the YAML file of the same name beside its module."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct, field

from events.times import day_number, day_of
from rules.findings import Verdict
from rules.strict_yaml import DataFileError, read_mapping

Family = Literal[
    "impersonation",
    "duplicates",
    "cash_out",
    "benefit",
    "account",
    "institution",
    "usage",
    "knowledge",
    "data_quality",
    "anomaly",
]
ANOMALY: Final = "anomaly"
"""What models found and no rule foresaw: never a clear breach, and judged by `rules.panel`."""
Maturity = Literal["shadow", "stable", "deprecated"]
SEVERITIES: Final = {1: "clear breach", 2: "highly suspicious", 3: "slightly suspicious"}


class Text(Struct, frozen=True, forbid_unknown_fields=True):
    """A text in Chinese and English."""

    zh: str
    en: str


class DatedValue(Struct, frozen=True, forbid_unknown_fields=True, rename={"since": "from"}):
    """A parameter's value from a date on."""

    since: date
    value: Any
    source: str


class Parameter(Struct, frozen=True, forbid_unknown_fields=True):
    """A threshold of a rule, by date, with its source."""

    description: str
    unit: str
    values: tuple[DatedValue, ...]


class Expected(Struct, frozen=True, forbid_unknown_fields=True):
    """An alert that a case must raise: the events it names, and what else is said of it."""

    events: tuple[str, ...]
    status: Literal["open", "withdrawn"] = "open"
    amount: Any = None
    severity: int | None = None


class Case(Struct, frozen=True, forbid_unknown_fields=True):
    """A short story of events with the alerts that the rule must raise, and no others."""

    name: str
    kind: Literal["hit", "near_miss", "reversal"]
    events: tuple[Mapping[str, Any], ...]
    expect: tuple[Expected, ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    institutions: tuple[Mapping[str, Any], ...] = ()
    catalogue: tuple[Mapping[str, Any], ...] = ()
    overlays: tuple[str, ...] = ()


class Meta(Struct, frozen=True, forbid_unknown_fields=True):
    """What the YAML twin of a rule says."""

    id: str
    version: int
    name: Text
    family: Family
    severity: Literal[1, 2, 3]
    maturity: Maturity
    clauses: tuple[str, ...]
    message: Text
    does_not_apply: tuple[Text, ...]
    look_at: Text
    cases: tuple[Case, ...] = ()
    law: tuple[str, ...] = ()
    national_rules: tuple[str, ...] = ()
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    policy: tuple[str, ...] = ()
    """Paths of the policy pack that the rule needs; an open one silences it."""


Check = Callable[..., Iterable[Verdict]]
"""`check(rule, context, history, record)` gives a verdict for every matter that may change.

It is called for nearly every event and must leave quickly where nothing is wrong: best as a plain
function that returns `()` after a look at plain attributes, and a generator only beyond that.
"""


class Rule:
    """A rule ready to run."""

    __slots__ = ("_dates", "_flat", "check", "id", "kind", "meta", "records", "subject", "version")

    def __init__(
        self, meta: Meta, check: Check, kind: str, records: tuple[type, ...], subject: str
    ) -> None:
        self.meta = meta
        self.id = meta.id
        self.version = meta.version
        self.check = check
        self.kind = kind
        self.records = records
        self.subject = subject
        self._dates = {
            name: tuple((day_number(dated.since), dated.value) for dated in parameter.values)
            for name, parameter in meta.parameters.items()
        }
        self._flat: dict[str, Any] | None = None
        if all(len(values) == 1 for values in self._dates.values()):
            self._flat = {name: values[0][1] for name, values in self._dates.items()}

    def at(self, time: int) -> Mapping[str, Any]:
        """The rule's parameters at an event time (epoch seconds)."""
        if self._flat is not None:
            return self._flat
        day = day_of(time)
        return {
            name: [value for since, value in values if since <= day][-1]
            for name, values in self._dates.items()
            if values[0][0] <= day
        }


def read_meta(path: Path) -> Meta:
    """Read a rule's YAML. Raises DataFileError that names the file and the place."""
    try:
        meta = msgspec.convert(read_mapping(path), Meta)
    except msgspec.ValidationError as error:
        raise DataFileError(f"{path}: {error}") from None
    for name, parameter in meta.parameters.items():
        dates = [dated.since for dated in parameter.values]
        if not dates or dates != sorted(set(dates)):
            raise DataFileError(f"{path}: parameters.{name}: expected values in order of `from`")
    if meta.family == ANOMALY:
        if meta.severity == 1 or meta.cases:
            raise DataFileError(
                f"{path}: found severity {meta.severity} and {len(meta.cases)} cases, expected a"
                " severity of 2 or 3 and none: what is unusual depends on the model"
            )
        return meta
    kinds = {case.kind for case in meta.cases}
    missing = {"hit", "near_miss", "reversal"} - kinds
    if missing:
        raise DataFileError(f"{path}: cases: found none of kind {', '.join(sorted(missing))}")
    return meta
