"""Whom did a storefront bring, and what may it know of their orders?"""

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from app.core.db import Database
from app.core.errors import Unprocessable
from app.core.http.paging import Cursor, Limit
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import Scope
from app.identity import queries
from app.identity.errors import EmailTaken, StorefrontNotFound, StorefrontSuspended
from app.identity.http.addressed import id_in
from app.identity.http.organisations import opened_buyer, wrong_about_sign_up
from app.identity.http.passwords import Passwords
from app.identity.schemas import BuyerIn, BuyerOut, StorefrontOrderOut

TAGS = ["Storefronts"]


@post(
    "/v1/storefronts/{storefront_id:str}/buyers",
    status_code=201,
    tags=TAGS,
    opt={"errors": (StorefrontNotFound, StorefrontSuspended, EmailTaken)},
)
async def open_buyer(
    storefront_id: FromPath[str],
    data: JSONBody[BuyerIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    passwords: NamedDependency[Passwords],
) -> Response[BuyerOut]:
    """Open a buyer's organisation, with a key of this storefront that has `act_for_buyers`.

    From then on the key acts for it with `Offset-Desk-Organisation`, and its people sign in through the storefront.
    """
    caller.needs("act_for_buyers")
    wanted = id_in("sfr", storefront_id, StorefrontNotFound)
    if caller.storefront_id != wanted:
        raise StorefrontNotFound("The key is not of a storefront with this id.")
    if wrong := wrong_about_sign_up(data):
        raise Unprocessable("See `errors`.", errors=wrong)
    async with db.transaction(caller) as session:
        found = await queries.storefront_of(session, caller, wanted)
    if found.status != "active":
        raise StorefrontSuspended(f"The storefront is {found.status}.", state=found.status)
    organisation, _ = await opened_buyer(data, caller, db, passwords, by_itself=False)
    return Response(BuyerOut.of(organisation), status_code=201)


@get("/v1/storefronts/{storefront_id:str}/buyers", tags=TAGS, opt={"errors": (StorefrontNotFound,)})
async def list_storefront_buyers(
    storefront_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[BuyerOut]:
    """The organisations that came through your storefront, in the order in which they came. Nobody else's buyers."""
    caller.needs("read")
    wanted = id_in("sfr", storefront_id, StorefrontNotFound)
    listed = Listed("storefront-buyers", {"storefront": storefront_id}, "id", caller.org_id)
    page = cursors.page(listed, limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        await queries.storefront_of(session, caller, wanted)
        found = await queries.storefront_buyers_of(session, caller, wanted, page)
        return cursors.answer(page, found, key=lambda row: (row.org_id,), show=BuyerOut.of)


@get("/v1/storefronts/{storefront_id:str}/orders", tags=TAGS, opt={"errors": (StorefrontNotFound,)})
async def list_storefront_orders(
    storefront_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[StorefrontOrderOut]:
    """Orders placed through your storefront, newest first: what is ordered and how far it is, and nothing of the buyer."""
    caller.needs("read")
    wanted = id_in("sfr", storefront_id, StorefrontNotFound)
    listed = Listed("storefront-orders", {"storefront": storefront_id}, "-id", caller.org_id)
    page = cursors.page(listed, limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        await queries.storefront_of(session, caller, wanted)
        found = await queries.storefront_orders_of(session, wanted, page)
        return cursors.answer(page, found, key=lambda facts: (facts.id,), show=StorefrontOrderOut.of)


routes: list[HTTPRouteHandler] = [open_buyer, list_storefront_buyers, list_storefront_orders]
