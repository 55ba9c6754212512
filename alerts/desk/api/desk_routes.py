"""What stands beside alerts and cases: clocks, tips, snoozes, causes, rules, policy, health."""

from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel

from alerts.access.dependencies import Auditor, NowMs, OpenLedger, Supervisor, Viewer
from alerts.cases import clocks, snoozes, tips
from alerts.cases.causes import PARTIES, causes, dismissals
from alerts.cases.clocks import today
from alerts.cases.periods import periods
from alerts.cases.refusals import unknown, wrong
from alerts.desk.api import shapes
from alerts.desk.api.answers import answer, documented
from alerts.desk.api.telling import (
    case_told,
    clock_told,
    entry_told,
    snooze_told,
    time_told,
    tip_told,
)
from alerts.desk.world import Known, every_rule
from alerts.ledger import journal, reading
from events.money import yuan
from events.times import day_number
from rules.clauses import citation
from rules.packs.model import PolicyValue
from rules.rule import Meta

ROUTES: Final = APIRouter(prefix="/v1")
Limit = Annotated[int, Query(ge=1, le=1000)]
Offset = Annotated[int, Query(ge=0, le=1_000_000)]


@ROUTES.get(
    "/clocks",
    tags=["cases"],
    summary="在办期限 Statutory periods that run",
    response_model=shapes.Clocks,
    responses=documented(),
)
def running(ledger: OpenLedger, now_ms: NowMs, user: Viewer, world: Known) -> Response:
    """Those of cases that a user may see, the next to end first."""
    with ledger.read() as connection:
        found = clocks.running(connection, user, 500)
    told = [clock_told(clock, now_ms, world.calendar) for clock, _ in found]
    return answer({"clocks": told})


@ROUTES.get(
    "/tips",
    tags=["tips"],
    summary="举报列表 Tips from the public",
    response_model=shapes.TipPage,
    responses=documented(),
)
def listed_tips(
    ledger: OpenLedger, user: Viewer, limit: Limit = 100, offset: Offset = 0
) -> Response:
    """Latest first."""
    with ledger.read() as connection:
        found = tips.tips(connection, user, limit, offset)
    return answer({"tips": [tip_told(tip) for tip in found]})


@ROUTES.post(
    "/tips",
    tags=["tips"],
    summary="登记举报 Take a tip",
    status_code=201,
    response_model=shapes.TipShape,
    responses=documented(404),
)
def take_tip(ledger: OpenLedger, now_ms: NowMs, user: Supervisor, body: shapes.NewTip) -> Response:
    """What was reported, never by whom; identity and telephone numbers in it are masked."""
    with ledger.begin() as connection:
        tip = tips.take_tip(
            connection,
            user,
            now_ms,
            kind=body.kind,
            text=body.text,
            about=body.about,
            area=body.area,
            channel=body.channel,
        )
    return answer(tip_told(tip), 201)


@ROUTES.post(
    "/tips/{tip_id}/case",
    tags=["tips"],
    summary="由举报立项 Open a case of a tip",
    status_code=201,
    response_model=shapes.CaseShape,
    responses=documented(404, 409),
)
def open_tip(
    ledger: OpenLedger,
    now_ms: NowMs,
    user: Supervisor,
    tip_id: Annotated[str, Path(max_length=64)],
) -> Response:
    """The case has the source COMPLAINT; alerts can be put into it."""
    with ledger.begin() as connection:
        _, case = tips.open_from_tip(connection, user, now_ms, tip_id)
    return answer(case_told(case), 201)


@ROUTES.get(
    "/snoozes",
    tags=["alerts"],
    summary="暂缓列表 Snoozes that hold",
    response_model=shapes.Snoozes,
    responses=documented(),
)
def listed_snoozes(ledger: OpenLedger, now_ms: NowMs, user: Viewer) -> Response:
    """The next to end first."""
    with ledger.read() as connection:
        found = snoozes.active(connection, user, now_ms)
    return answer({"snoozes": [snooze_told(snooze) for snooze in found]})


@ROUTES.delete(
    "/snoozes/{snooze_id}",
    tags=["alerts"],
    summary="结束暂缓 End a snooze",
    response_model=shapes.SnoozeShape,
    responses=documented(404),
)
def end_snooze(
    ledger: OpenLedger,
    now_ms: NowMs,
    user: Supervisor,
    snooze_id: Annotated[str, Path(max_length=64)],
) -> Response:
    """Its alerts are shown again."""
    with ledger.begin() as connection:
        ended = snoozes.end_snooze(connection, user, now_ms, snooze_id)
    return answer(snooze_told(ended))


@ROUTES.get(
    "/causes",
    tags=["reference"],
    summary="案由与期限 Causes, reasons for dismissing, parties, periods",
    response_model=dict[str, Any],
    responses=documented(),
)
def listed_causes(_: Viewer) -> Response:
    """The codes that verdicts, cases and clocks take."""
    return answer(
        {
            "causes": list(causes().values()),
            "dismissals": list(dismissals().values()),
            "parties": [{"code": code, "zh": zh, "en": en} for code, (zh, en) in PARTIES.items()],
            "periods": list(periods().values()),
        }
    )


@ROUTES.get(
    "/rules",
    tags=["reference"],
    summary="规则 What is checked",
    response_model=dict[str, Any],
    responses=documented(),
)
def listed_rules(_: Viewer, world: Known) -> Response:
    """Every rule with its metadata, and whether it runs here."""
    return answer({"rules": [_rule(meta, world.running) for meta in every_rule()]})


@ROUTES.get(
    "/rules/{rule_id}",
    tags=["reference"],
    summary="一条规则 One rule",
    response_model=dict[str, Any],
    responses=documented(404),
)
def one_rule(_: Viewer, world: Known, rule_id: Annotated[str, Path(max_length=100)]) -> Response:
    """With its parameters by date, what it does not apply to, and what to look at."""
    for meta in every_rule():
        if meta.id == rule_id:
            return answer(_rule(meta, world.running))
    raise unknown(f"rule {rule_id[:40]!r}")


@ROUTES.get(
    "/policy",
    tags=["reference"],
    summary="现行政策 What holds in an area on a day",
    response_model=dict[str, Any],
    responses=documented(),
)
def policy(
    now_ms: NowMs,
    _: Viewer,
    world: Known,
    area: Annotated[str, Query(pattern=r"^\d{6}$")],
    on: Annotated[str, Query(alias="date", pattern=r"^(\d{4}-\d{2}-\d{2})?$")] = "",
) -> Response:
    """Every parameter of the policy packs, today where no date is given: what it is, since when
    and by which document, or that it is left open."""
    day = _day(on) if on else today(now_ms)
    number = day_number(day)
    law = world.law
    told = []
    for path, parameter in sorted(law.parameters().items()):
        value = law.at(area, path, number)
        told.append(
            {
                "path": path,
                "unit": parameter.kind,
                "status": law.status(area, path, number),
                "value": None if value is None else _plain(value.value, parameter.kind),
                "reference": (
                    law.why_open(area, path, number) if value is None else value.reference
                ),
                "clauses": [] if value is None else list(value.clauses),
                "filled": value is not None and value.filled,
                "overlay": "" if value is None else value.overlay,
            }
        )
    pack = law.pack_of(area)
    return answer(
        {
            "area": area,
            "date": day.isoformat(),
            "pack": {"id": pack.id, "zh": pack.name_zh, "en": pack.name_en},
            "digest": law.digest,
            "parameters": told,
        }
    )


@ROUTES.get(
    "/journal",
    tags=["journal"],
    summary="日志 The journal of everything",
    response_model=shapes.Journal,
    responses=documented(),
)
def whole_journal(
    ledger: OpenLedger,
    user: Auditor,
    after: Annotated[int, Query(ge=0, lt=2**62)] = 0,
    limit: Limit = 200,
) -> Response:
    """Entries after a number, oldest first; for those who may see all areas."""
    if user.areas:
        raise unknown("journal of all areas")
    with ledger.read() as connection:
        entries = journal.entries_after(connection, after, limit)
    return answer({"entries": [entry_told(entry) for entry in entries]})


@ROUTES.get(
    "/journal/head",
    tags=["journal"],
    summary="日志末条 Number and hash of the journal's last entry",
    response_model=dict[str, Any],
    responses=documented(),
)
def journal_head(ledger: OpenLedger, _: Auditor) -> Response:
    """Keep it elsewhere, to prove later that nothing was cut off."""
    with ledger.read() as connection:
        return answer(journal.head_of(connection))


class HealthShape(BaseModel):
    """How the desk and what feeds it are; `sources` as far as the ledger knows them.

    `lag` is how many records of a partition wait, `null` where that is not known here.
    """

    status: str
    at: str
    alerts_until: int
    journal: int
    sources: list[dict[str, Any]]
    runtime: dict[str, Any]


@ROUTES.get(
    "/health",
    tags=["health"],
    summary="运行状态 How the desk and its sources are",
    response_model=HealthShape,
    responses=documented(),
)
def health(ledger: OpenLedger, now_ms: NowMs, _: Viewer, request: Request) -> Response:
    """How far each source or partition was read, and how many records wait where that is known."""
    with ledger.read() as connection:
        positions = reading.positions(connection)
        end = reading.feed_end(connection)
        head = journal.head_of(connection)
    runtime = dict(request.app.state.health())
    lags = runtime.pop("lag", {})
    return answer(
        {
            "status": runtime.pop("status", "ok"),
            "at": time_told(now_ms),
            "alerts_until": end,
            "journal": head.seq,
            "sources": [
                {
                    "source": one.source,
                    "position": one.position,
                    "lag": lags.get(one.source),
                }
                for one in positions
            ],
            "runtime": runtime,
        }
    )


def _rule(meta: Meta, running: frozenset[str]) -> dict[str, Any]:
    told = {
        name: getattr(meta, name)
        for name in meta.__struct_fields__
        if name not in {"cases", "parameters"}
    }
    return {
        **told,
        "runs": meta.id in running,
        "cites": list(dict.fromkeys(citation(name) for name in (*meta.clauses, *meta.law))),
        "parameters": {
            name: {
                "description": parameter.description,
                "unit": parameter.unit,
                "values": [
                    {"from": one.since, "value": one.value, "source": one.source}
                    for one in parameter.values
                ],
            }
            for name, parameter in meta.parameters.items()
        },
    }


def _plain(value: PolicyValue, kind: str) -> Any:
    return yuan(value) if kind == "money" and isinstance(value, int) else value


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise wrong("日期不正确", f"found the date {text!r}, expected YYYY-MM-DD") from None
