"""Where does anybody search what is offered?"""

import hashlib
from datetime import date
from functools import partial
from typing import Annotated, Final, Literal, TypeVar

import msgspec
from litestar import Response, get
from litestar.datastructures import ResponseHeader
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery, QueryParameter

from app.core.clock import utc_now
from app.core.db import Database
from app.core.http.paging import Cursor, Limit
from app.core.ids import read_public_id
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed
from app.core.scope import Scope
from app.core.terms import Terms
from app.listings import queries
from app.listings.errors import ListingNotFound
from app.listings.queries import ListingFilter
from app.listings.schemas import ComparisonOut, ListingOut, ListingPageOut, facets_out

_Shown = TypeVar("_Shown", bound=msgspec.Struct)
_TAGS: Final = ["Listings"]
_Word = Annotated[str | None, QueryParameter(min_length=1, max_length=100)]
_Query = Annotated[
    str | None,
    QueryParameter(
        min_length=1, max_length=200, description="Words in Japanese or English; width and case do not count."
    ),
]
_Yen = Annotated[int | None, QueryParameter(ge=0, le=10**8, description="Whole yen for one unit, tax excluded.")]
_Year = Annotated[
    int | None, QueryParameter(ge=1990, le=2100, description="Japan's fiscal year in which the vintage ends.")
]
_Units = Annotated[int | None, QueryParameter(ge=1, le=10**12, description="At least so many units can be ordered.")]
_Sort = Literal["-published_at", "price", "-price", "vintage", "-vintage", "-available"]
_SHARED_FOR: Final = "public, max-age=1"
"""What is for everybody may be a second old; orders and quotes read the rows themselves."""
_HEADERS: Final = [
    ResponseHeader("ETag", documentation_only=True, description="For If-None-Match; the content's own."),
    ResponseHeader("Cache-Control", documentation_only=True, description=f"`{_SHARED_FOR}`"),
]


def read_filter(
    *,
    q: _Query = None,
    registry: _Word = None,
    kind: _Word = None,
    family: _Word = None,
    mechanism: _Word = None,
    fiscal_year: _Year = None,
    methodology: _Word = None,
    region: _Word = None,
    prefecture: _Word = None,
    eligible_for: _Word = None,
    label: _Word = None,
    rating: _Word = None,
    provider: _Word = None,
    price_gte: _Yen = None,
    price_lte: _Yen = None,
    vintage_from: FromQuery[date | None] = None,
    vintage_to: FromQuery[date | None] = None,
    available_gte: _Units = None,
) -> ListingFilter:
    """The filter in a query. An organisation's id that is none fits nothing."""
    provider_id = (
        None if provider is None else read_public_id("org", provider) or read_public_id("org", "org_" + "0" * 26)
    )
    return ListingFilter(
        q, registry, kind, family, mechanism, fiscal_year, methodology, region, prefecture, eligible_for, label, rating,
        provider_id, price_gte, price_lte, vintage_from, vintage_to, available_gte,
    )  # fmt: skip


@get(
    "/v1/listings",
    tags=_TAGS,
    response_headers=_HEADERS,
    dependencies={"wanted": Provide(read_filter, sync_to_thread=False)},
)
async def list_listings(
    *,
    wanted: NamedDependency[ListingFilter],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    terms: NamedDependency[Terms],
    sort: FromQuery[_Sort] = "-published_at",
    facets: FromQuery[bool] = False,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
    reader: NamedDependency[Scope | None] = None,
) -> Response[ListingPageOut]:
    """Open listings that fit. `price` is of one unit, tax excluded; `facets=true` counts what further filters would leave.

    Through a storefront: of its providers.

    Pages do not shift when listings come and go between them. A listing whose price changes while you page by price is
    not shown twice; one that became cheaper than the page you are on stands at the top of a new search.
    """
    now = utc_now()
    providers = None if reader is None else reader.providers
    bound_to: dict[str, object] = {
        **wanted.named(),
        "providers": None if providers is None else sorted(map(str, providers)),
    }
    page = cursors.page(Listed("listings", bound_to, sort, None), limit=limit, cursor=cursor)
    async with db.public() as session:
        search = await queries.wanted_by(session, wanted, providers=providers, now=now)
        found = await queries.found_offers(session, page, search, sort)
        counted = await queries.facets(session, search) if facets else None
    place = partial(queries.offer_place, sort=sort, first_cut=queries.first_cut(page, now))
    show = partial(ListingOut.of, tax_basis_points=terms.tax_basis_points)
    answer = cursors.answer(page, found, key=place, show=show)
    shown = ListingPageOut(answer.data, answer.has_more, answer.next_cursor, facets_out(counted))
    return _shared(shown, reader)


@get("/v1/listings/compare", tags=_TAGS, response_headers=_HEADERS, opt={"errors": (ListingNotFound,)})
async def compare_listings(
    listing_id: Annotated[
        list[str], QueryParameter(name="id", min_items=2, max_items=4, description="Two to four listings.")
    ],
    db: NamedDependency[Database],
    terms: NamedDependency[Terms],
    reader: NamedDependency[Scope | None] = None,
) -> Response[ComparisonOut]:
    """Two to four open public listings side by side, and in which facts they differ."""
    ids = [read_public_id("lst", each) for each in listing_id]
    async with db.public() as session:
        offers = await queries.public_offers(session, ids, reader, utc_now())
    return _shared(ComparisonOut.of([ListingOut.of(each, terms.tax_basis_points) for each in offers]), reader)


def _shared(shown: _Shown, reader: Scope | None) -> Response[_Shown]:
    """With the tag of its content; what is shown through a storefront is no other reader's."""
    tag = hashlib.sha256(msgspec.json.encode(shown)).hexdigest()[:32]
    kept = _SHARED_FOR if reader is None else "private, no-cache"
    return Response(shown, headers={"ETag": f'"{tag}"', "Cache-Control": kept})


routes: Final = [list_listings, compare_listings]
