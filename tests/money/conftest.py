"""One desk with a Stripe of its own for all tests of money: a world costs seconds."""

import secrets
from collections.abc import AsyncIterator

import asyncpg
import pytest

from app.core.db import API_ROLE, WORKER_ROLE, Database
from integrations.stripe.fake.admin import AsyncAdmin, clear_faults, hold_webhooks, set_endpoints
from integrations.stripe.fake.child import FakeStripeProcess
from integrations.stripe.fake.messages import Endpoint
from tests.conftest import copying, with_database
from tests.money.till import (
    ADMIN_SECRET,
    CONNECT_SECRETS,
    PUBLISHABLE_KEY,
    SECRET_KEY,
    WEBHOOK_SECRETS,
    Till,
    served,
)
from tests.world import open_world


@pytest.fixture(scope="session")
async def opened_till(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Till]:
    """A desk whose registry is worked by people, and its account at a fake Stripe."""
    name = f"till_{secrets.token_hex(6)}"
    server = await asyncpg.connect(server_url)
    await server.execute(copying(name, template))
    url = with_database(server_url, name)
    owner, db = await asyncpg.connect(url), Database(url, role=API_ROLE)
    worker_db = Database(url, role=WORKER_ROLE)
    folder = tmp_path_factory.mktemp("till")
    with FakeStripeProcess(
        folder / "stripe.jsonl", secret_key=SECRET_KEY, admin_secret=ADMIN_SECRET, webhooks=None
    ) as stripe:
        settings = {
            "stripe_url": stripe.base_url, "stripe_secret_key": SECRET_KEY, "stripe_publishable_key": PUBLISHABLE_KEY,
            "stripe_webhook_secrets": " ".join(WEBHOOK_SECRETS),
            "stripe_connect_webhook_secrets": " ".join(CONNECT_SECRETS), "stripe_timeout_s": 2,
        }  # fmt: skip
        async with (
            open_world(db, worker_db, folder, registry=None, **settings) as world,
            served(world.app) as address,
        ):
            admin = AsyncAdmin(stripe.base_url, secret=ADMIN_SECRET)
            await admin.ask(hold_webhooks())
            await admin.ask(
                set_endpoints(
                    Endpoint(f"{address}/webhooks/stripe", WEBHOOK_SECRETS[:1], connected=False),
                    Endpoint(f"{address}/webhooks/stripe-connect", CONNECT_SECRETS, own=False),
                )
            )
            yield Till(world, stripe, admin, owner, set())
            await admin.aclose()
    for closing in (db, worker_db, owner):
        await closing.close()
    await server.execute(f'drop database "{name}" with (force)')
    await server.close()


@pytest.fixture
async def till(opened_till: Till) -> AsyncIterator[Till]:
    """The same, with nothing left over from an earlier test."""
    await opened_till.settle()
    yield opened_till
    await opened_till.admin.ask(clear_faults())
