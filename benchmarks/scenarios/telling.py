"""How is a stage's desk told of what happens at its Stripe? Over a real port, and only when a scenario says so."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.scenarios.stage import Stage
from integrations.stripe.fake.admin import AsyncAdmin, hold_webhooks, set_endpoints
from integrations.stripe.fake.messages import Endpoint
from tests.money.till import ADMIN_SECRET, CONNECT_SECRETS, WEBHOOK_SECRETS, Till, served


@asynccontextmanager
async def open_till(stage: Stage) -> AsyncIterator[Till]:
    """The stage's Stripe, which holds every webhook back until it is told to deliver it."""
    assert stage.stripe is not None
    admin = AsyncAdmin(stage.stripe.base_url, secret=ADMIN_SECRET)
    async with served(stage.world.app) as address:
        await admin.ask(hold_webhooks())
        await admin.ask(
            set_endpoints(
                Endpoint(f"{address}/webhooks/stripe", WEBHOOK_SECRETS[:1], connected=False),
                Endpoint(f"{address}/webhooks/stripe-connect", CONNECT_SECRETS, own=False),
            )
        )
        yield Till(stage.world, stage.stripe, admin, stage.owner, set())
    await admin.aclose()
