"""The doors of orders."""

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from app.core.clock import utc_now
from app.core.db import AsyncSession, Database
from app.core.errors import AppError, InvalidState
from app.core.http.conditions import etag_of
from app.core.http.expand import Expanding
from app.core.http.idempotency import answer_of
from app.core.http.once import KeyedCall, Made, Once, asked_of, is_definite, store_refusal
from app.core.http.paging import Cursor, Limit
from app.core.ids import public_id, read_public_id
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import DESK_ID, Scope
from app.orders import errors, flow, operations, queries
from app.orders.http.reading import read_placing
from app.orders.models import Order
from app.orders.rules import OrderStatus, may_be_canceled
from app.orders.schemas import (
    MoneyOut,
    OrderIn,
    OrderOut,
    OrderSummary,
    OrderTermsOut,
    PaymentOut,
    ShortOrderOut,
    VirtualAccountOut,
)
from app.payments import operations as paying
from app.payments import queries as payments

PLACE_ERRORS = (
    errors.ListingGone, errors.NotEnoughCredits, errors.OrderInvalid, errors.QuoteExpired, errors.QuoteNotFound,
    errors.QuoteUsed, errors.UnpaidCapReached, errors.PriceChanged,
)  # fmt: skip
RETIRED = ("retirements", "retirements.holding", "retirements.certificate")


@post("/v1/orders", opt={"errors": PLACE_ERRORS}, status_code=201)
async def place_order(data: JSONBody[OrderIn], call: NamedDependency[KeyedCall]) -> Response[OrderOut]:
    """Reserve credits until the payment deadline. The answer holds the reference for the bank transfer."""
    call.caller.needs("orders:write")
    now, terms = utc_now(), call.terms
    try:
        placing = await read_placing(data, call.caller, call.db, now=now)
        answer, replayed = await flow.place(
            call.db, call.turnstiles, call.caller, call.keyed, placing, terms=terms, now=now
        )
    except AppError as refusal:
        if not is_definite(refusal):
            raise
        # Whatever this refusal says: a key that was answered before gets that answer.
        return await store_refusal(
            call.db, call.caller, call.keyed, refusal, asked=asked_of(call.request, terms.base_url),
            lease=terms.idempotency_lease, now=now,
        )  # fmt: skip
    return answer_of(answer, replayed=replayed)


@get("/v1/orders/{order_id:str}", opt={"errors": (errors.OrderNotFound,), "expand": ("lines.listing", *RETIRED)})
async def show_order(
    order_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    expanding: NamedDependency[Expanding],
) -> Response[OrderOut]:
    """One of your orders."""
    caller.needs("read")
    async with db.transaction(caller) as session:
        order = await _order(session, caller, order_id)
        shown, headers = await _shown(session, caller, order), {"ETag": etag_of(order.version)}
    if shown.payment.status == "open" and shown.payment.virtual_account is msgspec.UNSET:
        shown = await _with_account(db, caller, shown)
    return await expanding(caller, Response(shown, headers=headers))


@get("/v1/orders/{order_id:str}/terms", opt={"errors": (errors.OrderNotFound,)})
async def show_order_terms(
    order_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> list[OrderTermsOut]:
    """What was agreed: the terms of each line's listing in the version that you ordered under; lines without are left out."""
    caller.needs("read")
    async with db.transaction(caller) as session:
        order = await _order(session, caller, order_id)
        lines = await queries.lines_of(session, caller.org_id, order.id)
    async with db.transaction(caller.with_party(*{line.provider_id for line in lines})) as session:
        return [
            OrderTermsOut(line.n, public_id("lst", line.listing_id), line.terms_version, words.ja, words.en)
            for line, words in await queries.terms_of(session, lines)
        ]


@get("/v1/orders", opt={"expand": RETIRED})
async def list_orders(
    *,
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    expanding: NamedDependency[Expanding],
    status: FromQuery[OrderStatus | None] = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> Response[PageOut[OrderSummary]]:
    """Your orders, newest first."""
    caller.needs("read")
    page = cursors.page(Listed("orders", {"status": status}, "-id", caller.org_id), limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        rows = await queries.orders_page(session, caller, page, status)
        shown = cursors.answer(page, rows, key=lambda order: (order.id,), show=OrderSummary.of)
    return await expanding(caller, Response(shown))


@post("/v1/orders/{order_id:str}/cancel", opt={"errors": (errors.OrderNotFound, InvalidState)}, status_code=200)
async def cancel_order(
    order_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database], once: NamedDependency[Once]
) -> Response[OrderOut]:
    """Give an unpaid reservation back."""
    caller.needs("orders:write")
    now = utc_now()
    async with db.transaction(caller) as session:
        found = await _order(session, caller, order_id)
        providers = await queries.parties_of(session, caller.org_id, found.id)

    async def make(session: AsyncSession) -> Made:
        order = await queries.locked(session, caller.org_id, found.id)
        if not may_be_canceled(order.status):
            raise InvalidState(f"The order is {order.status}.", state=order.status)
        await operations.close_unpaid(session, order, OrderStatus.CANCELED, now=now)
        return Made(200, await _shown(session, caller, order), order.id)

    return await once(caller.with_party(DESK_ID, *providers), make, now=now)


@get("/v1/admin/orders/short")
async def list_short_orders(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[ShortOrderOut]:
    """Paid orders that could not be filled, oldest first: each needs a person."""
    caller.needs("admin")
    page = cursors.page(Listed("short-orders", {}, "id", caller.org_id), limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        rows = await queries.short_orders(session, page)
        return cursors.answer(page, rows, key=lambda order: (order.id,), show=ShortOrderOut.of)


async def _order(session: AsyncSession, scope: Scope, written: str) -> Order:
    order_id = read_public_id("ord", written)
    if order_id is None:
        raise errors.OrderNotFound("You have no order with this id.")
    return await queries.order_of(session, scope, order_id)


async def _with_account(db: Database, scope: Scope, shown: OrderOut) -> OrderOut:
    """The order with an account for its buyer to pay into: given when it is first looked for, while there are any."""
    async with db.transaction(scope.with_party(DESK_ID)) as session:  # The desk's account becomes the buyer's.
        number = await paying.give_virtual_account(session, scope.org_id, now=utc_now())
    if number is None:
        return shown
    payment = msgspec.structs.replace(shown.payment, virtual_account=_account(number))
    return msgspec.structs.replace(shown, payment=payment)


def _account(number: str) -> VirtualAccountOut:
    return VirtualAccountOut(number[:3], number[3:])


async def _shown(session: AsyncSession, scope: Scope, order: Order) -> OrderOut:
    payment = await payments.payment_of_order(session, scope, order.id)
    number = await payments.virtual_account_of(session, scope.org_id)
    return OrderOut.of(
        order,
        lines=await queries.lines_of(session, scope.org_id, order.id),
        issuers=await queries.issuers_of(session, scope.org_id, order.id),
        payment=PaymentOut(
            payment.method,
            payment.reference,
            payment.status,
            MoneyOut(payment.amount_minor, payment.currency),
            payment.paid_by,
            payment.final_at,
            msgspec.UNSET if number is None else _account(number),
        ),
    )


routes = [place_order, list_short_orders, show_order, show_order_terms, list_orders, cancel_order]
