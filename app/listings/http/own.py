"""Where does a provider offer what it holds?"""

from functools import partial
from typing import Final
from uuid import UUID

from litestar import Response, get, patch, post
from litestar.datastructures import ResponseHeader
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from app.core.clock import utc_now
from app.core.db import AsyncSession, Database
from app.core.errors import InvalidState
from app.core.http.conditions import IfMatch, etag_of, require_match
from app.core.http.expand import Expanding
from app.core.http.paging import Cursor, Limit
from app.core.ids import new_id, public_id, read_public_id
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import Scope
from app.core.terms import Terms
from app.inventory.errors import LotNotFound
from app.listings import operations, queries
from app.listings.errors import ListingExists, ListingNotFound, ProjectNotListed
from app.listings.models import ListingStatus
from app.listings.schemas import ListingChange, ListingIn, OwnListingOut, OwnPriceOut, read_change, read_listing

_OWN: Final = ["Provider's listings"]
_LOT: Final = ("lot", "lot.project")
_VERSION: Final = ResponseHeader("ETag", documentation_only=True, description="The version, for If-Match.")


@get("/v1/provider/listings", tags=_OWN, opt={"expand": _LOT})
async def list_own_listings(
    *,
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    terms: NamedDependency[Terms],
    expanding: NamedDependency[Expanding],
    status: FromQuery[ListingStatus | None] = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> Response[PageOut[OwnListingOut]]:
    """Your listings in every state, newest first."""
    caller.needs("read")
    page = cursors.page(Listed("own_listings", {"status": status}, "-id", caller.org_id), limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        found = await queries.own_listings(session, caller, page, status=status)
        show = partial(OwnListingOut.of, tax_basis_points=terms.tax_basis_points)
        shown = cursors.answer(page, found, key=lambda own: (own.listing.id,), show=show)
    return await expanding(caller, Response(shown))


@get(
    "/v1/provider/listings/{listing_id:str}",
    tags=_OWN,
    response_headers=[_VERSION],
    opt={"errors": (ListingNotFound,), "expand": _LOT},
)
async def show_own_listing(
    listing_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    terms: NamedDependency[Terms],
    expanding: NamedDependency[Expanding],
) -> Response[OwnListingOut]:
    """One of your listings, with the ETag that a change needs."""
    caller.needs("read")
    async with db.transaction(caller) as session:
        shown = await _own(session, caller, _id(listing_id), terms)
    return await expanding(caller, shown)


@get("/v1/provider/listings/{listing_id:str}/prices", tags=_OWN, opt={"errors": (ListingNotFound,)})
async def list_own_prices(
    listing_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[OwnPriceOut]:
    """What a listing of yours has asked for, newest first, and who decided it."""
    caller.needs("read")
    page = cursors.page(Listed("own_prices", {"id": listing_id}, "-version", caller.org_id), limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        own = await queries.own_listing(session, caller, _id(listing_id))
        rows = await queries.own_prices(session, caller, own.listing.id, page)
        return cursors.answer(page, rows, key=lambda row: (row.price.version,), show=OwnPriceOut.of)


@post(
    "/v1/listings",
    tags=_OWN,
    response_headers=[_VERSION],
    opt={"errors": (LotNotFound, InvalidState, ListingExists, ProjectNotListed)},
)
async def publish_listing(
    data: JSONBody[ListingIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    terms: NamedDependency[Terms],
) -> Response[OwnListingOut]:
    """Offer a confirmed lot of yours, now or from `starts_at` on. A lot has one live listing."""
    caller.needs("listings:write")
    new, lot_id = new_id(), read_public_id("lot", data.lot_id)
    if lot_id is None:
        raise LotNotFound("No lot of yours has this id.")
    offered, words = read_listing(data)
    async with db.transaction(caller) as session:
        await operations.publish(
            session, caller, listing_id=new, lot_id=lot_id, offered=offered, words=words, now=utc_now()
        )
        return await _own(session, caller, new, terms, status_code=201)


@patch(
    "/v1/listings/{listing_id:str}",
    tags=_OWN,
    response_headers=[_VERSION],
    opt={"errors": (ListingNotFound, InvalidState)},
)
async def change_listing(
    listing_id: FromPath[str],
    data: JSONBody[ListingChange],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    terms: NamedDependency[Terms],
    if_match: IfMatch = None,
) -> Response[OwnListingOut]:
    """Other terms from now on: quotes that were given keep their price and words. Tiers are given whole."""
    caller.needs("listings:write")
    async with db.transaction(caller) as session:
        listing = await operations.locked(session, caller, _id(listing_id))
        require_match(if_match, listing.version)
        offered, words = read_change(data, operations.offered_of(listing))
        await operations.change(session, caller, listing, offered, words=words, now=utc_now())
        return await _own(session, caller, listing.id, terms)


_MOVE_ERRORS: Final = {"errors": (ListingNotFound, InvalidState)}


@post("/v1/listings/{listing_id:str}/pause", status_code=200, tags=_OWN, response_headers=[_VERSION], opt=_MOVE_ERRORS)
async def pause_listing(
    listing_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    terms: NamedDependency[Terms],
) -> Response[OwnListingOut]:
    """Take an open listing from the public until you resume it."""
    caller.needs("listings:write")
    async with db.transaction(caller) as session:
        listing = await operations.locked(session, caller, _id(listing_id))
        await operations.pause(session, listing, now=utc_now())
        return await _own(session, caller, listing.id, terms)


@post("/v1/listings/{listing_id:str}/resume", status_code=200, tags=_OWN, response_headers=[_VERSION], opt=_MOVE_ERRORS)
async def resume_listing(
    listing_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    terms: NamedDependency[Terms],
) -> Response[OwnListingOut]:
    """Offer a paused listing again; its lot must still be confirmed."""
    caller.needs("listings:write")
    async with db.transaction(caller) as session:
        listing = await operations.locked(session, caller, _id(listing_id))
        await operations.resume(session, caller, listing, now=utc_now())
        return await _own(session, caller, listing.id, terms)


@post(
    "/v1/listings/{listing_id:str}/withdraw", status_code=200, tags=_OWN, response_headers=[_VERSION], opt=_MOVE_ERRORS
)
async def withdraw_listing(
    listing_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    terms: NamedDependency[Terms],
) -> Response[OwnListingOut]:
    """End a listing for good. Orders that were placed stand. One that sold out does not come back when serials do."""
    caller.needs("listings:write")
    async with db.transaction(caller) as session:
        listing = await operations.locked(session, caller, _id(listing_id))
        await operations.withdraw(session, listing, now=utc_now())
        return await _own(session, caller, listing.id, terms)


routes: Final = [
    list_own_listings,
    show_own_listing,
    list_own_prices,
    publish_listing,
    change_listing,
    pause_listing,
    resume_listing,
    withdraw_listing,
]


async def _own(
    session: AsyncSession, caller: Scope, listing_id: UUID, terms: Terms, *, status_code: int = 200
) -> Response[OwnListingOut]:
    """The listing as it stands now, with its version as ETag."""
    own = await queries.own_listing(session, caller, listing_id)
    headers = {"ETag": etag_of(own.listing.version)}
    if status_code == 201:
        headers["Location"] = f"/v1/provider/listings/{public_id('lst', listing_id)}"
    return Response(OwnListingOut.of(own, terms.tax_basis_points), status_code=status_code, headers=headers)


def _id(text: str) -> UUID:
    found = read_public_id("lst", text)
    if found is None:
        raise ListingNotFound("No listing of yours has this id.")
    return found
