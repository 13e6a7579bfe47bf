"""Where does a buyer see what is offered to it alone?"""

from functools import partial

from litestar import get
from litestar.di import NamedDependency

from app.core.clock import utc_now
from app.core.db import Database
from app.core.http.paging import Cursor, Limit
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import Scope
from app.core.terms import Terms
from app.listings import queries
from app.listings.schemas import ListingOut


@get("/v1/offers", tags=["Listings"])
async def list_offers(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    terms: NamedDependency[Terms],
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[ListingOut]:
    """Open listings that are offered to you, or to the storefront that you came through, and not to everybody."""
    caller.needs("read")
    listed = Listed("offers", {"through": caller.storefront_id}, "-published_at", caller.org_id)
    page = cursors.page(listed, limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        found = await queries.special_offers(session, caller, page, utc_now())
        show = partial(ListingOut.of, tax_basis_points=terms.tax_basis_points)
        return cursors.answer(page, found, key=queries.special_place, show=show)


routes = [list_offers]
