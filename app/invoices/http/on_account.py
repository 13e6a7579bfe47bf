"""The door through which an order is bought on account."""

from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from app.core.clock import utc_now
from app.core.db import AsyncSession
from app.core.errors import InvalidState
from app.core.http.once import Made, Once
from app.core.ids import read_public_id
from app.core.scope import DESK_ID, Scope
from app.invoices import errors, operations
from app.invoices.schemas import OnAccountOut
from app.orders import queries as orders
from app.orders.errors import OrderNotFound
from app.payments import queries as payments


@post(
    "/v1/orders/{order_id:str}/on-account",
    status_code=201,
    opt={"errors": (OrderNotFound, InvalidState, errors.CreditNotGranted, errors.CreditExceeded)},
)
async def buy_on_account(
    order_id: FromPath[str], caller: NamedDependency[Scope], once: NamedDependency[Once]
) -> Response[OnAccountOut]:
    """Owe an order instead of paying it: it goes on as if paid, and stands on the combined invoice of its month.

    Its whole total is drawn on your credit line. `final_at` is when the credits may be invalidated: at once where the
    operator has granted that, else when the invoice is paid, and null until then.
    """
    caller.needs("orders:write")
    found, now = _order_id(order_id), utc_now()

    async def make(session: AsyncSession) -> Made:
        await orders.order_of(session, caller, found)
        order = await orders.locked(session, caller.org_id, found)
        line = await operations.buy_on_account(session, order, now=now)
        payment = await payments.payment_of_order(session, caller, found)
        return Made(201, OnAccountOut.of(order, payment, line), order.id)

    return await once(caller.with_party(DESK_ID), make, now=now)  # The desk lends its buyer the money.


def _order_id(written: str) -> UUID:
    found = read_public_id("ord", written)
    if found is None:
        raise OrderNotFound("You have no order with this id.")
    return found


routes: list[HTTPRouteHandler] = [buy_on_account]
