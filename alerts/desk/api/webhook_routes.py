"""`/v1/webhooks`: where new alerts are sent, for administrators."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Response
from msgspec import structs

from alerts.access.dependencies import Administrator, NowMs, OpenLedger
from alerts.desk.api import shapes
from alerts.desk.api.answers import answer, documented
from alerts.desk.api.telling import time_told
from alerts.webhooks import subscriptions
from alerts.webhooks.subscriptions import Webhook

ROUTES: Final = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])


@ROUTES.get("", summary="推送列表 Webhooks", response_model=shapes.Webhooks, responses=documented())
def listed(ledger: OpenLedger, _: Administrator) -> Response:
    """With how their deliveries stand."""
    with ledger.read() as connection:
        found = subscriptions.listed(connection)
    return answer({"webhooks": [_told(webhook) for webhook in found]})


@ROUTES.post(
    "",
    summary="新增推送 Send new alerts to another system",
    status_code=201,
    response_model=shapes.NewWebhookShape,
    responses=documented(404),
)
def add(ledger: OpenLedger, now_ms: NowMs, by: Administrator, body: shapes.NewWebhook) -> Response:
    """From the next alert on. The desk will ask that address, also inside its own network."""
    with ledger.begin() as connection:
        webhook, secret = subscriptions.add(
            connection,
            by,
            now_ms,
            body.url,
            areas=tuple(body.areas),
            families=tuple(body.families),
            least_severity=body.least_severity,
        )
    return answer({**_told(webhook), "secret": secret}, 201)


@ROUTES.delete(
    "/{webhook_id}",
    summary="删除推送 Remove a webhook",
    status_code=204,
    response_class=Response,
    responses=documented(404),
)
def remove(
    ledger: OpenLedger,
    now_ms: NowMs,
    by: Administrator,
    webhook_id: Annotated[str, Path(max_length=64, pattern=r"^[^\x00]+$")],
) -> Response:
    """What waits for it is dropped."""
    with ledger.begin() as connection:
        subscriptions.remove(connection, by, now_ms, webhook_id)
    return Response(status_code=204)


def _told(webhook: Webhook) -> dict[str, Any]:
    told = structs.asdict(webhook)
    for name in ("created", "last"):
        told[f"{name}_at"] = time_told(told.pop(f"{name}_ms"))
    return told
