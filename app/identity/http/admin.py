"""Which organisations wait for the operator, and what does the operator decide?"""

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody

from app.core.clock import utc_now
from app.core.db import Database
from app.core.errors import InvalidState
from app.core.http.conditions import etag_of
from app.core.http.paging import Cursor, Limit
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import Scope
from app.identity import operations, queries, rules
from app.identity.errors import OrganisationNotFound
from app.identity.http.addressed import id_in
from app.identity.http.caller import Callers
from app.identity.models import OrganisationStatus
from app.identity.schemas import Approval, OrganisationOut, Rejection

TAGS = ["Operator"]
DECIDED = (OrganisationNotFound, InvalidState)


@get("/v1/admin/organisations", tags=TAGS)
async def list_organisations(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    status: FromQuery[OrganisationStatus | None] = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[OrganisationOut]:
    """Every organisation, or those with a status, in the order in which they signed up. For the operator."""
    caller.needs_operator()
    listed = Listed("admin.organisations", {"status": status and status.value}, "id", caller.org_id)
    page = cursors.page(listed, limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        found = await queries.organisations_of_desk(session, caller, page, status=status)
        return cursors.answer(page, found, key=lambda row: (row.org_id,), show=OrganisationOut.of)


@post("/v1/admin/organisations/{organisation_id:str}/approve", status_code=200, tags=TAGS, opt={"errors": DECIDED})
async def approve_organisation(
    organisation_id: FromPath[str],
    data: JSONBody[Approval],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    callers: NamedDependency[Callers],
) -> Response[OrganisationOut]:
    """Let a pending provider trade. For the operator."""
    return await _decided(organisation_id, "approve", caller, db, callers, note=data.note)


@post("/v1/admin/organisations/{organisation_id:str}/reject", status_code=200, tags=TAGS, opt={"errors": DECIDED})
async def reject_organisation(
    organisation_id: FromPath[str],
    data: JSONBody[Rejection],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    callers: NamedDependency[Callers],
) -> Response[OrganisationOut]:
    """Turn a pending provider away: its credentials open nothing from now on. For the operator."""
    return await _decided(organisation_id, "reject", caller, db, callers, note=data.note)


async def _decided(
    organisation_id: str, decision: rules.Decision, caller: Scope, db: Database, callers: Callers, *, note: str | None
) -> Response[OrganisationOut]:
    caller.needs_operator()
    org_id = id_in("org", organisation_id, OrganisationNotFound)
    async with db.transaction(caller.with_party(org_id)) as session:
        found, changed = await operations.decide(session, caller, org_id, decision, note=note, now=utc_now())
        answer = Response(OrganisationOut.of(found), headers={"ETag": etag_of(found.version)})
    callers.forget(*changed)
    return answer


routes: list[HTTPRouteHandler] = [list_organisations, approve_organisation, reject_organisation]
