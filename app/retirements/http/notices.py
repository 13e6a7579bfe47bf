"""How do a provider's people hand in the registry's notice, type what it says, and see all that proves a retirement?"""

from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from app.core.clock import utc_now
from app.core.db import AsyncSession, Database
from app.core.errors import InvalidState
from app.core.http.conditions import IfMatch, etag_of, require_match
from app.core.scope import Scope
from app.retirements import errors, flow, queries
from app.retirements.http.tasks import TAGS, read_task_id, shown
from app.retirements.models import RegistryTask
from app.retirements.rules import NoticeState
from app.retirements.schemas import EvidenceOut, NoticeFactsIn, TaskOut, TypedOut
from integrations.storage.client import Files

Filename = Annotated[str, QueryParameter(min_length=1, max_length=200, description="The file's name at the sender.")]

OPEN_TYPING = (NoticeState.TYPED_ONCE, NoticeState.TYPED_DIFFERENTLY)


@post(
    "/v1/registry-tasks/{task_id:str}/notice",
    status_code=200,
    tags=TAGS,
    opt={"body": "file", "errors": (errors.TaskNotFound, errors.NoticeUnreadable, InvalidState)},
)
async def hand_in_notice(
    *,
    request: Request[Any, Any, Any],
    task_id: FromPath[str],
    filename: Filename,
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    files: NamedDependency[Files],
    if_match: IfMatch = None,
) -> Response[TaskOut]:
    """Hand in the registry's notice (無効化通知書) of a task that is executed: a PDF, PNG or JPEG.

    A PDF with text is read and compared with the sheet at once; `notice_state` says `to_type` when people must type it.
    """
    caller.needs("tasks:write")
    now = utc_now()
    async with db.transaction(caller) as session:
        task = await queries.task_of(session, caller, read_task_id(task_id))
    require_match(if_match, task.version)
    content = await request.body()
    return shown(await flow.hand_in_notice(db, files, caller, task, content=content, filename=filename, now=now))


@post(
    "/v1/registry-tasks/{task_id:str}/notice-facts",
    status_code=200,
    tags=TAGS,
    opt={"errors": (errors.TaskNotFound, errors.PeopleOnly, errors.NoticeMissing, InvalidState)},
)
async def type_notice(
    task_id: FromPath[str],
    data: JSONBody[NoticeFactsIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    if_match: IfMatch = None,
) -> Response[TypedOut]:
    """Type what the notice says. Two people do, without seeing each other's; `differences` name what differs then.

    Whoever mistyped types again. Two who agree are compared with the sheet.
    """
    caller.needs("tasks:write")
    now = utc_now()
    async with db.transaction(caller) as session:
        seen = await queries.task_of(session, caller, read_task_id(task_id))
    require_match(if_match, seen.version)
    task, reading = await flow.type_notice(db, caller, seen, data.facts(), now=now)
    return Response(TypedOut.of(task, reading), headers={"ETag": etag_of(task.version)})


@get("/v1/registry-tasks/{task_id:str}/evidence", tags=TAGS, opt={"errors": (errors.TaskNotFound,)})
async def show_evidence(
    task_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> EvidenceOut:
    """All that proves the retirement: mandate (委任), consent (許諾), who did what, and what was read of the notice.

    Typed versions are left out until two people agree, so that nobody copies the other's.
    """
    caller.needs("read")
    async with db.transaction(caller) as session:
        task = await queries.task_of(session, caller, read_task_id(task_id))
        return await evidence(session, task, blind=True)


async def evidence(session: AsyncSession, task: RegistryTask, *, blind: bool = False) -> EvidenceOut:
    """The evidence of one task; `blind`: without what was typed while a second person is still to type."""
    retirement = await queries.retirement_of_task(session, task)
    readings = await queries.readings_of(session, task)
    return EvidenceOut.of(
        retirement,
        task,
        mandate=await queries.mandate_of(session, retirement.org_id, retirement.id),
        consent=await queries.consent_of(session, retirement, task),
        readings=[] if blind and task.notice_state in OPEN_TYPING else readings,
    )


routes = [hand_in_notice, type_notice, show_evidence]
