"""Where does anybody look up registries, projects and methodologies? Answers that caches may share for a minute."""

import hashlib
from typing import Annotated, Final, TypeVar

import msgspec
from litestar import Response, get
from litestar.datastructures import ResponseHeader
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from app.catalog import queries
from app.catalog.errors import ProjectNotFound
from app.catalog.rules import ListKind, ProjectKind
from app.catalog.schemas import MethodologyOut, ProjectOut, ProjectSummaryOut, RegistryOut
from app.core.db import Database
from app.core.http.paging import Cursor, Limit
from app.core.ids import read_public_id
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut

_Shown = TypeVar("_Shown")
_Text = Annotated[str | None, QueryParameter(min_length=1, max_length=100)]

_HEADERS: Final = [
    ResponseHeader("ETag", documentation_only=True, description="Send it as If-None-Match: 304 when nothing changed."),
    ResponseHeader("Cache-Control", documentation_only=True, description="`public, max-age=60`"),
]


@get("/v1/registries", tags=["Catalogue"], response_headers=_HEADERS)
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
        return _shared(cursors.answer(page, rows, key=lambda row: (row.code,), show=RegistryOut.of))


@get("/v1/projects", tags=["Catalogue"], response_headers=_HEADERS)
async def list_projects(
    *,
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    registry: _Text = None,
    methodology: _Text = None,
    region: _Text = None,
    kind: FromQuery[ProjectKind | None] = None,
    list_kind: FromQuery[ListKind | None] = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> Response[PageOut[ProjectSummaryOut]]:
    """The registered projects that fit, as the registries' lists run."""
    wanted = queries.ProjectFilter(registry, methodology, region, kind, list_kind)
    page = cursors.page(Listed("projects", wanted.named(), "number", None), limit=limit, cursor=cursor)
    async with db.public() as session:
        rows = await queries.projects(session, page, wanted)
        return _shared(cursors.answer(page, rows, key=queries.project_place, show=ProjectSummaryOut.of))


@get("/v1/projects/{project_id:str}", tags=["Catalogue"], response_headers=_HEADERS, opt={"errors": (ProjectNotFound,)})
async def show_project(project_id: FromPath[str], db: NamedDependency[Database]) -> Response[ProjectOut]:
    """One project with the methodologies that it applies."""
    async with db.public() as session:
        return _shared(ProjectOut.of(*await queries.project(session, read_public_id("prj", project_id))))


@get("/v1/methodologies", tags=["Catalogue"], response_headers=_HEADERS)
async def list_methodologies(
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> Response[PageOut[MethodologyOut]]:
    """The methodologies that registered projects apply, by code."""
    page = cursors.page(Listed("methodologies", {}, "code", None), limit=limit, cursor=cursor)
    async with db.public() as session:
        rows = await queries.methodologies(session, page)
        return _shared(cursors.answer(page, rows, key=lambda row: (row.code,), show=MethodologyOut.of))


routes: Final = [list_registries, list_projects, show_project, list_methodologies]


def _shared(shown: _Shown) -> Response[_Shown]:
    """The answer with the tag of its own content: the same for everybody, so that any cache may keep it."""
    tag = hashlib.sha256(msgspec.json.encode(shown)).hexdigest()[:32]
    return Response(shown, headers={"ETag": f'"{tag}"', "Cache-Control": "public, max-age=60"})
