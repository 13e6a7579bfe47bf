"""How do a provider's people see their registry tasks and say what they have done?"""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from functools import partial
from typing import Annotated, Protocol
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from app.core.clock import utc_now
from app.core.db import AsyncSession, Database
from app.core.errors import InvalidState
from app.core.http.conditions import IfMatch, etag_of, require_match
from app.core.http.paging import Cursor, Limit
from app.core.ids import read_public_id
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import Scope
from app.retirements import errors, operations, queries
from app.retirements.models import RegistryTask, Retirement
from app.retirements.rules import TaskStatus
from app.retirements.schemas import ExecutedIn, ModeIn, TaskOut

TAGS = ["Registry tasks"]
Step = Callable[[AsyncSession, Retirement, RegistryTask], Awaitable[None]]
Unfinished = Annotated[bool, QueryParameter(description="Only tasks that are neither confirmed nor canceled.")]


class Noting(Protocol):
    """How the number and the day that the registry shows are noted: when it is carried out, or once more."""

    async def __call__(
        self, session: AsyncSession, scope: Scope, retirement: Retirement, task: RegistryTask,
        *, registry_transaction: str, recorded_on: date, now: datetime,
    ) -> None: ...  # fmt: skip


@get("/v1/registry-tasks", tags=TAGS)
async def list_registry_tasks(
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
    """Your registry tasks, what waits longest first; with `sort=due_at`, what is due first."""
    caller.needs("read")
    bounds = queries.TaskBounds(status, unfinished, sort)
    page = cursors.page(Listed("registry-tasks", bounds.named(), sort, caller.org_id), limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        rows = await queries.tasks_page(session, caller, page, bounds)
        return cursors.answer(page, rows, key=partial(queries.task_place, sort=sort), show=TaskOut.of)


@get("/v1/registry-tasks/{task_id:str}", tags=TAGS, opt={"errors": (errors.TaskNotFound,)})
async def show_registry_task(
    task_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> Response[TaskOut]:
    """One of your registry tasks, with the sheet of what is to be typed."""
    caller.needs("read")
    async with db.transaction(caller) as session:
        return shown(await queries.task_of(session, caller, read_task_id(task_id)))


@post(
    "/v1/registry-tasks/{task_id:str}/prepare",
    status_code=200,
    tags=TAGS,
    opt={
        "errors": (
            errors.TaskNotFound,
            errors.PeopleOnly,
            errors.TaskClaimed,
            errors.MandateMissing,
            errors.ConsentMissing,
            InvalidState,
        )
    },
)
async def prepare_registry_task(
    task_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    if_match: IfMatch = None,
) -> Response[TaskOut]:
    """You have typed the sheet in at the registry, up to its last button."""
    now = utc_now()

    async def step(session: AsyncSession, retirement: Retirement, task: RegistryTask) -> None:
        await operations.prepare(session, caller, retirement, task, now=now)

    return await work_on(db, caller, task_id, if_match, step)


@post(
    "/v1/registry-tasks/{task_id:str}/check",
    status_code=200,
    tags=TAGS,
    opt={
        "errors": (errors.TaskNotFound, errors.PeopleOnly, errors.SecondPersonNeeded, errors.TaskClaimed, InvalidState)
    },
)
async def check_registry_task(
    task_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    if_match: IfMatch = None,
) -> Response[TaskOut]:
    """You have compared a colleague's work with the sheet, letter by letter."""
    now = utc_now()

    async def step(session: AsyncSession, retirement: Retirement, task: RegistryTask) -> None:
        await operations.check_prepared(session, caller, retirement, task, now=now)

    return await work_on(db, caller, task_id, if_match, step)


@post(
    "/v1/registry-tasks/{task_id:str}/execute",
    status_code=200,
    tags=TAGS,
    opt={"errors": (errors.TaskNotFound, errors.TaskInvalid, InvalidState)},
)
async def execute_registry_task(
    task_id: FromPath[str],
    data: JSONBody[ExecutedIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    if_match: IfMatch = None,
) -> Response[TaskOut]:
    """It is done at the registry: from now on the buyer cannot take it back."""
    return await work_on(db, caller, task_id, if_match, _noting(operations.execute, caller, data))


@post(
    "/v1/registry-tasks/{task_id:str}/correct-record",
    status_code=200,
    tags=TAGS,
    opt={"errors": (errors.TaskNotFound, errors.PeopleOnly, errors.TaskClaimed, errors.TaskInvalid, InvalidState)},
)
async def correct_record(
    task_id: FromPath[str],
    data: JSONBody[ExecutedIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    if_match: IfMatch = None,
) -> Response[TaskOut]:
    """You had noted another number or day than the registry's notice says, which differs for that. It is read anew."""
    return await work_on(db, caller, task_id, if_match, _noting(operations.correct_record, caller, data))


@post(
    "/v1/registry-tasks/{task_id:str}/mode",
    status_code=200,
    tags=TAGS,
    opt={"errors": (errors.TaskNotFound, errors.PeopleOnly, errors.TaskClaimed, errors.TaskInvalid, InvalidState)},
)
async def choose_mode(
    task_id: FromPath[str],
    data: JSONBody[ModeIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    if_match: IfMatch = None,
) -> Response[TaskOut]:
    """Choose how credits are named at the registry, before the sheet is typed: by serial, or by total quantity.

    By total quantity the registry picks the serials: those of its notice take the place of those set aside.
    """
    now = utc_now()

    async def step(session: AsyncSession, _: Retirement, task: RegistryTask) -> None:
        await operations.choose_mode(session, caller, task, mode=data.mode, now=now)

    return await work_on(db, caller, task_id, if_match, step)


async def work_on(db: Database, caller: Scope, task_id: str, if_match: str | None, step: Step) -> Response[TaskOut]:
    """Take one step on a task, under the locks of the retirement and the task; the buyer is a party of it."""
    caller.needs("tasks:write")
    found = read_task_id(task_id)
    async with db.transaction(caller) as session:
        buyer_id = (await queries.task_of(session, caller, found)).buyer_id
    async with db.transaction(caller.with_party(buyer_id)) as session:
        retirement, task = await queries.locked_task(session, caller.org_id, found)
        require_match(if_match, task.version)
        await step(session, retirement, task)
        return shown(task)


def _noting(note: Noting, caller: Scope, data: ExecutedIn) -> Step:
    """The step that notes, one way or the other, what the registry showed."""
    now = utc_now()

    async def step(session: AsyncSession, retirement: Retirement, task: RegistryTask) -> None:
        number, day = data.registry_transaction, data.recorded_on
        await note(session, caller, retirement, task, registry_transaction=number, recorded_on=day, now=now)

    return step


def shown(task: RegistryTask) -> Response[TaskOut]:
    """The task with its ETag."""
    return Response(TaskOut.of(task), headers={"ETag": etag_of(task.version)})


def read_task_id(text: str) -> UUID:
    """The id in a path. Raises TaskNotFound (404)."""
    found = read_public_id("tsk", text)
    if found is None:
        raise errors.TaskNotFound("You have no registry task with this id.")
    return found


routes = [
    list_registry_tasks,
    show_registry_task,
    prepare_registry_task,
    check_registry_task,
    execute_registry_task,
    correct_record,
    choose_mode,
]
