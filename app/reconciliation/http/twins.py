"""The operator's doors to projects that stand in two registries: a lot of each on one desk would be sold twice."""

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from app.core.clock import utc_now
from app.core.db import Database
from app.core.errors import FieldError
from app.core.http.paging import Cursor, Limit
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import Scope
from app.inventory import queries as inventory
from app.reconciliation import errors, operations, queries
from app.reconciliation.schemas import TwinIn, TwinOut

TAGS = ["Operator"]


@get("/v1/admin/project-twins", tags=TAGS)
async def list_project_twins(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[TwinOut]:
    """Projects that are known to stand in two registries, in both directions."""
    caller.needs_operator()
    page = cursors.page(Listed("admin.project-twins", {}, "name", caller.org_id), limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        rows = await queries.twins_page(session, page)
        return cursors.answer(
            page, rows, show=TwinOut.of,
            key=lambda row: (row.registry_code, row.project_number, row.twin_registry_code, row.twin_project_number),
        )  # fmt: skip


@post("/v1/admin/project-twins", status_code=201, tags=TAGS, opt={"errors": (errors.TwinInvalid,)})
async def enter_project_twin(
    data: JSONBody[TwinIn], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> Response[TwinIn]:
    """Say that two projects are one: from the next comparison on, lots of both at once are a difference, and stop."""
    caller.needs_operator()
    async with db.transaction(caller) as session:
        known = await inventory.units_of_registries(session)
        wrong = [
            FieldError(f"/{name}/registry", "unknown_registry", "The desk knows no registry with this code.")
            for name, each in (("project", data.project), ("twin", data.twin))
            if each.registry not in known
        ]
        if data.project.registry == data.twin.registry:
            wrong.append(FieldError("/twin/registry", "same_registry", "Twins stand in two registries."))
        if wrong:
            raise errors.TwinInvalid("See `errors`.", errors=tuple(wrong))
        await operations.enter_twin(
            session, caller, (data.project.registry, data.project.project_number),
            (data.twin.registry, data.twin.project_number), source=data.source, as_of=data.as_of, now=utc_now(),
        )  # fmt: skip
    return Response(data)


routes: list[HTTPRouteHandler] = [list_project_twins, enter_project_twin]
