"""The doors of refunds: the operator's, and what a buyer sees."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from app.core.clock import utc_now
from app.core.db import AsyncSession, Database
from app.core.errors import FieldError, InvalidState
from app.core.http.once import Made, Once
from app.core.http.paging import Cursor, Limit
from app.core.ids import read_public_id
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import Scope
from app.orders import errors, operations, queries
from app.orders.models import Order
from app.orders.schemas import GoodwillIn, OwnRefundOut, RefundIn, RefundOut, RefundPaidIn, RefundReturnedIn
from app.payments import operations as payments
from app.payments import queries as given
from app.payments.errors import LineNotFound, LineNotResolvable, RefundNotFound, RefundNotPayable
from app.payments.models import BankLine, Refund
from app.payments.rules import RefundStatus
from app.payouts import operations as payouts

TAGS = ["Operator"]
REFUSED = (errors.OrderNotFound, errors.NothingToRefund, errors.RefundInvalid, InvalidState)
Step = Callable[[AsyncSession, Refund], Awaitable[None]]


@post("/v1/admin/orders/{order_id:str}/refunds", tags=TAGS, status_code=201, opt={"errors": REFUSED})
async def refund_order(
    order_id: FromPath[str],
    data: JSONBody[RefundIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    once: NamedDependency[Once],
) -> Response[RefundOut]:
    """Give an order back, whole or in part: what is not at the registry, nor on its way there. The money follows."""
    now = utc_now()
    found, parties = await order_and_parties(db, caller, order_id)
    quantities = _quantities(data)

    async def make(session: AsyncSession) -> Made:
        order = await queries.locked(session, found.org_id, found.id)
        await operations.require_parties(session, order)
        made = await operations.refund(session, order, quantities, note=data.note, now=now)
        return Made(201, RefundOut.of(made), made.id)

    return await once(caller.with_party(*parties), make, now=now)


@post(
    "/v1/admin/orders/{order_id:str}/goodwill",
    tags=TAGS,
    status_code=201,
    opt={"errors": (errors.OrderNotFound, errors.NothingToRefund, errors.PersonNeeded, InvalidState)},
)
async def propose_goodwill(
    order_id: FromPath[str],
    data: JSONBody[GoodwillIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    once: NamedDependency[Once],
) -> Response[RefundOut]:
    """Propose to give money back although the credits stay the buyer's; a second person confirms it."""
    now = utc_now()
    found, parties = await order_and_parties(db, caller, order_id)

    async def make(session: AsyncSession) -> Made:
        order = await queries.locked(session, found.org_id, found.id)
        made = await operations.propose_goodwill(session, order, amount_minor=data.amount, note=data.note, now=now)
        return Made(201, RefundOut.of(made), made.id)

    return await once(caller.with_party(*parties), make, now=now)


@post(
    "/v1/admin/refunds/{refund_id:str}/confirm",
    tags=TAGS,
    status_code=200,
    opt={"errors": (RefundNotFound, RefundNotPayable, errors.PersonNeeded, errors.SecondPersonNeeded)},
)
async def confirm_refund(
    refund_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    once: NamedDependency[Once],
) -> Response[RefundOut]:
    """Confirm what a colleague has proposed: from now on it is owed."""
    now = utc_now()

    async def step(session: AsyncSession, refund: Refund) -> None:
        await operations.confirm_goodwill(session, refund, now=now)

    return await _step(db, caller, once, refund_id, step)


@post(
    "/v1/admin/refunds/{refund_id:str}/reject",
    tags=TAGS,
    status_code=200,
    opt={"errors": (RefundNotFound, RefundNotPayable)},
)
async def reject_refund(
    refund_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    once: NamedDependency[Once],
) -> Response[RefundOut]:
    """Turn a proposal down."""
    now = utc_now()

    async def step(session: AsyncSession, refund: Refund) -> None:
        await payments.reject(session, refund, now=now)

    return await _step(db, caller, once, refund_id, step)


@post(
    "/v1/admin/refunds/{refund_id:str}/by-bank",
    tags=TAGS,
    status_code=200,
    opt={"errors": (RefundNotFound, RefundNotPayable)},
)
async def refund_by_bank(
    refund_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    once: NamedDependency[Once],
) -> Response[RefundOut]:
    """Stripe could not give it back: a person makes a bank transfer instead."""
    now = utc_now()

    async def step(session: AsyncSession, refund: Refund) -> None:
        await payments.pay_by_bank(session, refund, now=now)

    return await _step(db, caller, once, refund_id, step)


@post(
    "/v1/admin/refunds/{refund_id:str}/paid",
    tags=TAGS,
    status_code=200,
    opt={"errors": (RefundNotFound, RefundNotPayable, LineNotFound)},
)
async def note_refund_paid(
    refund_id: FromPath[str],
    data: JSONBody[RefundPaidIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    once: NamedDependency[Once],
) -> Response[RefundOut]:
    """The bank's statement shows the transfer: the line that left the desk's account."""
    now = utc_now()

    async def step(session: AsyncSession, refund: Refund) -> None:
        line = await _locked_line(session, data.bank_line_id)
        await payments.note_bank_debit(session, refund, line, note=data.note, now=now)

    return await _step(db, caller, once, refund_id, step)


@post(
    "/v1/admin/refunds/{refund_id:str}/returned",
    tags=TAGS,
    status_code=200,
    opt={"errors": (RefundNotFound, RefundNotPayable, LineNotFound, LineNotResolvable)},
)
async def note_returned_refund(
    refund_id: FromPath[str],
    data: JSONBody[RefundReturnedIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    once: NamedDependency[Once],
) -> Response[RefundOut]:
    """The bank gave a transfer back (組戻し) by an incoming line: the refund is due, to an account that is confirmed anew."""
    now = utc_now()

    async def step(session: AsyncSession, refund: Refund) -> None:
        line = await _locked_line(session, data.bank_line_id)
        await payouts.note_refund_return(session, refund, line, data.reason, now=now)

    return await _step(db, caller, once, refund_id, step)


@get("/v1/admin/refunds", tags=TAGS)
async def list_refunds(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    status: FromQuery[RefundStatus | None] = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[RefundOut]:
    """All refunds, or those with a status, the oldest first: `proposed`, `due` by bank and `failed` wait for a person."""
    caller.needs_operator()
    listed = Listed("admin.refunds", {"status": status and status.value}, "id", caller.org_id)
    page = cursors.page(listed, limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        rows = await given.refunds_of_desk(session, status, page)
        return cursors.answer(page, rows, key=lambda row: (row.id,), show=RefundOut.of)


@get("/v1/orders/{order_id:str}/refunds", opt={"errors": (errors.OrderNotFound,)})
async def list_order_refunds(
    order_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> list[OwnRefundOut]:
    """What comes back of your order, the oldest first."""
    caller.needs("read")
    async with db.transaction(caller) as session:
        order = await queries.order_of(session, caller, _id("ord", order_id))
        return [OwnRefundOut.of(row) for row in await given.refunds_of_order(session, caller, order.id)]


async def order_and_parties(db: Database, caller: Scope, written: str) -> tuple[Order, tuple[UUID, ...]]:
    """Whoever's order it is, and everybody whose money or credits it moves."""
    caller.needs_operator()
    async with db.transaction(caller) as session:
        order = await queries.order_of_desk(session, _id("ord", written))
    async with db.transaction(caller.with_party(order.org_id)) as session:
        providers = await queries.parties_of(session, order.org_id, order.id)
    return order, (order.org_id, *providers)


async def _locked_line(session: AsyncSession, public: str) -> BankLine:
    """The bank's line with this public id, locked. Raises LineNotFound (404)."""
    line_id = read_public_id("bnk", public)
    if line_id is None:
        raise LineNotFound("There is no such line.")
    return await payments.locked_line(session, line_id)


async def _step(db: Database, caller: Scope, once: Once, written: str, step: Step) -> Response[Any]:
    """One step of a refund, under its lock; its buyer is named too."""
    caller.needs_operator()
    refund_id = read_public_id(payments.REFUND_PREFIX, written)
    async with db.transaction(caller) as session:
        found = None if refund_id is None else await given.refund_named(session, refund_id)
    if found is None:
        raise RefundNotFound("There is no such refund.")

    async def make(session: AsyncSession) -> Made:
        refund = await payments.locked_refund(session, found.org_id, found.id)
        await step(session, refund)
        return Made(200, RefundOut.of(refund), refund.id)

    return await once(caller.with_party(found.org_id), make, now=utc_now())


def _quantities(data: RefundIn) -> dict[int, int] | None:
    if data.lines is None:
        return None
    quantities = {line.n: line.quantity for line in data.lines}
    if len(quantities) < len(data.lines):
        repeated = FieldError("/lines", "repeated", "Each line stands here once.")
        raise errors.RefundInvalid("Nothing was given back.", errors=(repeated,))
    return quantities


def _id(prefix: str, written: str) -> UUID:
    found = read_public_id(prefix, written)
    if found is None:
        raise errors.OrderNotFound("There is no order with this id.")
    return found


routes: list[Any] = [
    refund_order, propose_goodwill, confirm_refund, reject_refund, refund_by_bank, note_refund_paid, note_returned_refund,
    list_refunds, list_order_refunds,
]  # fmt: skip
