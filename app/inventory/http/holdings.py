"""The doors of holdings: what a buyer owns, serial by serial."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from app.core.db import Database
from app.core.http.conditions import etag_of
from app.core.http.expand import Expanding
from app.core.http.files import id_in
from app.core.http.paging import Cursor, Limit
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import Scope
from app.inventory import errors, queries
from app.inventory.schemas import HoldingDetailOut, HoldingOut

TAGS = ["Holdings"]


@get("/v1/holdings", tags=TAGS, opt={"expand": ("project", "order", "retirements")})
async def list_holdings(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    expanding: NamedDependency[Expanding],
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> Response[PageOut[HoldingOut]]:
    """The credits that you own or owned, newest first."""
    caller.needs("read")
    page = cursors.page(Listed("holdings", {}, "-id", caller.org_id), limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        holdings = await queries.holdings_page(session, caller, page)
    providers = {holding.provider_id for holding in holdings}
    async with db.transaction(caller.with_party(*providers)) as session:  # What a holding is, its provider's lot says.
        lots = await queries.lots_of_holdings(session, holdings)
        shown = cursors.answer(
            page,
            holdings,
            key=lambda holding: (holding.id,),
            show=lambda holding: HoldingOut.of(holding, lots[holding.lot_id]),
        )
    return await expanding(caller, Response(shown))


@get(
    "/v1/holdings/{holding_id:str}",
    tags=TAGS,
    opt={
        "errors": (errors.HoldingNotFound,),
        "expand": ("holding.project", "holding.order", "holding.retirements"),
    },
)
async def show_holding(
    holding_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    expanding: NamedDependency[Expanding],
) -> Response[HoldingDetailOut]:
    """One of your holdings with its serials as the registry writes them."""
    caller.needs("read")
    found_id = id_in("hld", holding_id, errors.HoldingNotFound)
    async with db.transaction(caller) as session:
        provider_id = (await queries.holding_of(session, caller, found_id)).provider_id
    async with db.transaction(caller.with_party(provider_id)) as session:  # How serials are written, its lot says.
        holding = await queries.holding_of(session, caller, found_id)
        lots = await queries.lots_of_holdings(session, [holding])
        ranges = await queries.ranges_of(session, caller.org_id, found_id)
        shown = HoldingDetailOut.of(holding, lots[holding.lot_id], ranges)
    return await expanding(caller, Response(shown, headers={"ETag": etag_of(holding.version)}))


routes: list[HTTPRouteHandler] = [list_holdings, show_holding]
