"""How does Stripe tell us that something changed? Checked over its raw bytes, written down once, answered after that."""

from typing import Any, Final

import msgspec
from litestar import Request, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler

from app.core.clock import utc_now
from app.core.db import Database
from app.core.errors import Unavailable
from app.core.http.errors import UnsupportedMediaType
from app.core.http.files import media_type_of
from app.core.request_id import current_request_id
from app.payments import flow
from app.payments.errors import WebhookRefused
from app.payments.flow import WebhookSecrets
from integrations.stripe.webhook import TOLERANCE_S, Refusal, Whose, read_event

SIGNATURE: Final = "stripe-signature"
BODY_MAX_BYTES: Final = 500_000
"""Ten times of what Stripe's largest events of the kinds that we take have."""


class TakenOut(msgspec.Struct, frozen=True):
    """Whether it is written down, and for the first time. What is of the other mode is left alone."""

    received: bool
    new: bool


TYPES: Final = ("application/json",)
OPT: Final = {
    "body": "file",
    "types": TYPES,
    "unlimited": True,
    "errors": (WebhookRefused, Unavailable),
}


@post("/webhooks/stripe", status_code=200, tags=["Machines"], opt=OPT)
async def take_stripe_webhook(
    request: Request[Any, Any, Any], db: NamedDependency[Database], webhook_secrets: NamedDependency[WebhookSecrets]
) -> TakenOut:
    """Take an event of the desk's own account at Stripe. Each is written down once, and its object asked for anew."""
    return await _take(request, db, webhook_secrets.ours, Whose.OURS, livemode=webhook_secrets.livemode)


@post("/webhooks/stripe-connect", status_code=200, tags=["Machines"], opt=OPT)
async def take_stripe_connect_webhook(
    request: Request[Any, Any, Any], db: NamedDependency[Database], webhook_secrets: NamedDependency[WebhookSecrets]
) -> TakenOut:
    """Take an event of an account at Stripe that is connected to the desk's: a provider's."""
    return await _take(request, db, webhook_secrets.connected, Whose.CONNECTED, livemode=webhook_secrets.livemode)


async def _take(
    request: Request[Any, Any, Any], db: Database, secrets: tuple[str, ...], whose: Whose, *, livemode: bool
) -> TakenOut:
    now = utc_now()
    media_type_of(request, TYPES)
    _, named, charset = request.headers["content-type"].lower().partition("charset=")
    if named and charset.strip(' "') != "utf-8":
        raise UnsupportedMediaType("JSON is UTF-8 (RFC 8259, 8.1).", expected=list(TYPES))
    body = await request.body()
    if len(body) > BODY_MAX_BYTES:
        raise WebhookRefused("No event is as long as that.", reason="too_long")
    if not secrets:
        raise WebhookRefused("This desk takes no events of Stripe's.", reason="not_configured")
    read = read_event(
        body, request.headers.get(SIGNATURE), secrets=secrets, now=now, tolerance_s=TOLERANCE_S, livemode=livemode,
        whose=whose,
    )  # fmt: skip
    if read is Refusal.OTHER_LIVEMODE and whose is Whose.CONNECTED:
        # A live endpoint for connected accounts is told of their tests too (docs.stripe.com/connect/webhooks): refused,
        # they would come again for days.
        return TakenOut(received=False, new=False)
    if isinstance(read, Refusal):
        raise WebhookRefused("Nothing was taken.", reason=read)
    new = await flow.take_event_in(db, read, body, now=now, request_id=current_request_id.get())
    return TakenOut(received=True, new=new)


routes: list[HTTPRouteHandler] = [take_stripe_webhook, take_stripe_connect_webhook]
