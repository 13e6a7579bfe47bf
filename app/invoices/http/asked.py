"""The doors of papers that a buyer asks for: a quotation, a bill, a receipt. Asked twice, it is the same paper."""

from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from app.core.clock import utc_now
from app.core.db import Database
from app.core.errors import InvalidState
from app.core.ids import public_id, read_public_id
from app.core.scope import DESK_ID, Scope
from app.core.terms import Terms
from app.invoices import errors, flow, operations
from app.invoices.models import Paper
from app.invoices.schemas import PaperOut
from app.orders import queries as orders
from app.orders.errors import OrderNotFound, QuoteExpired, QuoteNotFound
from app.payments import queries as payments

TAGS = ["Papers"]
_ISSUING = (errors.DeskProfileMissing, errors.PaperIncomplete)


@post("/v1/quotes/{quote_id:str}/paper", tags=TAGS, opt={"errors": (QuoteNotFound, QuoteExpired, *_ISSUING)})
async def issue_quotation(
    quote_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    terms: NamedDependency[Terms],
) -> Response[PaperOut]:
    """A quotation (見積書) of a quote whose prices are locked: one, however often it is asked for."""
    caller.needs("orders:write")
    found = read_public_id("qte", quote_id)
    if found is None:
        raise QuoteNotFound("You have no quote with this id.")
    owner = () if caller.storefront_org_id is None else (caller.storefront_org_id,)
    buyer = caller.with_party(*owner)  # The quote may be the storefront's.
    async with db.transaction(buyer) as session:
        quote, rows = await orders.quote_of(session, buyer, found)
    sellers = {row.provider_id for row in rows}
    async with db.transaction(buyer.with_party(DESK_ID, *sellers)) as session:
        paper = await operations.issue_quotation(
            session, quote, rows, recipient_id=caller.org_id, tax_basis_points=terms.tax_basis_points,
            demonstration=terms.mode == "test", now=utc_now(),
        )  # fmt: skip
        return _shown(paper)


@post("/v1/orders/{order_id:str}/bill", tags=TAGS, opt={"errors": (OrderNotFound, InvalidState, *_ISSUING)})
async def issue_bill(
    order_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    terms: NamedDependency[Terms],
) -> Response[PaperOut]:
    """A bill (請求書) for an order that waits for its money, with the bank account and the reference: one."""
    caller.needs("orders:write")
    found = _order_id(order_id)
    sellers = await flow.parties_of(db, caller, found)
    async with db.transaction(caller.with_party(DESK_ID, *sellers)) as session:  # A paper names its issuer and sellers.
        order = await orders.order_of(session, caller, found)
        payment = await payments.payment_of_order(session, caller, found)
        paper = await operations.issue_bill(session, order, payment, demonstration=terms.mode == "test", now=utc_now())
        return _shown(paper)


@post(
    "/v1/orders/{order_id:str}/receipt",
    tags=TAGS,
    opt={"errors": (OrderNotFound, errors.PaymentNotReceived, *_ISSUING)},
)
async def issue_receipt(
    order_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    terms: NamedDependency[Terms],
) -> Response[PaperOut]:
    """The receipt (領収書) of an order that is paid: one original. `/copies` of the paper makes further ones."""
    caller.needs("orders:write")
    found = _order_id(order_id)
    sellers = await flow.parties_of(db, caller, found)
    async with db.transaction(caller.with_party(DESK_ID, *sellers)) as session:  # A paper names its issuer and sellers.
        order = await orders.order_of(session, caller, found)
        payment = await payments.payment_of_order(session, caller, found)
        paper = await operations.issue_receipt(
            session, order, payment, demonstration=terms.mode == "test", now=utc_now()
        )
        return _shown(paper)


def _shown(paper: Paper) -> Response[PaperOut]:
    headers = {"Location": f"/v1/papers/{public_id('pap', paper.id)}"}
    return Response(PaperOut.of(paper), status_code=201, headers=headers)


def _order_id(written: str) -> UUID:
    found = read_public_id("ord", written)
    if found is None:
        raise OrderNotFound("You have no order with this id.")
    return found


routes: list[HTTPRouteHandler] = [issue_quotation, issue_bill, issue_receipt]
