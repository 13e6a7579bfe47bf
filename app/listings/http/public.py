"""Where does anybody see what is offered?"""

import hashlib
from functools import partial
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.datastructures import ResponseHeader
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from app.core.db import Database
from app.core.http.paging import Cursor, Limit
from app.core.ids import read_public_id
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import Scope
from app.core.terms import Terms
from app.listings import queries
from app.listings.errors import ListingNotFound
from app.listings.schemas import ListingOut

_PUBLIC: Final = ["Listings"]
_Text = Annotated[str | None, QueryParameter(min_length=1, max_length=100)]
_TAG: Final = ResponseHeader("ETag", documentation_only=True, description="For If-None-Match; the content's own.")


@get("/v1/listings", tags=_PUBLIC)
async def list_listings(
    *,
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    terms: NamedDependency[Terms],
    registry: _Text = None,
    methodology: _Text = None,
    region: _Text = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
    reader: NamedDependency[Scope | None] = None,
) -> PageOut[ListingOut]:
    """Open listings, newest first. `price` is of one unit, tax excluded. Through a storefront: of its providers."""
    wanted = queries.ListingFilter(registry, methodology, region, _shown_to(reader))
    page = cursors.page(Listed("listings", wanted.named(), "-published_at", None), limit=limit, cursor=cursor)
    async with db.public() as session:
        found = await queries.offers(session, page, wanted)
        show = partial(ListingOut.of, tax_basis_points=terms.tax_basis_points)
        return cursors.answer(page, found, key=queries.offer_place, show=show)


@get("/v1/listings/{listing_id:str}", tags=_PUBLIC, response_headers=[_TAG], opt={"errors": (ListingNotFound,)})
async def show_listing(
    listing_id: FromPath[str],
    db: NamedDependency[Database],
    terms: NamedDependency[Terms],
    reader: NamedDependency[Scope | None] = None,
) -> Response[ListingOut]:
    """One open listing. Its ETag is of what is shown, the live `available` too: no version for If-Match."""
    async with db.public() as session:
        offer = await queries.offer(session, read_public_id("lst", listing_id), _shown_to(reader))
        shown = ListingOut.of(offer, terms.tax_basis_points)
    tag = hashlib.sha256(msgspec.json.encode(shown)).hexdigest()[:32]
    return Response(shown, headers={"ETag": f'"{tag}"', "Cache-Control": "no-cache"})


def _shown_to(reader: Scope | None) -> frozenset[UUID] | None:
    """The providers that the reader's storefront shows; None: all."""
    return None if reader is None else reader.providers


routes: Final = [list_listings, show_listing]
