"""The doors of quotes: prices locked for some minutes."""

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from app.core.clock import utc_now
from app.core.db import Database
from app.core.ids import new_id, public_id, read_public_id
from app.core.scope import Scope
from app.core.terms import Terms
from app.orders import errors, operations, queries
from app.orders.http.reading import read_quote
from app.orders.schemas import QuoteIn, QuoteOut

QUOTE_ERRORS = (errors.BudgetTooSmall, errors.ListingGone, errors.NotEnoughOffered, errors.OrderInvalid)


@post("/v1/quotes", opt={"errors": QUOTE_ERRORS, "publishable": True})
async def make_quote(
    data: JSONBody[QuoteIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    terms: NamedDependency[Terms],
) -> Response[QuoteOut]:
    """Lock prices and terms for some minutes: of listings that you name, or chosen for you. Nothing is reserved.

    With a publishable key it is the storefront's quote, and a buyer of the storefront may order from it once.
    """
    if caller.actor_kind != "storefront":
        caller.needs("orders:write")
    wanted = read_quote(data)
    async with db.transaction(caller) as session:
        quote = await operations.quote(session, caller, new_id(), wanted, terms=terms, now=utc_now())
        await session.flush()
        shown = QuoteOut.of(*await queries.quote_of(session, caller, quote.id))
    return Response(shown, status_code=201, headers={"Location": f"/v1/quotes/{public_id('qte', quote.id)}"})


@get("/v1/quotes/{quote_id:str}", opt={"errors": (errors.QuoteNotFound,)})
async def show_quote(
    quote_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> QuoteOut:
    """One of your quotes."""
    caller.needs("read")
    found = read_public_id("qte", quote_id)
    if found is None:
        raise errors.QuoteNotFound("You have no quote with this id.")
    async with db.transaction(caller) as session:
        return QuoteOut.of(*await queries.quote_of(session, caller, found))


routes = [make_quote, show_quote]
