"""Which storefronts are there, and which does the operator stop?"""

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody

from app.core.clock import utc_now
from app.core.db import Database
from app.core.errors import InvalidState
from app.core.http.conditions import IfMatch, etag_of, require_match
from app.core.http.paging import Cursor, Limit
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import Scope
from app.identity import operations, queries, rules
from app.identity.errors import StorefrontNotFound
from app.identity.http.addressed import id_in
from app.identity.http.caller import Callers
from app.identity.models import StorefrontStatus
from app.identity.schemas import StorefrontOut, Suspension

TAGS = ["Operator"]
MOVED = (StorefrontNotFound, InvalidState)


@get("/v1/admin/storefronts", tags=TAGS)
async def list_desk_storefronts(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    status: FromQuery[StorefrontStatus | None] = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[StorefrontOut]:
    """Every storefront, or those with a status, in the order in which they were made. For the operator."""
    caller.needs_operator()
    listed = Listed("admin.storefronts", {"status": status and status.value}, "id", caller.org_id)
    page = cursors.page(listed, limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        found = await queries.storefronts_of_desk(session, caller, page, status=status)
        return cursors.answer(page, found, key=lambda row: (row.id,), show=StorefrontOut.of)


@post("/v1/admin/storefronts/{storefront_id:str}/suspend", status_code=200, tags=TAGS, opt={"errors": MOVED})
async def suspend_storefront(
    storefront_id: FromPath[str],
    data: JSONBody[Suspension],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    callers: NamedDependency[Callers],
    if_match: IfMatch = None,
) -> Response[StorefrontOut]:
    """Stop a storefront: nothing opens through it from now on, in every process. For the operator."""
    return await _moved((storefront_id, if_match), "suspend", caller, db, callers, note=data.note)


@post("/v1/admin/storefronts/{storefront_id:str}/resume", status_code=200, tags=TAGS, opt={"errors": MOVED})
async def resume_storefront(
    storefront_id: FromPath[str],
    data: JSONBody[Suspension],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    callers: NamedDependency[Callers],
    if_match: IfMatch = None,
) -> Response[StorefrontOut]:
    """Let a suspended storefront go on, with the keys that it had. For the operator."""
    return await _moved((storefront_id, if_match), "resume", caller, db, callers, note=data.note)


async def _moved(
    asked: tuple[str, str | None], move: rules.Move, caller: Scope, db: Database, callers: Callers, *, note: str
) -> Response[StorefrontOut]:
    """`asked` is the storefront's id and the version that the operator saw."""
    caller.needs_operator()
    wanted = id_in("sfr", asked[0], StorefrontNotFound)
    async with db.transaction(caller) as session:
        owner_id = (await operations.storefront_of_desk(session, caller, wanted)).org_id
    async with db.transaction(caller.with_party(owner_id)) as session:
        found = await operations.locked_storefront(session, owner_id, wanted)
        require_match(asked[1], found.version)
        changed = await operations.move_storefront(session, found, move, note=note, now=utc_now())
        answer = Response(StorefrontOut.of(found), headers={"ETag": etag_of(found.version)})
    callers.forget(*changed)
    return answer


routes: list[HTTPRouteHandler] = [list_desk_storefronts, suspend_storefront, resume_storefront]
