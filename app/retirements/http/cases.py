"""How do two people of the desk decide about retirements that no rule can?"""

from typing import Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody

from app.core.clock import utc_now
from app.core.db import AsyncSession, Database
from app.core.errors import InvalidState
from app.core.http.conditions import IfMatch, etag_of, require_match
from app.core.http.paging import Cursor, Limit
from app.core.ids import read_public_id
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import Scope
from app.core.terms import Terms
from app.retirements import errors, operations, queries
from app.retirements.models import RetirementCase
from app.retirements.rules import CaseStatus
from app.retirements.schemas import CaseOut, DecisionIn, NothingIn

TAGS: Final = ["Operator"]


@get("/v1/admin/retirements", tags=TAGS)
async def list_cases(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    status: FromQuery[CaseStatus | None] = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[CaseOut]:
    """Retirements that wait for two people to decide, the longest first, with the evidence of every attempt."""
    caller.needs_operator()
    listed = Listed("admin.retirements", {"status": status and status.value}, "id", caller.org_id)
    page = cursors.page(listed, limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        rows = await queries.cases_page(session, page, status)
    buyers = {row.buyer_id for row in rows}
    async with db.transaction(caller.with_party(*buyers)) as session:  # What was sent, the buyers see too.
        sent = await queries.attempts_of_cases(session, rows)
    return cursors.answer(
        page, rows, key=lambda row: (row.id,), show=lambda row: CaseOut.of(row, sent.get(row.retirement_id, []))
    )


@post(
    "/v1/admin/retirements/{case_id:str}/decisions",
    status_code=200,
    tags=TAGS,
    opt={"errors": (errors.CaseNotFound, errors.PeopleOnly, errors.DecisionInvalid, InvalidState)},
)
async def propose_decision(
    case_id: FromPath[str],
    data: JSONBody[DecisionIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    if_match: IfMatch = None,
) -> Response[CaseOut]:
    """Propose what to decide, signed in. Somebody else of the desk confirms it; a later proposal takes its place."""
    caller.needs_operator()
    seen = await _seen(db, caller, case_id)
    async with db.transaction(caller.with_party(*operations.party_ids_of(seen))) as session:  # All are parties.
        retirement, case = await queries.locked_case(session, seen.id)
        require_match(if_match, case.version)
        await operations.propose(session, caller, retirement, case, data.proposal(), now=utc_now())
        return await _shown(session, case)


@post(
    "/v1/admin/retirements/{case_id:str}/confirm",
    status_code=200,
    tags=TAGS,
    opt={"errors": (errors.CaseNotFound, errors.PeopleOnly, errors.SecondPersonNeeded, InvalidState)},
)
async def confirm_decision(
    case_id: FromPath[str],
    data: JSONBody[NothingIn],  # noqa: ARG001 - an empty object: nothing else may be sent.
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    terms: NamedDependency[Terms],
    if_match: IfMatch = None,
) -> Response[CaseOut]:
    """You are another person than who proposed it, and have seen the same evidence: it is decided, and done."""
    caller.needs_operator()
    seen = await _seen(db, caller, case_id)
    async with db.transaction(caller.with_party(*operations.party_ids_of(seen))) as session:  # All are parties.
        retirement, case = await queries.locked_case(session, seen.id)
        require_match(if_match, case.version)
        await operations.confirm_case(
            session, caller, retirement, case, simulated=terms.simulated_allowed, now=utc_now()
        )
        return await _shown(session, case)


async def _seen(db: Database, caller: Scope, text: str) -> RetirementCase:
    found = read_public_id("cas", text)
    if found is None:
        raise errors.CaseNotFound("No case has this id.")
    async with db.transaction(caller) as session:
        return await queries.case_of(session, found)


async def _shown(session: AsyncSession, case: RetirementCase) -> Response[CaseOut]:
    sent = await queries.attempts_of_cases(session, [case])
    return Response(CaseOut.of(case, sent.get(case.retirement_id, [])), headers={"ETag": etag_of(case.version)})


routes: list[HTTPRouteHandler] = [list_cases, propose_decision, confirm_decision]
