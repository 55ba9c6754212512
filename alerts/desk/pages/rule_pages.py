"""The page of rules: what is checked, by what numbers, on what ground, and where it stops."""

from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from alerts.access.dependencies import Viewer
from alerts.cases.clocks import today
from alerts.desk.pages.grounds import grounds_of, own_parameters
from alerts.desk.pages.rendering import Renderer, language_in
from alerts.desk.pages.wording import Words, words
from rules.rule import Meta, Text


def make_rules(renderer: Renderer, rules: Iterable[Meta]) -> APIRouter:
    """The route over the rules that run."""
    router = APIRouter(include_in_schema=False)
    metas = sorted(rules, key=lambda meta: (meta.family, meta.severity, meta.id))

    @router.get("/rules")
    def everything(request: Request, user: Viewer) -> HTMLResponse:
        spoken = words(language_in(request))
        grouped: dict[str, list[dict[str, Any]]] = {}
        for meta in metas:
            grouped.setdefault(meta.family, []).append(_rule(meta, spoken, renderer))
        values = {"families": list(grouped.items()), "count": len(metas), "reader": user.name}
        return renderer.page(request, "rules.html", values)

    return router


def _rule(meta: Meta, spoken: Words, renderer: Renderer) -> dict[str, Any]:
    def told(text: Text) -> str:
        return text.zh if spoken.language == "zh" else text.en

    clauses, law = grounds_of((*meta.clauses, *meta.law), spoken)
    return {
        "id": meta.id,
        "version": meta.version,
        "severity": meta.severity,
        "maturity": meta.maturity,
        "name": told(meta.name),
        "look_at": told(meta.look_at),
        "limits": [told(limit) for limit in meta.does_not_apply],
        "clauses": clauses,
        "law": law,
        "used": own_parameters(meta, today(renderer.clock()), spoken),
    }
