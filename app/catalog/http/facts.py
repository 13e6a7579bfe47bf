"""Where does anybody read what credits count for, which labels they carry, and who says so?"""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery

from app.catalog import queries
from app.catalog.errors import FactNotFound
from app.catalog.http.sharing import SHARED_HEADERS, AsOf, Text, shared, today
from app.catalog.rules import Answer, FactKind, Label, Use
from app.catalog.schemas import FactOut
from app.core.db import Database
from app.core.http.paging import Cursor, Limit
from app.core.ids import read_public_id
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut


@get("/v1/eligibility", tags=["Catalogue"], response_headers=SHARED_HEADERS)
async def list_eligibility(
    *,
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    use: FromQuery[Use | None] = None,
    registry: Text = None,
    category: Text = None,
    answer: FromQuery[Answer | None] = None,
    as_of: AsOf = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> Response[PageOut[FactOut]]:
    """The eligibility matrix: which credits count for what, today or on a day, by use. What is not in it is unknown."""
    wanted = queries.FactFilter(FactKind.ELIGIBILITY, use, registry, category, answer=answer)
    day = as_of or today()
    listed = Listed("eligibility", {**wanted.named(), "as_of": as_of and str(as_of)}, "key", None)
    page = cursors.page(listed, limit=limit, cursor=cursor)
    async with db.public() as session:
        rows = await queries.matrix(session, page, wanted, on=day)
        return shared(cursors.answer(page, rows, key=queries.fact_place, show=FactOut.of))


@get("/v1/labels", tags=["Catalogue"], response_headers=SHARED_HEADERS)
async def list_labels(
    *,
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    label: FromQuery[Label | None] = None,
    registry: Text = None,
    methodology: Text = None,
    answer: FromQuery[Answer | None] = None,
    as_of: AsOf = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> Response[PageOut[FactOut]]:
    """Which labels methodologies carry, version by version, today or on a day. `unknown`: under assessment."""
    wanted = queries.FactFilter(FactKind.LABEL, label, registry, methodology=methodology, answer=answer)
    day = as_of or today()
    listed = Listed("labels", {**wanted.named(), "as_of": as_of and str(as_of)}, "key", None)
    page = cursors.page(listed, limit=limit, cursor=cursor)
    async with db.public() as session:
        rows = await queries.matrix(session, page, wanted, on=day)
        return shared(cursors.answer(page, rows, key=queries.fact_place, show=FactOut.of))


@get("/v1/facts/{fact_id:str}", tags=["Catalogue"], response_headers=SHARED_HEADERS, opt={"errors": (FactNotFound,)})
async def show_fact(fact_id: FromPath[str], db: NamedDependency[Database]) -> Response[FactOut]:
    """One fact that a `because` names, in force or not, with who says so."""
    async with db.public() as session:
        return shared(FactOut.of(await queries.fact_line(session, read_public_id("fct", fact_id))))


routes: list[HTTPRouteHandler] = [list_eligibility, list_labels, show_fact]
