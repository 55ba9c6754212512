"""Alerts as they come, to programs that follow, and the alert table in four numbers."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from decimal import Decimal
from typing import Annotated, Any, Final, NamedTuple

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from alerts.access.dependencies import Viewer, within
from alerts.access.gate import Gate
from alerts.access.users import User
from alerts.alert import Alert
from alerts.ledger import Ledger, reading
from events.money import yuan
from rules.clauses import citation

_STEP: Final = 500
_PAUSE: Final = 0.5
_NO_CACHE: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def make_routes(gate: Gate, sent: Callable[[float], None] | None) -> APIRouter:
    """The stream of changes; `sent` is told their age in seconds."""
    router = APIRouter(include_in_schema=False)

    @router.get("/v1/feed")
    async def feed(
        request: Request,
        user: Viewer,
        after: Annotated[int, Query(ge=0)] = 0,
        last_event_id: Annotated[str, Header()] = "",
    ) -> StreamingResponse:
        begin = int(last_event_id) if last_event_id.isdigit() else after
        return StreamingResponse(
            _sent(gate, user, begin, request, sent),
            media_type="text/event-stream",
            headers=_NO_CACHE,
        )

    return router


async def _sent(
    gate: Gate,
    user: User,
    after: int,
    request: Request,
    sent: Callable[[float], None] | None,
) -> AsyncIterator[bytes]:
    """Server-sent events: each change of an alert with its place in the ledger as id."""
    ledger = gate.ledger
    follows = False
    while not await request.is_disconnected():
        found = await run_in_threadpool(_read, ledger, user, after, _STEP)
        for seen in found:
            after = seen.feed_seq
            yield _event("alert", told(seen.alert), after)
            if follows and sent is not None:
                sent((gate.clock() - seen.changed_ms) / 1000)
        follows = follows or not found
        if found:
            yield _event("totals", await run_in_threadpool(_totals, ledger, user))
        else:
            yield b": waiting\n\n"
            await asyncio.sleep(_PAUSE)


def _event(name: str, data: Mapping[str, Any], seq: int | None = None) -> bytes:
    place = "" if seq is None else f"id: {seq}\n"
    return f"{place}event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


def _read(ledger: Ledger, user: User, after: int, limit: int) -> list[reading.Listed]:
    with ledger.read() as connection:
        return reading.feed(connection, after, limit, within(user, reading.ALL))


class Totals(NamedTuple):
    """The alert table in four numbers; `amount` is the money in breach that is open, yuan."""

    open: int
    withdrawn: int
    grave: int
    amount: Decimal


def totals_of(counts: Iterable[reading.Count]) -> Totals:
    """Add up the counts of a ledger."""
    counted = list(counts)
    standing = [count for count in counted if count.status == "open"]
    return Totals(
        sum(count.alerts for count in standing),
        sum(count.alerts for count in counted if count.status == "withdrawn"),
        sum(count.alerts for count in standing if count.sev_deg == 1),
        yuan(sum(count.amount for count in standing)),
    )


def _totals(ledger: Ledger, user: User) -> dict[str, str]:
    with ledger.read() as connection:
        totals = totals_of(reading.counts(connection, within(user, reading.ALL)))
    return {
        "open": f"{totals.open:,}",
        "withdrawn": f"{totals.withdrawn:,}",
        "grave": f"{totals.grave:,}",
        "amount": f"{totals.amount:,}",
    }


def told(alert: Alert) -> dict[str, Any]:
    """What the page shows of an alert."""
    return {
        "alert_id": alert.alert_id,
        "rule_id": alert.rule_id,
        "family": alert.family,
        "sev_deg": alert.sev_deg,
        "status": alert.status,
        "name_zh": alert.name_zh,
        "name_en": alert.name_en,
        "message_zh": alert.message_zh,
        "message_en": alert.message_en,
        "clauses": list(alert.clauses),
        "cites": list(dict.fromkeys(citation(name) for name in alert.clauses)),
        "subject": alert.subject,
        "area": alert.area,
        "amount": f"{alert.amount:,}",
        "last_event_time": alert.last_event_time.strftime("%Y-%m-%d %H:%M:%S"),
        "revision": alert.revision,
    }
