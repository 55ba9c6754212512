"""Finds the rules: every module in a family's folder that has a YAML twin."""

from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Final

from rules.findings import Verdict
from rules.rule import ANOMALY, Meta, Rule, read_meta
from rules.strict_yaml import DataFileError

FAMILIES: Final = (
    "impersonation",
    "duplicates",
    "cash_out",
    "benefit_rules",
    "account",
    "institution",
    "usage",
    "knowledge",
    "data_quality",
)
_HERE: Final = Path(__file__).parent


def load_rules(names: Iterable[str] = (), *, shadow: bool = False) -> Sequence[Rule]:
    """The rules, ordered by id.

    `names` picks rules by id or family (also shadow ones); without it all stable rules are
    loaded, and with `shadow` those in trial too. Raises DataFileError for a name that no rule has
    and for metadata that does not fit its module.
    """
    rules = [_load(path) for folder in FAMILIES for path in sorted((_HERE / folder).glob("*.yaml"))]
    wanted = set(names)
    if not wanted:
        kept = {"stable", "shadow"} if shadow else {"stable"}
        chosen = [rule for rule in rules if rule.meta.maturity in kept]
    else:
        chosen = [rule for rule in rules if wanted & {rule.id, rule.meta.family}]
        unknown = wanted - {rule.id for rule in rules} - {rule.meta.family for rule in rules}
        if unknown:
            known = ", ".join(rule.id for rule in rules)
            raise DataFileError(f"no rule or family {sorted(unknown)}; there are: {known}")
    return sorted(chosen, key=lambda rule: rule.id)


def load_anomalies(names: Iterable[str] = ()) -> Sequence[Rule]:
    """What models may find, ordered by id: metadata alone, because no function of one history
    judges it (`rules.panel`). `names` picks by id or family, without it there are all. Raises
    DataFileError for metadata that is wrong."""
    wanted = set(names)
    rules = []
    for path in sorted((_HERE / ANOMALY).glob("*.yaml")):
        meta = _meta(path)
        module = import_module(f"rules.{ANOMALY}.{path.stem}")
        if not wanted or wanted & {meta.id, meta.family}:
            rules.append(Rule(meta, _judged_elsewhere, module.KIND, module.RECORDS, module.SUBJECT))
    return rules


def _judged_elsewhere(*_: object) -> Iterable[Verdict]:
    raise TypeError("a model judges this, not a function: see rules.panel")


def _meta(path: Path) -> Meta:
    meta = read_meta(path)
    expected = f"{meta.family}.{path.stem}"
    if meta.id != expected:
        raise DataFileError(f"{path}: id: found {meta.id!r}, expected {expected!r}")
    return meta


def _load(path: Path) -> Rule:
    meta = _meta(path)
    module = import_module(f"rules.{path.parent.name}.{path.stem}")
    return Rule(meta, module.check, module.KIND, module.RECORDS, module.SUBJECT)
