"""Where does anybody look up methodologies, regions and prefectures?"""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery

from app.catalog import queries
from app.catalog.errors import MethodologyNotFound
from app.catalog.http.sharing import SHARED_HEADERS, Text, shared, today
from app.catalog.rules import Family, Mechanism
from app.catalog.schemas import MethodologyFactsOut, MethodologyOut, RegionOut
from app.core.db import Database
from app.core.http.paging import Cursor, Limit
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut


@get("/v1/methodologies", tags=["Catalogue"], response_headers=SHARED_HEADERS)
async def list_methodologies(
    *,
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    registry: Text = None,
    family: FromQuery[Family | None] = None,
    mechanism: FromQuery[Mechanism | None] = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> Response[PageOut[MethodologyOut]]:
    """The methodologies that the desk knows or registered projects apply, by registry and code."""
    wanted = queries.MethodologyFilter(registry, family, mechanism)
    page = cursors.page(Listed("methodologies", wanted.named(), "code", None), limit=limit, cursor=cursor)
    async with db.public() as session:
        rows = await queries.methodologies(session, page, wanted)
        key, show = (lambda row: (row.registry_code, row.code)), MethodologyOut.of
        return shared(cursors.answer(page, rows, key=key, show=show))


@get(
    "/v1/methodologies/{registry:str}/{code:str}",
    tags=["Catalogue"],
    response_headers=SHARED_HEADERS,
    opt={"errors": (MethodologyNotFound,)},
)
async def show_methodology(
    registry: FromPath[str], code: FromPath[str], db: NamedDependency[Database]
) -> Response[MethodologyFactsOut]:
    """One methodology of a registry, the versions in which projects apply it, and what holds of it today."""
    async with db.public() as session:
        line, versions = await queries.methodology(session, registry, code)
        facts = await queries.facts_of_methodology(session, registry, code, on=today())
        return shared(MethodologyFactsOut.of(line, versions, facts))


@get("/v1/regions", tags=["Catalogue"], response_headers=SHARED_HEADERS)
async def list_regions(
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> Response[PageOut[RegionOut]]:
    """The regions of Japan from north to south with their prefectures, as J-Credit projects are listed."""
    page = cursors.page(Listed("regions", {}, "n", None), limit=limit, cursor=cursor)
    async with db.public() as session:
        rows = await queries.regions(session, page)
        return shared(cursors.answer(page, rows, key=lambda row: (row.region.n,), show=RegionOut.of))


routes: list[HTTPRouteHandler] = [list_methodologies, show_methodology, list_regions]
