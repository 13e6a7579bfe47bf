"""The operator's doors to disputes, and to payments that wait for a person."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from app.core.clock import utc_now
from app.core.db import AsyncSession, Database
from app.core.errors import InvalidState
from app.core.http.once import Made, Once
from app.core.http.paging import Cursor, Limit
from app.core.ids import read_public_id
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import Scope
from app.orders import errors, operations, queries
from app.orders.http.refunds import TAGS, order_and_parties
from app.orders.schemas import DeskAttemptOut, EvidenceIn, OrderSummary, PaymentDisputeOut, ReleaseIn
from app.payments import operations as payments
from app.payments import queries as given
from app.payments.errors import AttemptNotFound, PaymentDisputeNotFound
from app.payments.rules import AttemptStatus, DisputeOutcome


@get("/v1/admin/payment-disputes", tags=TAGS)
async def list_payment_disputes(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    outcome: FromQuery[DisputeOutcome | None] = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[PaymentDisputeOut]:
    """All disputes, or those with an outcome, the oldest first."""
    caller.needs_operator()
    listed = Listed("admin.payment-disputes", {"outcome": outcome and outcome.value}, "id", caller.org_id)
    page = cursors.page(listed, limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        rows = await given.disputes(session, outcome, page)
        return cursors.answer(page, rows, key=lambda row: (row.id,), show=PaymentDisputeOut.of)


@post(
    "/v1/admin/payment-disputes/{payment_dispute_id:str}/evidence",
    tags=TAGS,
    status_code=202,
    opt={"errors": (PaymentDisputeNotFound, InvalidState)},
)
async def answer_payment_dispute(
    payment_dispute_id: FromPath[str],
    data: JSONBody[EvidenceIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    once: NamedDependency[Once],
) -> Response[PaymentDisputeOut]:
    """Show the payer's bank what speaks for the desk; the answer is carried to Stripe by a worker."""
    caller.needs_operator()
    now, found = utc_now(), read_public_id("pdp", payment_dispute_id)
    async with db.transaction(caller) as session:
        known = None if found is None else await given.dispute(session, found)
    if known is None:
        raise PaymentDisputeNotFound("There is no such dispute.")

    async def make(session: AsyncSession) -> Made:
        dispute = await payments.locked_dispute(session, known.id)
        assert dispute is not None, known.id
        await payments.plan_evidence(session, dispute, text=data.text, submit=data.submit, now=now)
        return Made(202, PaymentDisputeOut.of(dispute), dispute.id)

    return await once(caller.with_party(known.buyer_id), make, now=now)


@post(
    "/v1/admin/orders/{order_id:str}/release",
    tags=TAGS,
    status_code=200,
    opt={"errors": (errors.OrderNotFound, InvalidState)},
)
async def release_order(
    order_id: FromPath[str],
    data: JSONBody[ReleaseIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    once: NamedDependency[Once],
) -> Response[OrderSummary]:
    """Take the payment for final from now on: its credits may be invalidated. The desk bears what comes of it."""
    now = utc_now()
    found, parties = await order_and_parties(db, caller, order_id)

    async def make(session: AsyncSession) -> Made:
        order = await queries.locked(session, found.org_id, found.id)
        await operations.require_parties(session, order)
        await operations.release(session, order, note=data.note, now=now)
        return Made(200, OrderSummary.of(order), order.id)

    return await once(caller.with_party(*parties), make, now=now)


@get("/v1/admin/payment-attempts", tags=TAGS)
async def list_payment_attempts(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    status: FromQuery[AttemptStatus | None] = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[DeskAttemptOut]:
    """Every try to pay through Stripe, or those with a status, the oldest first: a `mismatch` waits for a person."""
    caller.needs_operator()
    listed = Listed("admin.payment-attempts", {"status": status and status.value}, "id", caller.org_id)
    page = cursors.page(listed, limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        rows = await given.attempts_of_desk(session, status, page)
        return cursors.answer(page, rows, key=lambda row: (row.id,), show=DeskAttemptOut.of)


@post(
    "/v1/admin/payment-attempts/{payment_id:str}/return",
    tags=TAGS,
    status_code=200,
    opt={"errors": (AttemptNotFound, InvalidState)},
)
async def return_payment(
    payment_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    once: NamedDependency[Once],
) -> Response[DeskAttemptOut]:
    """Give the money of a try back that is not what was asked for."""
    caller.needs_operator()
    now, found = utc_now(), read_public_id(payments.ATTEMPT_PREFIX, payment_id)
    async with db.transaction(caller) as session:
        known = None if found is None else await given.attempt_named(session, found)
    if known is None:
        raise AttemptNotFound("There is no payment with this id.")

    async def make(session: AsyncSession) -> Made:
        await queries.locked(session, known.org_id, known.order_id)
        payment = await payments.locked_payment_of(session, known.org_id, known.order_id)
        attempt = await payments.locked_attempt(session, known.org_id, known.id)
        if attempt.status != AttemptStatus.MISMATCH:
            raise InvalidState(f"The payment is {attempt.status}.", state=attempt.status)
        await payments.set_aside(session, payment, attempt, AttemptStatus.RETURNED, "mismatch", now=now)
        return Made(200, DeskAttemptOut.of(attempt), attempt.id)

    return await once(caller.with_party(known.org_id), make, now=now)


routes: list[Any] = [
    list_payment_disputes,
    answer_payment_dispute,
    release_order,
    list_payment_attempts,
    return_payment,
]
