"""Tables of what was in force: every parameter in the areas of a period, and how policy changed.

A parameter that changes within the period has a row for each of its values, with the days between
which it held, so that nobody needs to guess which of them an alert was found under.
"""

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from alerts.exports.periods import Period
from alerts.exports.tables import Row, Table, columns
from alerts.ledger.configuring import Changed, Configured, Overlay
from events.times import date_of, day_number
from rules.packs import Policy, PolicyValue
from rules.packs.model import Kind
from rules.packs.render import shown
from rules.packs.timeline import Segment

_STATUSES: Final = {
    "set": "有效 in force",
    "open": "由统筹区确定 left to the area",
    "repealed": "废止 repealed",
}
_CHANGED: Final = "期内变更 changed in the period"


def policy_of(overlays: Sequence[Overlay]) -> Policy:
    """The policy with overlays as a ledger's journal has them."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, overlay in enumerate(overlays):
            # Two overlays may have the same file name.
            path = Path(folder) / f"{number}-{Path(overlay.name).name}"
            path.write_text(overlay.text, encoding="utf-8")
            paths.append(path)
        return Policy.load(paths)


def parameters(policy: Policy, areas: Iterable[str], period: Period) -> Table:
    """The values of every pack that answers for one of the areas, with the days they held."""
    named: dict[str, str] = {}
    for area in sorted(areas):
        pack = policy.pack_of(area)
        named.setdefault(pack.id, area)
    first, last = day_number(period.first), day_number(period.last)
    rows: list[Row] = []
    for area in named.values():
        pack = policy.pack_of(area)
        for path, parameter in sorted(policy.parameters().items()):
            line = policy.timeline(area, path)
            held = [(one, until) for one, until in _spans(line) if _meets(one, until, first, last)]
            for segment, until in held:
                if segment.status == "absent":
                    continue
                value = segment.value
                changed = len(held) > 1 and (
                    first < segment.start <= last or (until is not None and until < last)
                )
                rows.append(
                    (
                        pack.id,
                        f"{pack.name_zh} {pack.name_en}",
                        path,
                        parameter.zh,
                        parameter.en,
                        shown(value.value, parameter.kind) if value else "",
                        date_of(segment.start),
                        None if until is None else date_of(until),
                        _STATUSES.get(segment.status, segment.status),
                        _CHANGED if changed else "",
                        value.reference if value else segment.reference,
                        " ".join(value.clauses if value else segment.clauses),
                        value.overlay if value else "",
                    )
                )
    return Table(
        "parameters",
        "政策参数",
        "Policy parameters",
        columns(
            "pack|政策包|pack",
            "pack_name|名称|name",
            "path|参数|parameter",
            "name_zh|参数名称|name",
            "name_en|英文名称|name in English",
            "value|值|value",
            "since|起始日|from|date",
            "until|截止日|until|date",
            "status|状态|status",
            "change|变更|change",
            "reference|出处|reference",
            "clauses|依据|clauses",
            "overlay|填入文件|overlay",
        ),
        rows,
        "金额为元；截止日含当日，空为至今",
        "money in yuan; until includes the day, nothing is no end",
    )


def changed_within(table: Table) -> str:
    """The values of a table of parameters that changed in the period, each with its first day."""
    told: dict[tuple[str, str], list[str]] = {}
    for row in table.rows:
        pack, path, value, since, change = row[0], row[2], row[5], row[6], row[9]
        if change:
            told.setdefault((pack, path), []).append(f"{since.isoformat()} {value or row[8]}")
    return "；".join(f"{pack} {path}: {' → '.join(one)}" for (pack, path), one in told.items())


def _spans(line: Sequence[Segment]) -> list[tuple[Segment, int | None]]:
    """Each segment with its last day; None where none follows."""
    following = [*(segment.start - 1 for segment in line[1:]), None]
    return list(zip(line, following, strict=False))


def _meets(segment: Segment, until: int | None, first: int, last: int) -> bool:
    return segment.start <= last and (until is None or until >= first)


def policy_changes(known: Sequence[Configured]) -> Table:
    """Every configuration the ledger's alerts were found under, and each value that changed."""
    rows: list[Row] = []
    for one in known:
        base = (
            one.seq,
            one.at_ms // 1000,
            one.actor,
            one.action,
            one.before,
            one.configuration.policy,
            " ".join(overlay.name for overlay in one.configuration.overlays),
        )
        rows += [
            (*base, change.pack, change.path, change.since, change.before, change.after)
            for change in one.changed or (Changed("", "", "", "", ""),)
        ]
    return Table(
        "policy_changes",
        "政策变更记录",
        "Changes of policy",
        columns(
            "seq|日志序号|journal entry|count",
            "at|时间|time|time",
            "actor|操作者|by",
            "action|动作|action",
            "digest_before|变更前摘要|digest before",
            "digest|摘要|digest",
            "overlays|填入文件|overlays",
            "pack|政策包|pack",
            "path|参数|parameter",
            "since|起始日|from",
            "before|原值|value before",
            "after|新值|value after",
        ),
        rows,
    )


def changes_between(before: Policy, after: Policy) -> tuple[Changed, ...]:
    """Every value that differs between two policies, by pack, path and day."""
    found: list[Changed] = []
    for pack in after.packs():
        for path, parameter in sorted(after.parameters().items()):
            area = pack.admdvs
            old = {s.start: _value(s, parameter.kind) for s in _line(before, area, path)}
            new = {s.start: _value(s, parameter.kind) for s in _line(after, area, path)}
            found += [
                Changed(
                    pack.id,
                    path,
                    date_of(start).isoformat(),
                    old.get(start, ""),
                    new.get(start, ""),
                )
                for start in sorted(old.keys() | new.keys())
                if old.get(start, "") != new.get(start, "")
            ]
    return tuple(found)


def _line(policy: Policy, area: str, path: str) -> Sequence[Segment]:
    if path not in policy.parameters() or area not in {one.admdvs for one in policy.packs()}:
        return ()
    return policy.timeline(area, path)


def _value(segment: Segment, kind: Kind) -> str:
    if segment.value is None:
        return f"({segment.status})"
    value: PolicyValue = segment.value.value
    return shown(value, kind)
