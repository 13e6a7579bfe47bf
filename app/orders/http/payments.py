"""The doors through which an order is paid by Stripe."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from app.core.clock import utc_now
from app.core.db import AsyncSession, Database
from app.core.errors import FieldError, InvalidState
from app.core.http.conditions import etag_of
from app.core.http.once import Made
from app.core.http.resumed import Resumed
from app.core.ids import new_id, read_public_id
from app.core.request_id import current_request_id
from app.core.scope import DESK_ID, Scope
from app.identity import queries as people
from app.orders import errors, queries
from app.orders.models import Order
from app.orders.rules import OrderStatus
from app.orders.schemas import AttemptIn, AttemptOut
from app.payments import operations as payments
from app.payments import queries as expected
from app.payments.errors import (
    AttemptNotFound,
    MethodRefused,
    MethodUnavailable,
    StripeUnreachable,
    TooManyAttempts,
)
from app.payments.flow import StripeSilent, Till, secret_of, start
from app.payments.operations import Trying
from app.payments.rules import ATTEMPTS_MAX, AttemptMethod, AttemptStatus, is_return_url, limits_of

PAY_ERRORS = (
    errors.OrderNotFound, InvalidState, MethodUnavailable, MethodRefused, TooManyAttempts, StripeUnreachable,
    errors.OrderInvalid,
)  # fmt: skip


@post("/v1/orders/{order_id:str}/payments", status_code=201, opt={"errors": PAY_ERRORS})
async def pay_order(
    order_id: FromPath[str],
    data: JSONBody[AttemptIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    till: NamedDependency[Till],
    resumed: NamedDependency[Resumed],
) -> Response[AttemptOut]:
    """Begin to pay an order by card, to a bank account of its own, at a konbini, or on a page of Stripe's."""
    caller.needs("orders:write")
    now, attempt_id = utc_now(), new_id()
    stripe = till.stripe
    if stripe is None:
        raise MethodUnavailable("This desk takes bank transfers alone.", method=data.method)
    _refuse_addresses(data)

    async def begin(session: AsyncSession) -> UUID:
        order = await _payable(session, caller, order_id, data.method)
        payment = await payments.locked_payment_of(session, caller.org_id, order.id)
        if len(await expected.attempts_of_order(session, caller, order.id)) >= ATTEMPTS_MAX:
            raise TooManyAttempts("Pay one of those that are open, or to the bank account of the order.")
        trying = await _trying(session, caller, data)
        attempt = await payments.begin_attempt(
            session,
            payment,
            trying,
            attempt_id=attempt_id,
            started_by=caller.actor_id,
            expires_at=order.deadline,
            now=now,
        )
        return attempt.id

    async def carry_on(begun: UUID) -> Made:
        request_id = current_request_id.get()
        try:
            secret = await start(db, stripe, caller.org_id, begun, now=now, request_id=request_id)
            secret = secret or await secret_of(db, stripe, caller.org_id, begun, request_id=request_id)
        except StripeSilent as silent:
            raise StripeUnreachable("Send the same request again.", retry_after_s=2) from silent
        async with db.transaction(caller) as session:
            attempt = await expected.attempt_of(session, caller, begun)
        if attempt.status == AttemptStatus.REFUSED:
            raise MethodRefused("Choose another way to pay.", reason=attempt.failure)
        shown = AttemptOut.of(attempt, client_secret=secret, publishable_key=till.publishable_key)
        return Made(201, shown, begun, f"/v1/payments/{shown.id}")

    return await resumed(caller.with_party(DESK_ID), begin, carry_on, now=now)


@get("/v1/orders/{order_id:str}/payments", opt={"errors": (errors.OrderNotFound,)})
async def list_order_payments(
    order_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> list[AttemptOut]:
    """Every try to pay the order through Stripe, the oldest first."""
    caller.needs("read")
    async with db.transaction(caller) as session:
        order = await queries.order_of(session, caller, _order_id(order_id))
        rows = await expected.attempts_of_order(session, caller, order.id)
    return [AttemptOut.of(row, client_secret=None, publishable_key=None) for row in rows]


@get("/v1/payments/{payment_id:str}", opt={"errors": (AttemptNotFound,)})
async def show_payment(
    payment_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> Response[AttemptOut]:
    """One of your tries to pay an order through Stripe."""
    caller.needs("read")
    attempt_id = read_public_id(payments.ATTEMPT_PREFIX, payment_id)
    if attempt_id is None:
        raise AttemptNotFound("You have no payment with this id.")
    async with db.transaction(caller) as session:
        row = await expected.attempt_of(session, caller, attempt_id)
    shown = AttemptOut.of(row, client_secret=None, publishable_key=None)
    return Response(shown, headers={"ETag": etag_of(row.version)})


async def _payable(session: AsyncSession, caller: Scope, written: str, method: AttemptMethod) -> Order:
    """The order, locked, if it can be paid in this way. Raises OrderNotFound (404), InvalidState, MethodUnavailable (409)."""
    found = await queries.order_of(session, caller, _order_id(written))
    order = await queries.locked(session, caller.org_id, found.id)
    if order.status != OrderStatus.AWAITING_PAYMENT:
        raise InvalidState(f"The order is {order.status}.", state=order.status)
    limits = limits_of(method)
    if not limits.low_minor <= order.total_minor <= limits.high_minor:
        raise MethodUnavailable(
            f"By {method} at least ¥{limits.low_minor:,} and at most ¥{limits.high_minor:,} can be paid.",
            method=method, least_minor=limits.low_minor, most_minor=limits.high_minor,
        )  # fmt: skip
    return order


async def _trying(session: AsyncSession, caller: Scope, data: AttemptIn) -> Trying:
    name, email = (None, None) if data.payer is None else (data.payer.name, data.payer.email)
    if name is None or email is None:
        contact = await people.contact_of(session, caller)
        name, email = contact.name, contact.email
    return Trying(
        method=data.method,
        payer_name=name,
        payer_email=email,
        language="ja",
        success_url=data.success_url,
        cancel_url=data.cancel_url,
    )


def _refuse_addresses(data: AttemptIn) -> None:
    """A page of Stripe's needs to know where to send its payer back to. Raises OrderInvalid (422)."""
    wrong = []
    for field, url in (("/success_url", data.success_url), ("/cancel_url", data.cancel_url)):
        if url is None and data.method == AttemptMethod.CHECKOUT:
            wrong.append(FieldError(field, "missing", "The page needs to know where to send its payer back to."))
        elif url is not None and not is_return_url(url):
            wrong.append(FieldError(field, "not_an_address", "An address of a page: https://shop.example/…"))
    if wrong:
        raise errors.OrderInvalid("See `errors`.", errors=tuple(wrong))


def _order_id(written: str) -> UUID:
    order_id = read_public_id("ord", written)
    if order_id is None:
        raise errors.OrderNotFound("You have no order with this id.")
    return order_id


routes: list[Any] = [pay_order, list_order_payments, show_payment]
