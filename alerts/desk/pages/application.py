"""Puts the pages together: what the desk takes to show them."""

from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from fastapi import APIRouter
from fastapi.responses import FileResponse, JSONResponse, Response

from alerts.access.gate import Clock
from alerts.desk.pages.alert_acts import make_acts
from alerts.desk.pages.alert_pages import AlertPage, make_alerts
from alerts.desk.pages.case_acts import make_case_acts
from alerts.desk.pages.case_pages import CasePage, make_cases
from alerts.desk.pages.entering import Entrance
from alerts.desk.pages.feed_pages import make_feed
from alerts.desk.pages.rendering import ASSETS, Renderer
from alerts.desk.pages.rule_pages import make_rules
from alerts.desk.pages.user_pages import make_users
from alerts.desk.world import World, every_rule
from alerts.ledger import Ledger

_TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_ASSET_FILES: Final = {path.name: path for path in Path(ASSETS).iterdir() if path.suffix in _TYPES}
_LASTING: Final = {"Cache-Control": "public, max-age=31536000, immutable"}


class Pages(NamedTuple):
    """The routers of the pages, and those by which one gets in."""

    routers: list[APIRouter]
    entrance: Entrance


def make_pages(
    ledger: Ledger, world: World, clock: Clock, sent: Callable[[float], None] | None = None
) -> Pages:
    """The pages over a ledger; `clock` is the wall time, epoch ms.

    `sent` is told for every alert that a live page is sent how many seconds before it was written.
    """
    renderer = Renderer(world.reference, clock)
    metas = every_rule() if world.rules is None else world.rules
    rules = {meta.id: meta for meta in metas}
    # Models may raise alerts beside the rules that run, and there are alerts of former rules.
    rules |= {meta.id: meta for meta in every_rule() if meta.family == "anomaly"}
    known = {meta.id: meta for meta in every_rule()} | rules
    page = AlertPage(ledger, renderer, known, lambda: world.law)
    cases = CasePage(ledger, renderer, world.calendar)
    routers = [
        _assets(),
        make_feed(ledger, renderer, rules.values(), sent),
        make_alerts(page),
        make_acts(page),
        make_cases(cases),
        make_case_acts(cases),
        make_rules(renderer, rules.values()),
        make_users(ledger, renderer),
    ]
    return Pages(routers, Entrance(renderer))


def _assets() -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/assets/{name}")
    def asset(name: str) -> Response:
        path = _ASSET_FILES.get(name)
        if path is None:
            return JSONResponse({"error": f"no asset {name[:80]!r}"}, status_code=404)
        return FileResponse(path, media_type=_TYPES[path.suffix], headers=_LASTING)

    return router
