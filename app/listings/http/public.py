"""Where does anybody see what is offered?"""

import hashlib
from typing import Annotated, Final, TypeVar

import msgspec
from litestar import Response, get
from litestar.datastructures import ResponseHeader
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from app.core.clock import utc_now
from app.core.db import Database
from app.core.errors import Unauthenticated
from app.core.http.paging import Cursor, Limit
from app.core.ids import read_public_id
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import Scope
from app.core.terms import Terms
from app.identity.errors import OrganisationSuspended
from app.listings import queries
from app.listings.errors import ListingNotFound
from app.listings.schemas import AskedOut, ListingOut, TermsOut

_PUBLIC: Final = ["Listings"]
_READ_BY_CALLERS: Final = {"errors": (ListingNotFound, Unauthenticated, OrganisationSuspended)}
"""Nobody in particular may ask; a credential that is shown must be good."""
_Shown = TypeVar("_Shown", bound=msgspec.Struct)
_Text = Annotated[str | None, QueryParameter(min_length=1, max_length=100)]
_TAG: Final = ResponseHeader("ETag", documentation_only=True, description="For If-None-Match; the content's own.")


@get("/v1/listings/{listing_id:str}", tags=_PUBLIC, response_headers=[_TAG], opt=_READ_BY_CALLERS)
async def show_listing(
    listing_id: FromPath[str],
    reader: NamedDependency[Scope | None],
    db: NamedDependency[Database],
    terms: NamedDependency[Terms],
) -> Response[ListingOut]:
    """One open listing; with a credential also one that is offered to you specially.

    Its ETag is of what is shown, the live `available` too: no version for If-Match.
    """
    async with db.reading(reader) as session:
        offer = await queries.offer(session, read_public_id("lst", listing_id), reader, utc_now())
        shown = ListingOut.of(offer, terms.tax_basis_points)
    return _tagged(shown)


@get("/v1/listings/{listing_id:str}/terms", tags=_PUBLIC, response_headers=[_TAG], opt=_READ_BY_CALLERS)
async def show_listing_terms(
    listing_id: FromPath[str], reader: NamedDependency[Scope | None], db: NamedDependency[Database]
) -> Response[TermsOut]:
    """What a buyer of an open listing agrees to now, in the provider's words; both texts empty: nothing of its own."""
    async with db.reading(reader) as session:
        version, words = await queries.words(session, read_public_id("lst", listing_id), reader, utc_now())
    return _tagged(TermsOut(version, words.ja, words.en))


@get("/v1/listings/{listing_id:str}/prices", tags=_PUBLIC, opt={"errors": (ListingNotFound,)})
async def list_listing_prices(
    listing_id: FromPath[str],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[AskedOut]:
    """What an open public listing has asked for, newest first; nothing of a time when it was not for everybody."""
    page = cursors.page(Listed("listing_prices", {"id": listing_id}, "-version", None), limit=limit, cursor=cursor)
    async with db.public() as session:
        listing = await queries.public_listing(session, read_public_id("lst", listing_id), utc_now())
        rows = await queries.asked_prices(session, listing.listing_id, page)
        return cursors.answer(page, rows, key=lambda row: (row.version,), show=AskedOut.of)


def _tagged(shown: _Shown) -> Response[_Shown]:
    tag = hashlib.sha256(msgspec.json.encode(shown)).hexdigest()[:32]
    return Response(shown, headers={"ETag": f'"{tag}"', "Cache-Control": "no-cache"})


routes: Final = [show_listing, show_listing_terms, list_listing_prices]
