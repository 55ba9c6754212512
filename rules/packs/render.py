"""The policy pages of the documentation, written from the packs themselves.

`python -m rules.packs.render > docs/policy.md` writes the page; a test keeps it current.
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

from events.money import yuan
from events.times import date_of
from rules.clauses import read_clauses
from rules.documents import POLICY_DIR, Document, load_documents, text
from rules.packs.model import Bounds, Entry, Kind, Pack, Parameter, PolicyValue
from rules.packs.policy import Policy
from rules.strict_yaml import read_mapping

_INTRO: Final = """\
# Policy packs: the law as dated data

This page is written from the packs (`python -m rules.packs.render > docs/policy.md`); do not
edit it by hand.

A rule never reads a number from code. Numbers, dates, lists and yes-or-no answers of law stand in
`rules/policy`, one folder per area, one YAML file per topic. A parameter's name is its path: the
file's name and the keys down to its dated statements. `outpatient.cap.retired` of Chifeng is
`cap: retired:` in `rules/policy/chifeng/outpatient.yaml`.

```yaml
cap:
  retired:
    - from: 2022-10-01        # the day it holds from
      value: 5000             # money in yuan; null repeals; open: true leaves it to the area
      document: CF-DET        # an id of documents.yaml
      article: 第五条
      clauses: [CF-5b]        # ids of clauses.yaml, of the same document
      checked: 2026-11-23     # when somebody last compared it with the document
```

To change a number from a date on, add a statement below the old one; never edit the old one.
A running monitor or worker takes the change up before its next batch (or when it is sent SIGHUP),
without a restart: the file is read and checked whole first, and one that is wrong is told in the
log and in `fundwatch_policy_reloads_total{outcome="refused"}` while the policy in use stays. The
journal has every policy that alerts were found under (`policy.loaded`, `policy.reloaded`), with the
text of the overlays and each value that changed; exports name both values with their days.

## How a value is found

- Evaluation is at the event's date, in the area where the person is insured.
- The nearest pack that says anything decides: county (6 digits), pooling area (4), province (2),
  nation. `value: null` and `open: true` stop the search; a statement whose document has run out is
  as if it were not there.
- The status of a path is `set`, `open` (a document leaves it to the area), `repealed` (repealed or
  run out) or `absent` (no document says anything). A check that needs a value which is not set
  stays silent, and `fundwatch rules coverage` says so.
- `open` may carry `bounds`, the least and greatest value the document allows.
- Reading is strict: an unknown key or path, a missing reference, a wrong type, two statements from
  one day, a date before the document came into force or after it ran out, or a clause of another
  document is an error that names file and path.

## Overlays

An overlay fills open values, or replaces values for a what-if. None is active unless you name it.
Every value in it has its own reference, what it fills is marked `filled`, and an alert that rests
on it says so.

```yaml
overlay: our-city-2026
pack: chengdu                 # whose values these are
mode: fill                    # replace is for a what-if
official: true                # whether the references are official documents
title_zh: 成都市职工门诊统筹参数
title_en: Outpatient amounts of Chengdu
values:
  outpatient.cap.employed:
    - {from: 2023-01-01, value: 2000, reference: 文号 第几条, checked: 2026-11-23}
```

`mode: fill` refuses to touch what a document sets and what lies outside a document's bounds. Law
that a pack sets from a later day takes over from a filling overlay.
"""

_TEXT: Final = {
    (False, True): "read",
    (False, False): "**not at hand**",
    (True, True): "none",
    (True, False): "none",
}
"""What the page says of a document's text, by whether it is practice and whether it was read."""


def render(policy: Policy, root: Path = POLICY_DIR) -> str:
    """The page as Markdown, ending in a newline."""
    documents = load_documents(root / "documents.yaml")
    parts = [
        _INTRO,
        _shipped(root / "overlays"),
        _documents(documents.values()),
        *(_pack(pack, policy.parameters()) for pack in policy.packs()),
        _open(policy),
        _parameters(policy.parameters().values()),
        _clauses(root),
    ]
    return "\n".join(parts)


def shown(value: PolicyValue, kind: Kind) -> str:
    """A value as the page and explanations show it: money in yuan, ratios in percent."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if kind == "money" and isinstance(value, int):
        return f"{yuan(value)} yuan"
    if isinstance(value, Decimal):
        return f"{(value * 100).normalize():f}%"
    if isinstance(value, tuple):
        return ", ".join(value) or "none"
    return value.isoformat() if isinstance(value, date) else str(value)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    lines += [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def _shipped(folder: Path) -> str:
    rows = []
    for path in sorted(folder.glob("*.yaml")):
        raw = read_mapping(path)
        rows.append(
            (
                f"`rules/policy/overlays/{path.name}`",
                text(path, "overlay", raw, "pack"),
                text(path, "overlay", raw, "mode"),
                "yes" if raw["official"] is True else "**no**",
                text(path, "overlay", raw, "title_en"),
            )
        )
    return "Overlays that come with fundwatch:\n\n" + _table(
        ("file", "pack", "mode", "official", "what it is"), rows
    )


def _documents(documents: Iterable[Document]) -> str:
    rows = (
        (
            f"`{one.id}`",
            one.name,
            one.title,
            one.kind,
            one.published.isoformat() if one.published else "",
            one.in_force.isoformat() if one.in_force else "",
            one.until.isoformat() if one.until else "",
            _TEXT[one.kind == "practice", one.at_hand],
        )
        for one in documents
    )
    heads = ("id", "number", "title", "kind", "published", "in force", "last day", "text")
    return (
        "## Documents\n\nWhere the text was not at hand, confirm the article before citing it.\n\n"
        + _table(heads, rows)
    )


def _pack(pack: Pack, parameters: Mapping[str, Parameter]) -> str:
    head = f"## {pack.name_en} ({pack.name_zh}{pack.admdvs and ', ' + pack.admdvs})\n"
    below = f"\nInherits from `{pack.parent}`.\n" if pack.parent else ""
    if not pack.entries:
        return f"{head}{below}\nNo statements of its own; overlays may name it.\n"
    rows = (
        (
            f"`{path}`",
            entry.start.isoformat(),
            _stated(entry, parameters[path].kind),
            entry.reference,
            " ".join(entry.clauses),
            entry.checked.isoformat(),
            entry.note,
        )
        for path, entries in sorted(pack.entries.items())
        for entry in entries
    )
    heads = ("path", "from", "value", "reference", "clauses", "checked", "note")
    return f"{head}{below}\n" + _table(heads, rows)


def _stated(entry: Entry, kind: Kind) -> str:
    if entry.status == "open":
        return f"*open*{_bounds(entry.bounds, kind)}"
    return "*repealed*" if entry.value is None else shown(entry.value, kind)


def _bounds(bounds: Bounds | None, kind: Kind) -> str:
    if bounds is None:
        return ""
    least, greatest = (None if one is None else shown(one, kind) for one in bounds)
    if least and greatest:
        return f", {least} to {greatest}"
    return f", at least {least}" if least else f", at most {greatest}"


def _open(policy: Policy) -> str:
    parts = [f"## Open values on {date_of(policy.checked)}\n"]
    areas = [pack for pack in policy.packs() if pack.admdvs]
    for pack in areas:
        rows = (
            (
                f"`{one.path}`",
                one.since.isoformat(),
                one.source,
                one.reference,
                _bounds(one.bounds, policy.parameters()[one.path].kind).removeprefix(", "),
            )
            for one in policy.open_values(pack.admdvs)
        )
        parts.append(
            f"### {pack.name_en}\n\n"
            + _table(("path", "since", "left open by", "reference", "bounds"), rows)
        )
    return "\n".join(parts)


def _parameters(parameters: Iterable[Parameter]) -> str:
    rows = (
        (f"`{one.path}`", one.kind, ", ".join(one.choices), one.zh, one.en)
        for one in sorted(parameters, key=lambda parameter: parameter.path)
    )
    return "## All parameters\n\n" + _table(("path", "type", "choices", "中文", "meaning"), rows)


def _clauses(root: Path) -> str:
    rows = (
        (f"`{one.id}`", one.cite, one.kind, one.family, one.demand_zh, one.demand_en)
        for one in read_clauses(root).values()
    )
    return "## What the documents demand\n\n" + _table(
        ("clause", "where", "kind", "family", "要求", "demand"), rows
    )


if __name__ == "__main__":
    sys.stdout.write(render(Policy.load()))
