"""How fast could placing an order be? A bare Litestar route writes the same rows by one asyncpg function call.

No row-level security (the owner's connection), no authentication, no idempotent look-up: the floor of the ratio.
"""

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from litestar import Litestar, Request, Response, post
from litestar.params import JSONBody

from app.core.ids import new_id, public_id, read_public_id
from app.core.scope import DESK_ID
from app.payments.rules import new_reference

FLOOR = """
create or replace function place_floor(
  a_org uuid, a_desk uuid, a_actor uuid, a_request text, a_key text, a_hash bytea, a_order uuid, a_order_text text,
  a_payment uuid, a_reference text, a_event uuid, a_job uuid, a_listing uuid, a_quantity bigint,
  a_now timestamptz, a_deadline timestamptz
) returns bytea language plpgsql as $$
declare v_lot uuid; v_provider uuid; v_price bigint; v_goods bigint; v_tax bigint; v_body bytea;
begin
  select lot_id, provider_id, price_minor into v_lot, v_provider, v_price from public_listing where listing_id = a_listing;
  v_goods := v_price * a_quantity; v_tax := v_goods / 10;
  update lot_stock set free = free - a_quantity, reserved = reserved + a_quantity where lot_id = v_lot and free >= a_quantity;
  if not found then raise 'short'; end if;
  update buyer_exposure set unpaid = unpaid + a_quantity where org_id = a_org;
  v_body := convert_to(json_build_object('id', a_order_text, 'status', 'awaiting_payment', 'total', v_goods + v_tax)::text, 'UTF8');
  insert into orders (org_id, id, desk_id, status, currency, unit, quantity, goods_minor, tax_minor, total_minor, placed_by, placed_at, deadline)
    values (a_org, a_order, a_desk, 'awaiting_payment', 'JPY', 't', a_quantity, v_goods, v_tax, v_goods + v_tax, a_actor, a_now, a_deadline);
  insert into order_line values (a_org, a_order, 1, v_provider, a_listing, v_lot, a_quantity, v_price, v_goods);
  insert into order_issuer (org_id, order_id, provider_id, tax_basis_points, goods_minor, tax_minor)
    values (a_org, a_order, v_provider, 1000, v_goods, v_tax);
  insert into payment (org_id, id, desk_id, order_id, method, reference, amount_minor, currency, status, opened_at)
    values (a_org, a_payment, a_desk, a_order, 'bank_transfer', a_reference, v_goods + v_tax, 'JPY', 'open', a_now);
  insert into event (org_id, id, kind, subject_kind, subject_id, seq, actor_kind, actor_id, after, request_id, at)
    values (a_org, a_event, 'order.created', 'order', a_order, 1, 'key', a_actor, jsonb_build_object('quantity', a_quantity), a_request, a_now);
  insert into job (id, name, ids, request_id, due)
    values (a_job, 'orders.expire', jsonb_build_object('org_id', a_org, 'order_id', a_order), a_request, a_deadline);
  insert into idempotency (org_id, key, request_hash, subject_id, lease_until, status, body, created_at, answered_at)
    values (a_org, a_key, a_hash, a_order, a_now, 201, v_body, a_now, a_now);
  return v_body;
end $$;
"""
CALL = "select place_floor($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16)"


class Line(msgspec.Struct, forbid_unknown_fields=True):
    listing_id: str
    quantity: int


class Wish(msgspec.Struct, forbid_unknown_fields=True):
    lines: list[Line]


def create_floor() -> Litestar:
    """The bare application. Its buyers are sent in a header, unchecked."""
    url = os.environ["OFFSETDESK_DATABASE_URL"]
    pool_size = int(os.environ.get("OFFSETDESK_POOL_SIZE", "10"))

    @asynccontextmanager
    async def pool(app: Litestar) -> AsyncIterator[None]:
        app.state.pool = await asyncpg.create_pool(url, min_size=pool_size, max_size=pool_size)
        yield
        await app.state.pool.close()

    @post("/v1/orders", status_code=201)
    async def place(data: JSONBody[Wish], request: Request[Any, Any, Any]) -> Response[bytes]:
        order_id, now = new_id(), datetime.now(UTC)
        line = data.lines[0]
        buyer, key, listing = (
            UUID(request.headers["x-buyer"]),
            request.headers["idempotency-key"],
            read_public_id("lst", line.listing_id),
        )
        while True:
            try:
                body = await request.app.state.pool.fetchval(
                    CALL, buyer, DESK_ID, DESK_ID, "r", key, b"\0" * 32, order_id, public_id("ord", order_id), new_id(),
                    new_reference(secrets.randbelow(10**10)), new_id(), new_id(), listing, line.quantity, now, now + timedelta(days=7),
                )  # fmt: skip
            except asyncpg.UniqueViolationError:  # A reference was drawn twice: one run in ten meets that.
                continue
            return Response(body, media_type="application/json")

    return Litestar([place], lifespan=[pool], openapi_config=None, logging_config=None)
