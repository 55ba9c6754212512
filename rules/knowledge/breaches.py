"""How the rules of knowledge points tell what they found: the lines, the points, the money."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from events.times import DAY
from rules.context import Context
from rules.duplicates.fee_lines import charged
from rules.findings import Finding, found
from rules.histories.person import Person
from rules.histories.records import Line, Visit
from rules.histories.series import between
from rules.knowledge.index import Hit
from rules.knowledge.payment import breached_by_pool, breached_by_use, gravity, pooled
from rules.knowledge.reasons import told

_CONSTRAINT: Final = 80
"""Signs of a constraint that evidence shows; indications run to pages."""


def charged_hits(context: Context, rule: str, visit: Visit) -> Sequence[Hit]:
    """The hits of a rule on lines that the settlement does not itself take back."""
    hits = context.knowledge.hits(rule, visit)
    if not hits:
        return hits
    standing = set(map(id, charged(visit.lines)))
    return [hit for hit in hits if id(hit.line) in standing]


def pooled_hits(context: Context, rule: str, visit: Visit) -> Sequence[Hit]:
    """Those of them that funds paid for."""
    return [hit for hit in charged_hits(context, rule, visit) if pooled(visit, hit.line)]


def breach_of_payment(
    context: Context, visit: Visit, hits: Sequence[Hit], evidence: Mapping[str, Any] | None = None
) -> Finding | None:
    """The finding that the pool paid against these points; None without any."""
    return _breach(context, visit, hits, evidence or {}, use=False) if hits else None


def breach_of_use(
    context: Context, visit: Visit, hits: Sequence[Hit], evidence: Mapping[str, Any] | None = None
) -> Finding | None:
    """The finding that something was used against these points; None without any."""
    return _breach(context, visit, hits, evidence or {}, use=True) if hits else None


def lines_of(hits: Sequence[Hit]) -> Sequence[Line]:
    """The lines of hits, each once."""
    return list({id(hit.line): hit.line for hit in hits}.values())


def earlier_visits(person: Person, anchor: Visit, days: int) -> Sequence[Visit]:
    """The settlements of the days before a settlement, up to it and without it."""
    near = between(person.visits, anchor.time - days * DAY, anchor.time)
    return [
        visit for visit in near if (visit.time, visit.event_id) < (anchor.time, anchor.event_id)
    ]


def later_visits(person: Person, record: Visit, days: int) -> Sequence[Visit]:
    """The settlements of the days after a settlement, from it on and without it."""
    near = between(person.visits, record.time, record.time + days * DAY)
    return [
        visit for visit in near if (visit.time, visit.event_id) > (record.time, record.event_id)
    ]


def _breach(
    context: Context, visit: Visit, hits: Sequence[Hit], more: Mapping[str, Any], *, use: bool
) -> Finding:
    lines = lines_of(hits)
    points = {hit.entry.point.kp_id: hit.entry for hit in hits}
    entries = [points[kp_id] for kp_id in sorted(points)]
    amount = breached_by_use(visit, lines) if use else breached_by_pool(visit, lines)
    limits = [told(entry.limit) for entry in entries]
    return found(
        [visit],
        amount=amount,
        involved=visit.fee,
        area=visit.insured_area,
        severity=gravity(visit) if use else None,
        evidence={
            "institution": context.name_of(visit.inst),
            "settled_at": visit.time,
            "items": list(dict.fromkeys(_name(hit) for hit in hits)),
            "codes": sorted({line.code for line in lines}),
            "kp_ids": [entry.point.kp_id for entry in entries],
            "constraints": list(
                dict.fromkeys(entry.point.constraint[:_CONSTRAINT] for entry in entries)
            ),
            "limits_zh": list(dict.fromkeys(limit.zh for limit in limits)),
            "limits_en": list(dict.fromkeys(limit.en for limit in limits)),
            "breach_fen": amount,
            **more,
        },
    )


def _name(hit: Hit) -> str:
    return hit.line.name or hit.entry.point.item_name or hit.line.code
