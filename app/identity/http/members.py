"""Who works for your organisation, in which role?"""

from litestar import Response, get, patch, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from app.core.clock import utc_now
from app.core.db import Database
from app.core.errors import Unprocessable
from app.core.http.conditions import IfMatch, etag_of, require_match
from app.core.http.paging import Cursor, Limit
from app.core.ids import new_id, public_id
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import Scope
from app.identity import operations, queries, rules
from app.identity.errors import EmailTaken, LastOwner, MemberNotFound, RightsNotHeld
from app.identity.http.addressed import id_in
from app.identity.http.caller import Callers
from app.identity.http.passwords import Passwords
from app.identity.models import Member
from app.identity.operations import NewMember
from app.identity.schemas import MemberChange, MemberIn, MemberOut

TAGS = ["Members"]


@get("/v1/members", tags=TAGS)
async def list_members(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[MemberOut]:
    """Your organisation's members, the disabled ones too, in the order in which they came."""
    caller.needs("read")
    page = cursors.page(Listed("members", {}, "id", caller.org_id), limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        found = await queries.members_of(session, caller, page)
        return cursors.answer(page, found, key=lambda row: (row.id,), show=MemberOut.of)


@get("/v1/members/{member_id:str}", tags=TAGS, opt={"errors": (MemberNotFound,)})
async def show_member(
    member_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> Response[MemberOut]:
    """One of your members."""
    caller.needs("read")
    wanted = id_in("mem", member_id, MemberNotFound)
    async with db.transaction(caller) as session:
        return _told(await queries.member_of(session, caller, wanted))


@post("/v1/members", status_code=201, tags=TAGS, opt={"errors": (EmailTaken, RightsNotHeld)})
async def add_member(
    data: JSONBody[MemberIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    passwords: NamedDependency[Passwords],
) -> Response[MemberOut]:
    """Add a person with a role whose rights you have yourself."""
    caller.needs("members:write")
    if wrong := tuple(rules.wrong_about_person(email=data.email, name=data.name, password=data.password, at="")):
        raise Unprocessable("See `errors`.", errors=wrong)
    new = NewMember(new_id(), data.email, data.name, data.role, await passwords.hashed(data.password))
    async with db.transaction(caller) as session:
        who = await operations.grantor(session, caller)
        who.require_held(rules.rights_of(caller.org_kind, data.role))
        member = await operations.add_member(session, new, org_id=caller.org_id, now=utc_now())
        return _told(member, status=201)


@patch("/v1/members/{member_id:str}", tags=TAGS, opt={"errors": (MemberNotFound, LastOwner, RightsNotHeld)})
async def change_member(
    member_id: FromPath[str],
    data: JSONBody[MemberChange],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    callers: NamedDependency[Callers],
    if_match: IfMatch = None,
) -> Response[MemberOut]:
    """Change a member's role, or disable them: their sessions and the keys they made end at once."""
    caller.needs("members:write")
    wanted = id_in("mem", member_id, MemberNotFound)
    async with db.transaction(caller) as session:
        member = await operations.locked_member(session, caller, wanted)
        require_match(if_match, member.version)
        role = member.role if data.role is None else data.role
        disabled = member.disabled_at is not None if data.disabled is None else data.disabled
        changed = await operations.change_member(session, caller, member, role=role, disabled=disabled, now=utc_now())
        answer = _told(member)
    callers.forget(*changed)
    return answer


def _told(member: Member, *, status: int = 200) -> Response[MemberOut]:
    headers = {"ETag": etag_of(member.version)}
    if status == 201:
        headers["Location"] = f"/v1/members/{public_id('mem', member.id)}"
    return Response(MemberOut.of(member), status_code=status, headers=headers)


routes: list[HTTPRouteHandler] = [list_members, show_member, add_member, change_member]
