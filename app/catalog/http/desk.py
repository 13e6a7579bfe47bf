"""The operator's doors: what is known of credits is said, said otherwise and taken back, with its whole history."""

from uuid import UUID

from litestar import Response, get, patch, post
from litestar.datastructures import ResponseHeader
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody

from app.catalog import errors, operations, queries
from app.catalog.http.sharing import Text
from app.catalog.rules import Entry, FactKind
from app.catalog.schemas import (
    EligibilityIn,
    FactHistoryOut,
    FactIn,
    FactVersionOut,
    LabelIn,
    MemberIn,
    PermanenceIn,
    ProjectMemberOut,
    RatingIn,
    RenewableIn,
    SdgsIn,
    WithdrawalIn,
)
from app.core.clock import utc_now
from app.core.db import Database
from app.core.http.conditions import IfMatch, etag_of, require_match
from app.core.http.paging import Cursor, Limit
from app.core.ids import new_id, read_public_id
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import Scope

TAGS = ["Operator"]
_SAID = {
    "errors": (
        errors.FactRefused, errors.FactNotFound, errors.FactSuperseded, errors.FactContradicts, errors.FactOfAnother,
    )
}  # fmt: skip
_VERSION = ResponseHeader("ETag", documentation_only=True, description="The version, for If-Match.")


@post("/v1/admin/facts/eligibility", tags=TAGS, opt=_SAID)
async def say_eligibility(
    data: JSONBody[EligibilityIn], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> FactVersionOut:
    """Say whether credits count for a use, anew or in the place of an earlier fact."""
    return await _said(data, data.entry(), caller, db)


@post("/v1/admin/facts/labels", tags=TAGS, opt=_SAID)
async def say_label(
    data: JSONBody[LabelIn], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> FactVersionOut:
    """Say whether credits carry a label, anew or in the place of an earlier fact."""
    return await _said(data, data.entry(), caller, db)


@post("/v1/admin/facts/ratings", tags=TAGS, opt=_SAID)
async def say_rating(
    data: JSONBody[RatingIn], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> FactVersionOut:
    """Say which grade an agency gives a project or an issuance, anew or in the place of an earlier fact."""
    return await _said(data, data.entry(), caller, db)


@post("/v1/admin/facts/sdgs", tags=TAGS, opt=_SAID)
async def say_sdgs(
    data: JSONBody[SdgsIn], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> FactVersionOut:
    """Say to which Sustainable Development Goals a project or an issuance contributes."""
    return await _said(data, data.entry(), caller, db)


@post("/v1/admin/facts/permanence", tags=TAGS, opt=_SAID)
async def say_permanence(
    data: JSONBody[PermanenceIn], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> FactVersionOut:
    """Say how long carbon stays away, what is kept for losses, and what happens on a reversal."""
    return await _said(data, data.entry(), caller, db)


@post("/v1/admin/facts/renewable-energy", tags=TAGS, opt=_SAID)
async def say_renewable_energy(
    data: JSONBody[RenewableIn], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> FactVersionOut:
    """Say what an issuance counts for as renewable energy, in kWh of power and MJ of heat."""
    return await _said(data, data.entry(), caller, db)


@post(
    "/v1/admin/facts/{fact_id:str}/withdraw",
    tags=TAGS,
    opt={"errors": (errors.FactNotFound, errors.FactSuperseded)},
)
async def withdraw_fact(
    fact_id: FromPath[str],
    data: JSONBody[WithdrawalIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
) -> FactVersionOut:
    """Say that a fact should not have been said. It holds no more, and stays in the history."""
    caller.needs_operator()
    new, now = new_id(), utc_now()
    async with db.transaction(caller) as session:
        await operations.withdraw_fact(session, caller, _fact_id(fact_id), reason=data.reason, fact_id=new, now=now)
        return FactVersionOut.of(await queries.fact_line(session, new))


@get("/v1/admin/facts", tags=TAGS)
async def list_facts(
    *,
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    kind: FromQuery[FactKind | None] = None,
    key: Text = None,
    registry: Text = None,
    category: Text = None,
    methodology: Text = None,
    project: Text = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[FactVersionOut]:
    """The newest facts of every level, those withdrawn too, by use, label or agency; each with who entered it."""
    caller.needs_operator()
    project_id = None if project is None else read_public_id("prj", project) or UUID(int=0)
    wanted = queries.FactFilter(kind, key, registry, category, methodology, project_id)
    page = cursors.page(Listed("admin.facts", wanted.named(), "key", caller.org_id), limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        rows = await queries.facts(session, page, wanted)
        return cursors.answer(page, rows, key=queries.fact_place, show=FactVersionOut.of)


@get("/v1/admin/facts/{fact_id:str}/history", tags=TAGS, opt={"errors": (errors.FactNotFound,)})
async def show_fact_history(
    fact_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> FactHistoryOut:
    """All that was ever said in a fact's place, the newest first: who said it, when, and why it was changed."""
    caller.needs_operator()
    async with db.transaction(caller) as session:
        return FactHistoryOut([FactVersionOut.of(line) for line in await queries.history(session, _fact_id(fact_id))])


@post(
    "/v1/admin/projects/{project_id:str}/members",
    tags=TAGS,
    response_headers=[_VERSION],
    opt={"errors": (errors.ProjectNotFound, errors.NotAProgramme, errors.MemberRefused)},
)
async def add_project_member(
    project_id: FromPath[str], data: JSONBody[MemberIn], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> Response[ProjectMemberOut]:
    """Add a member to a programme project."""
    caller.needs_operator()
    new, found = new_id(), read_public_id("prj", project_id)
    async with db.transaction(caller) as session:
        await operations.add_member(session, caller, found, _facts(data), member_id=new, now=utc_now())
        return _shown(await queries.member(session, new), 201)


@patch(
    "/v1/admin/project-members/{project_member_id:str}",
    tags=TAGS,
    response_headers=[_VERSION],
    opt={"errors": (errors.MemberNotFound, errors.MemberRefused)},
)
async def change_project_member(
    project_member_id: FromPath[str],
    data: JSONBody[MemberIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    if_match: IfMatch = None,
) -> Response[ProjectMemberOut]:
    """Say all of a member anew; what was said before stays in the events."""
    caller.needs_operator()
    found = read_public_id("pmb", project_member_id)
    if found is None:
        raise errors.MemberNotFound("No member of a project has this id.")
    async with db.transaction(caller) as session:
        member = await operations.locked_member(session, found)
        require_match(if_match, member.version)
        await operations.change_member(session, caller, member, _facts(data), now=utc_now())
        return _shown(await queries.member(session, found), 200)


async def _said(data: FactIn, entry: Entry, caller: Scope, db: Database) -> FactVersionOut:
    caller.needs_operator()
    new, now = new_id(), utc_now()
    earlier = None if data.supersedes_id is None else _fact_id(data.supersedes_id)
    async with db.transaction(caller) as session:
        await operations.say_fact(session, caller, entry, instead_of=earlier, reason=data.reason, fact_id=new, now=now)
        return FactVersionOut.of(await queries.fact_line(session, new))


def _shown(line: queries.MemberLine, status: int) -> Response[ProjectMemberOut]:
    return Response(ProjectMemberOut.of(line), status_code=status, headers={"ETag": etag_of(line.member.version)})


def _facts(data: MemberIn) -> operations.MemberFacts:
    return operations.MemberFacts(data.name, data.location, data.joined_on, data.left_on, data.source)


def _fact_id(text: str) -> UUID:
    found = read_public_id("fct", text)
    if found is None:
        raise errors.FactNotFound("No fact has this id.")
    return found


routes: list[HTTPRouteHandler] = [
    say_eligibility, say_label, say_rating, say_sdgs, say_permanence, say_renewable_energy, withdraw_fact, list_facts,
    show_fact_history, add_project_member, change_project_member,
]  # fmt: skip
