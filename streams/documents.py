"""Makes the pages of `docs/` that follow from code and data: `python -m streams.documents`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from msgspec import Struct
from prometheus_client import Metric
from pydantic import SecretStr

import events
from alerts.ledger.figures import Figures
from events.kinds import KINDS, Diagnosis, FeeLine, FundPayment
from rules.coverage import coverage
from rules.packs import Policy
from rules.reference import EMPTY
from rules.registry import load_anomalies, load_rules
from rules.rule import ANOMALY, SEVERITIES, Rule
from rules.strict_yaml import read_mapping
from streams.ledger_metrics import families
from streams.metrics import Metrics
from streams.risk_metrics import Risk, risk_families
from streams.settings import Settings
from streams.worker.counts import Counts

DOCS: Final = Path(__file__).parent.parent / "docs"
FIELDS: Final = Path(events.__file__).parent / "fields.yaml"
_MADE: Final = "Made by `python -m streams.documents`; do not edit.\n"
_PARTS: Final[Mapping[str, type[Struct]]] = {
    "setldetail": FundPayment,
    "diseinfo": Diagnosis,
    "feedetail": FeeLine,
}


def fields_page() -> str:
    """Every field of every event, with its meaning. Raises KeyError for one without."""
    meanings: Mapping[str, Any] = read_mapping(FIELDS)
    page = [
        "# Fields of the event contract\n",
        _MADE,
        "Names are the national interface's, lower case; fields marked * are ours. Money is yuan"
        " with two decimals, times are RFC 3339 (+08:00 where no offset is sent). Bold fields are"
        " required.\n",
    ]
    for kind, struct in KINDS.items():
        page += [f"## {kind}\n", f"{(struct.__doc__ or '').strip()}\n", *_fields(struct, meanings)]
    for name, part in _PARTS.items():
        page += [f"## {name}[]\n", *_fields(part, meanings)]
    return "\n".join(page) + "\n"


def _fields(struct: type[Struct], meanings: Mapping[str, Any]) -> Iterator[str]:
    yield "| field | | meaning |\n|---|---|---|"
    required = set(struct.__struct_fields__[: -len(struct.__struct_defaults__) or None])
    names = sorted(struct.__struct_fields__, key=lambda name: (name not in _FIRST, name))
    for name in names:
        mark, chinese, english = meanings[name]
        shown = f"**`{name}`**" if name in required or name in _FIRST[:2] else f"`{name}`"
        yield f"| {shown}{mark} | {chinese} | {english} |"
    yield ""


_FIRST: Final = ("event_id", "event_time", "psn_no", "fixmedins_code")


def rules_page() -> str:
    """Every rule with what it cites, its parameters and its limits."""
    rules = [*load_rules(shadow=True), *load_anomalies()]
    page = [
        "# Rules\n",
        _MADE,
        f"{len(rules)} rules. Severity: "
        + ", ".join(f"{number} {name}" for number, name in SEVERITIES.items())
        + ". Every rule's cases run with `fundwatch rules test`; the family `anomaly` is judged by"
        " models (`docs/models.md`) and has none.\n",
    ]
    family = ""
    for rule in sorted(rules, key=lambda rule: (rule.meta.family, rule.id)):
        if rule.meta.family != family:
            family = rule.meta.family
            page.append(f"## {family}\n")
        page += _rule(rule)
    return "\n".join(page) + "\n"


def _rule(rule: Rule) -> Iterator[str]:
    meta = rule.meta
    yield f"### {meta.name.zh} {meta.name.en}\n"
    yield f"`{rule.id}` v{rule.version}, severity {meta.severity}, {meta.maturity}\n"
    yield f"- cites {', '.join((*meta.clauses, *meta.law, *meta.national_rules))}"
    if meta.policy:
        yield f"- needs {', '.join(f'`{path}`' for path in meta.policy)}"
    for name, parameter in meta.parameters.items():
        for dated in parameter.values:
            yield (
                f"- `{name}` from {dated.since}: {_short(dated.value)} {parameter.unit}."
                f" {parameter.description} ({dated.source})"
            )
    for limit in meta.does_not_apply:
        yield f"- does not apply: {limit.zh} {limit.en}"
    yield f"- look at: {meta.look_at.zh} {meta.look_at.en}"
    counted = {kind: sum(case.kind == kind for case in meta.cases) for kind in _CASE_KINDS}
    if meta.family == ANOMALY:
        yield ""
        return
    yield "- cases: " + ", ".join(f"{number} {kind}" for kind, number in counted.items()) + "\n"


_CASE_KINDS: Final = ("hit", "near_miss", "reversal")


def _short(value: object) -> str:
    if isinstance(value, (list, tuple)) and len(value) > 12:
        return f"{len(value)} entries"
    if isinstance(value, Mapping) and len(value) > 8:
        return f"{len(value)} entries"
    return str(value)


def coverage_page() -> str:
    """Clause by clause: what enforces or reports it, what is missing."""
    rows = coverage(load_rules(shadow=True), Policy.load())
    counted: dict[str, int] = {}
    for row in rows:
        counted[row.status] = counted.get(row.status, 0) + 1
    page = [
        "# Coverage of the policy documents\n",
        _MADE,
        f"{len(rows)} clauses: "
        + ", ".join(f"{number} {status}" for status, number in sorted(counted.items()))
        + ". `enforced` by a rule, `reported` by something to read or a property of the system,"
        " `open` where a value is left to the pooling area, `absent` where nothing meets it yet.\n",
        "| clause | document | article | demand | status | by | case | note |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        by = "<br>".join(row.by)
        case = row.cases[0] if row.cases else ""
        page.append(
            f"| {row.id} | {row.document} | {row.article} | {row.demand_zh}<br>{row.demand_en}"
            f" | {row.status} | {by} | {case} | {row.note} |"
        )
    return "\n".join(page) + "\n"


def metrics_page() -> str:
    """Every metric of a runner."""
    page = [
        "# Metrics\n",
        _MADE,
        "Served at `/metrics` by the embedded run and by every worker. No label holds anything"
        " about a person; areas that are not six digits are counted as `other`.\n",
        "| metric | type | labels | meaning |",
        "|---|---|---|---|",
    ]
    metrics = Metrics()
    page += [*_metrics(metrics), *_metrics(metrics.flow), *_metrics(metrics.models)]
    page += [
        "",
        "Workers have these too:\n",
        "| metric | type | labels | meaning |",
        "|---|---|---|---|",
    ]
    page += _metrics(Counts(metrics))
    page += [
        "",
        "The embedded run and the desk read these from the ledger, at most every"
        " `FUNDWATCH_FIGURES_SECONDS`. Where several processes serve one ledger, each shows all of"
        " it: take the maximum over instances. Every process also has the `process_*` metrics of"
        " Prometheus clients (memory, open files, start time).\n",
        "| metric | type | labels | meaning |",
        "|---|---|---|---|",
    ]
    page += [_row(family) for family in families(Figures(), str, {})]
    page += [_row(family) for family in risk_families(Risk(), str, EMPTY)]
    return "\n".join(page) + "\n"


def _metrics(holder: object) -> Iterator[str]:
    for collector in vars(holder).values():
        if hasattr(collector, "_labelnames"):
            (family,) = _described(collector)
            yield _row(family, collector._labelnames)


def _row(family: Metric, labels: Sequence[str] | None = None) -> str:
    told = ", ".join(getattr(family, "_labelnames", ()) if labels is None else labels)
    name = f"{family.name}_total" if family.type == "counter" else family.name
    return f"| `{name}` | {family.type} | {told} | {family.documentation} |"


def _described(collector: Any) -> list[Metric]:
    return list(collector.describe())


def settings_page() -> str:
    """Every setting, with its variable, default and meaning."""
    page = [
        "# Settings\n",
        _MADE,
        "Read from the environment. What is secret can stand in a file instead: `FUNDWATCH_SECRETS`"
        " names a folder, and a file there is called like the variable in small letters"
        " (`fundwatch_postgres`). The environment comes first. A value that does not fit ends the"
        " command with the variable's name.\n",
        "| variable | default | meaning |",
        "|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        default = field.default
        if isinstance(default, SecretStr):
            shown = "(secret)" if default.get_secret_value() else ""
        else:
            shown = "" if default is None else f"`{default}`" if default != "" else ""
        page.append(f"| `FUNDWATCH_{name.upper()}` | {shown} | {field.description} |")
    return "\n".join(page) + "\n"


def features_page() -> str:
    """Every feature with its meaning and unit, by the stage that works it out."""
    from detectors.features import company, habits, hits, place, purchases, spending, verdicts
    from detectors.features.feature import UNITS
    from detectors.registry import all_detectors

    used: dict[str, list[str]] = {}
    for one in all_detectors():
        for name in one.columns:
            used.setdefault(name, []).append(one.name)
    groups = (
        ("Amounts against the own past", spending.FEATURES),
        ("Timing and whereabouts", habits.FEATURES),
        ("Drug mix, account use, refunds, credentials", purchases.FEATURES),
        ("Institution, terminal and physician", place.FEATURES),
        ("Company", company.FEATURES),
        ("Verdicts (triage only)", verdicts.FEATURES),
        ("Alerts on the settlement (triage only)", hits.FEATURES),
    )
    page = [
        "# Features of the anomaly models\n",
        _MADE,
        f"{sum(len(features) for _, features in groups)} features. All look only at what lies"
        " strictly before the settlement by event time and event id. The first three groups are"
        " worked out where the person's history is and travel with the settlement; the rest where"
        " its institution's is. `ln(1+x)`: logarithm of one more than the quantity.\n",
    ]
    for title, features in groups:
        page += [
            f"## {title}\n",
            "| feature | | meaning | unit | used by |",
            "|---|---|---|---|---|",
        ]
        page += [
            f"| `{one.name}` | {one.zh} | {one.en} | {' '.join(UNITS[one.unit])} |"
            f" {', '.join(used.get(one.name, ['triage']))} |"
            for one in features
        ]
        page.append("")
    return "\n".join(page).rstrip() + "\n"


PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "fields.md": fields_page,
    "features.md": features_page,
    "rules.md": rules_page,
    "coverage.md": coverage_page,
    "metrics.md": metrics_page,
    "settings.md": settings_page,
}


def main() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
