"""How does the operator read a provider's notice and release the retirement as recorded?"""

from functools import partial
from typing import Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from app.core.clock import utc_now
from app.core.db import Database
from app.core.errors import InvalidState
from app.core.http.conditions import IfMatch, require_match
from app.core.http.paging import Cursor, Limit
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import Scope
from app.core.terms import Terms
from app.retirements import errors, operations, queries
from app.retirements.http.notices import evidence
from app.retirements.http.tasks import Unfinished, read_task_id, shown
from app.retirements.rules import TaskStatus
from app.retirements.schemas import EvidenceOut, NothingIn, ReturnIn, TaskOut
from integrations.storage.client import Files

NOTICE_TYPES: Final = ("application/pdf", "image/png", "image/jpeg")
TAGS: Final = ["Operator"]


@get("/v1/admin/registry-tasks", tags=TAGS)
async def list_tasks_of_all(
    *,
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    status: FromQuery[TaskStatus | None] = None,
    unfinished: Unfinished = False,
    sort: FromQuery[queries.TaskSort] = "id",
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[TaskOut]:
    """Every provider's registry tasks, what waits longest first, or is due first; `status=executed` wait for a release."""
    caller.needs_operator()
    bounds = queries.TaskBounds(status, unfinished, sort)
    page = cursors.page(Listed("admin.registry-tasks", bounds.named(), sort, caller.org_id), limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        rows = await queries.tasks_page_of_desk(session, page, bounds)
        return cursors.answer(page, rows, key=partial(queries.task_place, sort=sort), show=TaskOut.of)


@get("/v1/admin/registry-tasks/{task_id:str}", tags=TAGS, opt={"errors": (errors.TaskNotFound,)})
async def show_task_of_any(
    task_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> Response[TaskOut]:
    """One registry task of any provider."""
    caller.needs_operator()
    async with db.transaction(caller) as session:
        return shown(await queries.task_of_desk(session, read_task_id(task_id)))


@get(
    "/v1/admin/registry-tasks/{task_id:str}/notice",
    tags=TAGS,
    opt={"errors": (errors.TaskNotFound, errors.NoticeMissing), "shows": NOTICE_TYPES},
)
async def read_notice(
    task_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    files: NamedDependency[Files],
) -> Response[bytes]:
    """The registry's notice as the provider handed it in."""
    caller.needs_operator()
    async with db.transaction(caller) as session:
        task = await queries.task_of_desk(session, read_task_id(task_id))
    if task.notice_key is None:
        raise errors.NoticeMissing("The provider has not handed in a notice yet.")
    content = await files.get(task.notice_key)
    return Response(content, media_type=_media_type(content), headers={"Content-Disposition": "attachment"})


@post(
    "/v1/admin/registry-tasks/{task_id:str}/confirm",
    status_code=200,
    tags=TAGS,
    opt={"errors": (errors.TaskNotFound, errors.NoticeMissing, errors.NoticeNotAgreed, InvalidState)},
)
async def confirm_registry_task(
    task_id: FromPath[str],
    data: JSONBody[NothingIn],  # noqa: ARG001 - an empty object: nothing else may be sent.
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    terms: NamedDependency[Terms],
    if_match: IfMatch = None,
) -> Response[TaskOut]:
    """You have read the notice and it says what the sheet says: the retirement counts as recorded.

    Only a notice that is `agreed` is released: read by a program, or typed by two people, and equal to the sheet.
    """
    caller.needs_operator()
    now, found = utc_now(), read_task_id(task_id)
    async with db.transaction(caller) as session:
        seen = await queries.task_of_desk(session, found)
    async with db.transaction(caller.with_party(seen.org_id, seen.buyer_id)) as session:  # All three are parties.
        retirement, task = await queries.locked_task(session, seen.org_id, found)
        require_match(if_match, task.version)
        await operations.confirm(
            session, retirement, task, released_by=caller.actor_id, simulated=terms.sandbox, now=now
        )
        return shown(task)


@post(
    "/v1/admin/registry-tasks/{task_id:str}/return-notice",
    status_code=200,
    tags=TAGS,
    opt={"errors": (errors.TaskNotFound, InvalidState)},
)
async def return_notice(
    task_id: FromPath[str],
    data: JSONBody[ReturnIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    if_match: IfMatch = None,
) -> Response[TaskOut]:
    """Give a notice that differs back to the provider's people: they type it anew, or hand another one in."""
    caller.needs_operator()
    now, found = utc_now(), read_task_id(task_id)
    async with db.transaction(caller) as session:
        seen = await queries.task_of_desk(session, found)
    async with db.transaction(caller.with_party(seen.org_id, seen.buyer_id)) as session:  # All three are parties.
        _, task = await queries.locked_task(session, seen.org_id, found)
        require_match(if_match, task.version)
        await operations.return_notice(session, task, note=data.note, now=now)
        return shown(task)


@get("/v1/admin/registry-tasks/{task_id:str}/evidence", tags=TAGS, opt={"errors": (errors.TaskNotFound,)})
async def show_evidence_of_any(
    task_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> EvidenceOut:
    """All that proves one retirement: mandate, consent, who did what, and every version of what the notice says."""
    caller.needs_operator()
    async with db.transaction(caller) as session:
        task = await queries.task_of_desk(session, read_task_id(task_id))
    async with db.transaction(caller.with_party(task.org_id, task.buyer_id)) as session:  # All three are parties.
        return await evidence(session, task)


def _media_type(content: bytes) -> str:
    """Only the three kinds that were let in."""
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    return "image/png" if content.startswith(b"\x89PNG") else "image/jpeg"


routes = [
    list_tasks_of_all,
    show_task_of_any,
    read_notice,
    confirm_registry_task,
    return_notice,
    show_evidence_of_any,
]
