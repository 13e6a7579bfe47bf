"""The operator's doors to serials that two providers say they hold. Neither provider has a door to these."""

from typing import Literal

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody

from app.core.clock import utc_now
from app.core.db import Database
from app.core.errors import InvalidState
from app.core.http.conditions import IfMatch, etag_of, require_match
from app.core.http.files import id_in
from app.core.http.paging import Cursor, Limit
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import Scope
from app.inventory import errors, operations, queries
from app.inventory.schemas import DecisionIn, DisputeOut

TAGS = ["Operator"]
Status = Literal["open", "resolved"]


@get("/v1/admin/disputes", tags=TAGS)
async def list_disputes(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    status: FromQuery[Status | None] = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[DisputeOut]:
    """Serials that are in lots of two providers, the longest open first. Declaring is never refused for it."""
    caller.needs_operator()
    page = cursors.page(Listed("admin.disputes", {"status": status}, "id", caller.org_id), limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        lines = await queries.disputes_page(session, caller, page, status)
        return cursors.answer(page, lines, key=lambda line: (line.dispute.id,), show=DisputeOut.of)


@get("/v1/admin/disputes/{dispute_id:str}", tags=TAGS, opt={"errors": (errors.DisputeNotFound,)})
async def show_dispute(
    dispute_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> Response[DisputeOut]:
    """One dispute with both lots and both providers."""
    caller.needs_operator()
    found_id = id_in("dsp", dispute_id, errors.DisputeNotFound)
    async with db.transaction(caller) as session:
        return _shown(await queries.dispute_line(session, caller, found_id))


@post(
    "/v1/admin/disputes/{dispute_id:str}/resolve",
    status_code=200,
    tags=TAGS,
    opt={"errors": (errors.DisputeNotFound, InvalidState)},
)
async def resolve_dispute(
    dispute_id: FromPath[str],
    data: JSONBody[DecisionIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    if_match: IfMatch = None,
) -> Response[DisputeOut]:
    """Close a dispute and note why. The note stays on the desk; what is to become of a lot is done with the lot."""
    caller.needs_operator()
    found_id = id_in("dsp", dispute_id, errors.DisputeNotFound)
    async with db.transaction(caller) as session:
        dispute = await operations.locked_dispute(session, caller, found_id)
        require_match(if_match, dispute.version)
        await operations.resolve_dispute(session, caller, dispute, note=data.note, now=utc_now())
        return _shown(await queries.dispute_line(session, caller, found_id))


def _shown(line: queries.DisputeLine) -> Response[DisputeOut]:
    return Response(DisputeOut.of(line), headers={"ETag": etag_of(line.dispute.version)})


routes: list[HTTPRouteHandler] = [list_disputes, show_dispute, resolve_dispute]
