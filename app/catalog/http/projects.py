"""Where does anybody look up registries, projects and their members?"""

from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, QueryParameter

from app.catalog import queries
from app.catalog.errors import ProjectNotFound
from app.catalog.http.sharing import SHARED_HEADERS, AsOf, Text, shared, today
from app.catalog.rules import Family, Label, ListKind, Mechanism, ProjectKind, Use
from app.catalog.schemas import ProjectMemberOut, ProjectOut, ProjectSummaryOut, RegistryOut
from app.core.db import Database
from app.core.http.paging import Cursor, Limit
from app.core.ids import read_public_id
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut

Prefecture = Annotated[
    str | None,
    QueryParameter(pattern="^(0[1-9]|[1-3][0-9]|4[0-7])$", description="A code of JIS X 0401, 01 to 47."),
]


@get("/v1/registries", tags=["Catalogue"], response_headers=SHARED_HEADERS)
async def list_registries(
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> Response[PageOut[RegistryOut]]:
    """The registries that this desk knows."""
    page = cursors.page(Listed("registries", {}, "code", None), limit=limit, cursor=cursor)
    async with db.public() as session:
        rows = await queries.registries(session, page)
        return shared(cursors.answer(page, rows, key=lambda row: (row.code,), show=RegistryOut.of))


@get("/v1/projects", tags=["Catalogue"], response_headers=SHARED_HEADERS)
async def list_projects(
    *,
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    registry: Text = None,
    methodology: Text = None,
    region: Text = None,
    kind: FromQuery[ProjectKind | None] = None,
    list_kind: FromQuery[ListKind | None] = None,
    prefecture: Prefecture = None,
    family: FromQuery[Family | None] = None,
    mechanism: FromQuery[Mechanism | None] = None,
    eligible_for: FromQuery[Use | None] = None,
    eligible_maybe: FromQuery[Use | None] = None,
    label: FromQuery[Label | None] = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> Response[PageOut[ProjectSummaryOut]]:
    """The registered projects that fit today, as the registries' lists run.

    `eligible_for` finds those whose credits count for a use without conditions, `eligible_maybe` those on conditions.
    """
    wanted = queries.ProjectFilter(
        registry, methodology, region, kind, list_kind, prefecture=prefecture, family=family, mechanism=mechanism,
        eligible_for=eligible_for, eligible_maybe=eligible_maybe, label=label,
    )  # fmt: skip
    page = cursors.page(Listed("projects", wanted.named(), "number", None), limit=limit, cursor=cursor)
    async with db.public() as session:
        rows = await queries.projects(session, page, wanted, on=today())
        return shared(cursors.answer(page, rows, key=queries.project_place, show=ProjectSummaryOut.of))


@get(
    "/v1/projects/{project_id:str}",
    tags=["Catalogue"],
    response_headers=SHARED_HEADERS,
    opt={"errors": (ProjectNotFound,)},
)
async def show_project(
    project_id: FromPath[str], db: NamedDependency[Database], as_of: AsOf = None
) -> Response[ProjectOut]:
    """One project with the methodologies that it applies and all that is known of its credits, today or on a day."""
    day = as_of or today()
    async with db.public() as session:
        return shared(
            ProjectOut.of(await queries.project_seen(session, read_public_id("prj", project_id), on=day), day)
        )


@get(
    "/v1/projects/{project_id:str}/members",
    tags=["Catalogue"],
    response_headers=SHARED_HEADERS,
    opt={"errors": (ProjectNotFound,)},
)
async def list_project_members(
    project_id: FromPath[str],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> Response[PageOut[ProjectMemberOut]]:
    """The members of a programme project in the order in which they were entered; those who left stay in the list."""
    page = cursors.page(Listed("members", {"project": project_id}, "n", None), limit=limit, cursor=cursor)
    async with db.public() as session:
        rows = await queries.members(session, read_public_id("prj", project_id), page)
        return shared(cursors.answer(page, rows, key=lambda row: (row.member.n,), show=ProjectMemberOut.of))


routes: list[HTTPRouteHandler] = [list_registries, list_projects, show_project, list_project_members]
