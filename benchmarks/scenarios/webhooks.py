"""How fast are Stripe's events taken in? A bare Litestar route that writes the same rows is the floor.

The floor reads the same body as JSON and writes row and job by one function call over the owner's connection: no signature
is checked, no row-level security applies. Each event is new to both; a file of signed events is made before each round.
"""

import asyncio
import os
import secrets
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import asyncpg
import msgspec
from litestar import Litestar, Request, Response, post

from app.core.ids import new_id
from app.core.scope import DESK_ID
from benchmarks.figures import Result, ratio
from benchmarks.load import api, bare, fresh_desk, rate
from integrations.stripe.fake.signature import signature_header

ROUNDS: Final = 5
SECONDS: Final = 3
EVENTS: Final = 8_000 * SECONDS
"""In each file: more than either can take."""
GOAL: Final = 0.5
SECRET: Final = "whsec_of_the_benchmark"
LUA: Final = Path(__file__).parents[1] / "webhook.lua"
FLOOR: Final = """
create table floor_event (like stripe_event including defaults including constraints including indexes);
create function take_floor(a_desk uuid, a_event text, a_id uuid, a_type text, a_object text, a_created timestamptz,
  a_now timestamptz, a_payload bytea, a_job uuid) returns boolean language plpgsql as $$
begin
  insert into floor_event (org_id, event_id, id, type, object_kind, object_id, account, livemode, created_at, received_at,
                           swept, payload, status)
    values (a_desk, a_event, a_id, a_type, 'payment_intent', a_object, null, false, a_created, a_now, false, a_payload,
            'received')
    on conflict do nothing;
  if not found then return false; end if;
  insert into job (id, name, ids, request_id, due)
    values (a_job, 'payments.take_event', jsonb_build_object('event_row_id', a_id), 'req_floor', a_now);
  return true;
end $$;
"""
_CALL: Final = "select take_floor($1, $2, $3, $4, $5, $6, $7, $8, $9)"


class _Object(msgspec.Struct):
    id: str


class _Data(msgspec.Struct):
    object: _Object


class _Event(msgspec.Struct):
    id: str
    type: str
    created: int
    data: _Data


def measure() -> list[Result]:
    """Ours and the floor over one database, in turns. Needs wrk."""
    with fresh_desk() as (url, home):
        asyncio.run(_prepare(url))
        settings = {"MODE": "test", "STRIPE_WEBHOOK_SECRETS": SECRET, "RATE_PUBLIC_PER_MIN": "0"}
        with (
            bare("benchmarks.scenarios.webhooks:create_floor", OFFSETDESK_DATABASE_URL=url) as floor,
            api(url, home, **settings) as ours,
        ):
            rates: dict[int, list[float]] = {floor: [], ours: []}
            for turn in range(ROUNDS + 1):
                for port, found in rates.items():
                    events = _signed(home / "events.txt")
                    told = rate(f"http://127.0.0.1:{port}", SECONDS, "-s", str(LUA), script=(str(events),))
                    if turn:  # The first round warms both.
                        found.append(told)
    name = "taking in an event of Stripe's, of the bare route's rate"
    return [ratio(name, statistics.median(rates[ours]), statistics.median(rates[floor]), GOAL)]


async def _prepare(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(FLOOR)
    finally:
        await connection.close()


def _signed(path: Path) -> Path:
    """New events, as Stripe sends them of a card payment, each with its signature of this moment."""
    at, run = int(time.time()), secrets.token_hex(6)
    with path.open("wb") as file:
        for n in range(EVENTS):
            body = msgspec.json.encode(_event(f"{run}{n:06}", at))
            file.write(signature_header(body, [SECRET], at=at).encode() + b" " + body + b"\n")
    return path


def _event(name: str, at: int) -> dict[str, Any]:
    intent = {
        "id": f"pi_{name}", "object": "payment_intent", "amount": 33_000, "amount_received": 33_000, "currency": "jpy",
        "created": at, "customer": f"cus_{name}", "latest_charge": f"ch_{name}", "livemode": False, "status": "succeeded",
        "metadata": {"offsetdesk_id": f"pat_{name}", "order_id": f"ord_{name}"}, "description": "Offset Desk order " * 20,
    }  # fmt: skip
    return {
        "id": f"evt_{name}", "object": "event", "api_version": "2026-05-27.dahlia", "created": at, "livemode": False,
        "pending_webhooks": 1, "type": "payment_intent.succeeded", "data": {"object": intent},
        "request": {"id": None, "idempotency_key": None},
    }  # fmt: skip


def create_floor() -> Litestar:
    """The bare application."""
    url = os.environ["OFFSETDESK_DATABASE_URL"]

    @asynccontextmanager
    async def pool(app: Litestar) -> AsyncIterator[None]:
        app.state.pool = await asyncpg.create_pool(url, min_size=10, max_size=10)
        yield
        await app.state.pool.close()

    @post("/webhooks/stripe", status_code=200)
    async def take(request: Request[Any, Any, Any]) -> Response[bytes]:
        body = await request.body()
        event, now = msgspec.json.decode(body, type=_Event), datetime.now(UTC)
        created = datetime.fromtimestamp(event.created, UTC)
        new = await request.app.state.pool.fetchval(
            _CALL, DESK_ID, event.id, new_id(), event.type, event.data.object.id, created, now, body, new_id()
        )
        return Response(msgspec.json.encode({"received": True, "new": new}), media_type="application/json")

    return Litestar([take], lifespan=[pool], openapi_config=None, logging_config=None)
